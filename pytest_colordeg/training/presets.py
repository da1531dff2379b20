"""Sets of networks that are trained together by one command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_colordeg.codecs.neural.families import FAMILIES
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
    "b2018-gdn-128": (128, 128),
    "color-learning": (64, 96),
}
_STEPS = {
    "mbt2018-mean": 9_500,
    "cheng2020-anchor": 6_500,
    "cheng2020-attn": 1_600,
    "b2018-gdn-128": 1_500,
    "color-learning": 8_600,
}
# Steps on the entropy model alone, for those whose latents are another's.
_ENTROPY = {
    "bmshj2018-factorized": 2_500,
    "bmshj2018-hyperprior": 2_500,
    "mbt2018": 2_500,
}
# The transforms of these begin as their leader's, so that only what codes the latents is new.
_LEADER = {
    "bmshj2018-factorized": "mbt2018-mean",
    "bmshj2018-hyperprior": "mbt2018-mean",
    "mbt2018": "mbt2018-mean",
    "cheng2020-attn": "cheng2020-anchor",
    "b2018-gdn-128": "bmshj2018-factorized",
    "color-learning": "mbt2018-mean",
}
# What has been trained already is soon undone by larger steps.
_OWN: Mapping[str, dict[str, Any]] = {
    "b2018-gdn-128": {"rate": 2e-4},
    "color-learning": {
        "rate": 4e-4,
        "part_rate": 1e-3,
        "chroma": 3_000,
        "entropy": 700,
        "delta_e00": 24.0,
        "colour_after": 6_900,
    },
}
# Above it, 128 latent channels hold the picture back, and training for it costs the low rungs.
_HIGHEST = 6


def _mini() -> tuple[Job, ...]:
    jobs = []
    for family, (n, m) in _WIDTHS.items():
        leader = _LEADER.get(family)
        settings = {
            "n": n,
            "m": m,
            "qualities": tuple(q for q in FAMILIES[family].qualities if q <= _HIGHEST),
            "steps": _STEPS.get(family, 4_000),
            "warm": 0 if leader else 4_000,
            "entropy": _ENTROPY.get(family, 0),
            "batch": 8,
            "crop": 128,
            "rate": 1e-3,
            "autocast": True,
            "start": f"../{leader}/trained.pt" if leader else "",
        }
        plan = Plan(family, **{**settings, **_OWN.get(family, {})})
        jobs.append(Job(plan, leader))
    return tuple(jobs)


PRESETS: Mapping[str, tuple[Job, ...]] = {"mini": _mini()}
