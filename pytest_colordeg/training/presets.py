"""Sets of networks that are trained together by one command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.training.plan import Plan

__all__ = ["PRESETS", "Job"]


@dataclass(frozen=True)
class Job:
    """One network of a preset.

    Attributes
    ----------
    after
        The family whose warm-up must be over first: its transforms are the start.
    """

    plan: Plan
    after: str | None = None


# Widths: all six in fp16 stay under 40 MB. cheng2020 gets latents wider than its transforms.
_WIDTHS = {
    "mbt2018-mean": (88, 128),
    "bmshj2018-factorized": (88, 128),
    "bmshj2018-hyperprior": (88, 128),
    "mbt2018": (88, 128),
    "cheng2020-anchor": (64, 128),
    "cheng2020-attn": (64, 128),
}
_LEADER = {
    "bmshj2018-factorized": "mbt2018-mean",
    "bmshj2018-hyperprior": "mbt2018-mean",
    "mbt2018": "mbt2018-mean",
    "cheng2020-attn": "cheng2020-anchor",
}


def _mini() -> tuple[Job, ...]:
    jobs = []
    for family, (n, m) in _WIDTHS.items():
        leader = _LEADER.get(family)
        plan = Plan(
            family,
            n=n,
            m=m,
            qualities=tuple(FAMILIES[family].qualities),
            steps=60_000,
            # Followers begin with trained transforms; only their entropy models are fresh.
            warm=6_000 if leader is None else 2_000,
            batch=8,
            crop=192,
            rate=8e-4,
            autocast=True,
            start=f"../{leader}/warm.pt" if leader else "",
        )
        jobs.append(Job(plan, leader))
    return tuple(jobs)


PRESETS: Mapping[str, tuple[Job, ...]] = {"mini": _mini()}
