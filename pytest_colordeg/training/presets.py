"""Sets of networks that are trained together by one command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_colordeg.training.plan import Plan

__all__ = ["PRESETS", "Job"]


@dataclass(frozen=True)
class Job:
    """One network of a preset.

    Attributes
    ----------
    after
        The family that must be trained first: its transforms are the start.
    """

    plan: Plan
    after: str | None = None


# Narrow enough to be trained on two processor cores in an afternoon.
_WIDTHS = {
    "mbt2018-mean": (64, 128),
    "cheng2020-anchor": (48, 128),
    "bmshj2018-factorized": (64, 128),
    "bmshj2018-hyperprior": (64, 128),
    "mbt2018": (64, 128),
    "cheng2020-attn": (48, 128),
}
_STEPS = {"mbt2018-mean": 9_500, "cheng2020-anchor": 6_500, "cheng2020-attn": 1_600}
# The transforms of these begin as their leader's, so that only what codes the latents is new.
_LEADER = {
    "bmshj2018-factorized": "mbt2018-mean",
    "bmshj2018-hyperprior": "mbt2018-mean",
    "mbt2018": "mbt2018-mean",
    "cheng2020-attn": "cheng2020-anchor",
}
# Above it, 128 latent channels hold the picture back, and training for it costs the low rungs.
_QUALITIES = (1, 2, 3, 4, 5, 6)


def _mini() -> tuple[Job, ...]:
    jobs = []
    for family, (n, m) in _WIDTHS.items():
        leader = _LEADER.get(family)
        plan = Plan(
            family,
            n=n,
            m=m,
            qualities=_QUALITIES,
            steps=_STEPS.get(family, 4_000),
            warm=0 if leader else 4_000,
            entropy=2_500 if leader == "mbt2018-mean" else 0,
            batch=8,
            crop=128,
            rate=1e-3,
            autocast=True,
            start=f"../{leader}/trained.pt" if leader else "",
        )
        jobs.append(Job(plan, leader))
    return tuple(jobs)


PRESETS: Mapping[str, tuple[Job, ...]] = {"mini": _mini()}
