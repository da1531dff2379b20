"""Stale entries: what is stored and no longer listed, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_colordeg.baselines import Selection, stale

from .fakes import METRICS, degradation, stored

BASELINE = stored(
    degradation(),
    degradation(rung=2),
    degradation(corpus="kodak"),
    degradation(device="cuda"),
)

PLACES = ("kodak/cpu", "photos/cpu", "photos/cuda")


def told(metrics: Any = METRICS, **selection: Any) -> list[str]:
    selection = {"rungs": [1, 2], **selection}
    return sorted(map(str, stale(BASELINE, Selection(**selection), metrics)))


def test_what_is_listed_is_not_stale() -> None:
    assert told() == []
    both = {"photos": ["a.png", "b.png"]}
    assert told(images=both, corpora=["photos", "kodak"], devices=["cpu", "cuda"]) == []


@pytest.mark.parametrize(
    ("selection", "lines"),
    [
        ({"rungs": [1]}, ["jpeg photos/cpu rung 2"]),
        (
            {"rungs": [2]},
            [f"jpeg {place} rung 1" for place in PLACES],
        ),
        ({"corpora": ["photos"]}, ["jpeg kodak/cpu"]),
        ({"devices": ["cpu"]}, ["jpeg photos/cuda"]),
        ({"images": {"kodak": ["a.png"]}}, ["jpeg kodak/cpu image b.png"]),
        ({"images": {"other": []}}, []),
        ({"listed": False}, ["jpeg"]),
        ({"rungs": [1], "partial": True}, ["jpeg photos/cpu rung 2"]),
    ],
)
def test_what_is_not_listed_is_stale(selection: dict[str, Any], lines: list[str]) -> None:
    assert told(**selection) == lines


def test_a_metric_that_is_no_longer_registered_is_stale() -> None:
    assert told({"error", "psnr", "shift"}) == ["jpeg metric extra"]
