"""Why a point fails, as far as facts, pixels and metrics tell it; most certain first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from pytest_colordeg.baselines.verdicts import Comparison, Difference
from pytest_colordeg.color.lab import srgb_to_lab
from pytest_colordeg.gate.artifacts import Exhibit
from pytest_colordeg.gate.evidence import faults
from pytest_colordeg.gate.resolution import halved
from pytest_colordeg.gate.restored import restored
from pytest_colordeg.values import Value

__all__ = ["UNKNOWN", "causes"]

UNKNOWN = "unknown: nothing that was recorded besides the metrics has changed"

_CHROMA = 0.015  # share of the mean chroma
_TURN = 0.5  # degrees
_KINDS = {
    "fact": "{} (read back from the files)",
    "parameter": "parameter {}",
    "provenance": "made with another version: {}",
}

Rows = Mapping[str, Mapping[str, Value]]


def causes(
    comparison: Comparison | None, exhibits: Sequence[Exhibit], now: Rows, before: Rows
) -> list[str]:
    """Name what may explain a failure.

    Parameters
    ----------
    comparison
        Its differences of facts, parameters and versions come first.
    exhibits
        The worst images, coded again.
    now, before
        Image rows of this run and of the baseline.

    Returns
    -------
    list of str
        Plain phrases; never empty, the last resort is `UNKNOWN`.
    """
    found: list[str] = []
    for kind, phrase in _KINDS.items():
        told = [str(d) for d in _telling(comparison) if d.kind == kind]
        found += [phrase.format(", ".join(told))] if told else []
    found += _other_software(comparison)
    seen = [_seen(exhibit, before.get(exhibit.image, {})) for exhibit in exhibits]
    common = [fault for fault in dict.fromkeys(chain.from_iterable(seen)) if _agreed(fault, seen)]
    if not found or common:
        found += common or _drifts(exhibits, now, before)
    return found or [UNKNOWN]


def _seen(exhibit: Exhibit, before: Mapping[str, Value]) -> list[str]:
    """What the pixels of one image tell; the baseline's numbers coming back tells most."""
    pair = exhibit.original, exhibit.decoded
    return restored(*pair, before) or faults(*pair) or halved(*pair)


def _telling(comparison: Comparison | None) -> list[Difference]:
    """Differences worth naming: of what both sides recorded, digests only for want of versions."""
    both = [
        d
        for d in (comparison.differences if comparison else ())
        if d.fails or (d.baseline is not None and d.now is not None)
    ]
    named = any(d.kind == "provenance" and not _is_digest(d) for d in both)
    return [d for d in both if not (named and d.kind == "provenance" and _is_digest(d))]


def _other_software(comparison: Comparison | None) -> list[str]:
    """What made either side, where the two record different things: another program altogether."""
    versions = [
        d
        for d in (comparison.differences if comparison else ())
        if d.kind == "provenance" and d.name != "threads" and not _is_digest(d)
    ]
    before = [f"{d.name} {d.baseline}" for d in versions if d.now is None]
    after = [f"{d.name} {d.now}" for d in versions if d.baseline is None]
    if not before or not after:
        return []
    return [f"made with other software: {', '.join(before)} → {', '.join(after)}"]


def _is_digest(difference: Difference) -> bool:
    sides = (difference.baseline, difference.now)
    return any("sha256:" in str(side) for side in sides)


def _agreed(fault: str, seen: Sequence[Sequence[str]]) -> bool:
    """A fault of the codec shows in most of its pictures, not in one."""
    return 2 * sum(fault in faults for faults in seen) > len(seen)


def _drifts(exhibits: Sequence[Exhibit], now: Rows, before: Rows) -> list[str]:
    """Chroma lost or gained and hues turned, against the baseline where there is one."""
    gains, turns = [], []
    for exhibit in exhibits:
        lab = srgb_to_lab(exhibit.original)
        chroma = float(np.mean(np.hypot(lab[..., 1], lab[..., 2])))
        gain = _change(exhibit.image, "delta_c", now, before)
        turn = _change(exhibit.image, "delta_h", now, before)
        if chroma >= 5:
            gains += [gain / chroma] if gain is not None else []
            turns += [math.degrees(turn / chroma)] if turn is not None else []
    found = []
    if gains and (share := _steady(gains, _CHROMA)):
        word = "desaturation: colours lost" if share < 0 else "oversaturation: colours gained"
        found.append(f"{word} {abs(share):.1%} of their chroma")
    if turns and (angle := _steady(turns, _TURN)):
        found.append(f"hue rotation: hues turned by {angle:+.1f}°")
    return found


def _change(image: str, metric: str, now: Rows, before: Rows) -> float | None:
    value, stored = now.get(image, {}).get(metric), before.get(image, {}).get(metric, 0.0)
    if isinstance(value, float) and isinstance(stored, float):
        return value - stored
    return None


def _steady(values: Sequence[float], least: float) -> float:
    """The median, when all agree in sign and none is below the threshold; else 0."""
    if all(v > least for v in values) or all(v < -least for v in values):
        return float(np.median(values))
    return 0.0
