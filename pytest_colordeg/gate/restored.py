"""Faults that, undone, bring the baseline's numbers back.

What an image measured before the change is in the baseline. A fault on top of honest
compression leaves that compression as it was: once it is undone, the image measures as it
did. At a low rate, where compression hides the fault itself, this still tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.gate.shift import best_shift
from pytest_colordeg.gate.undo import UNDO, Float
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.values import Value

__all__ = ["TRUNCATED", "restored"]

TRUNCATED = "every channel is too low by half a step: truncated, not rounded"

_SHARE = 0.2  # of the gap to the baseline that may be left
# As much as an undone fault may miss by its rounding and clipping, whatever the gap.
_SLACK = {"psnr.rgb": 0.05, "delta_e00.mean": 0.03, "delta_l": 0.03, "delta_c": 0.04}
_SLACK["delta_h"] = 0.04
_CLEAR = 3.0  # the gap, in those, above which there is something to explain
_ENOUGH = 1024  # pixels: with fewer, chance brings numbers back
_SPARSE = 3  # every third pixel both ways
_COARSE = 1.5  # dB that these may be off
# Truncation adds 1/4 of a squared step to the error, 1/2 where the cut part was noise.
_TRUNCATION = (0.0, 0.8)
_STRUCTURE = ("psnr.rgb", "delta_e00.mean")

Row = Mapping[str, Value]


def restored(original: Pixels, decoded: Pixels, before: Row) -> list[str]:
    """Name the fault that, undone, gives an image its baseline's numbers again.

    Parameters
    ----------
    original, decoded
        (H, W, 3) uint8 arrays of one shape.
    before
        The image's row in the baseline.

    Returns
    -------
    list of str
        One phrase, of the fault that comes closest, or none.
    """
    wanted = {name: v for name in _SLACK if isinstance(v := before.get(name), float)}
    if len(wanted) < len(_SLACK) or original[..., 0].size < _ENOUGH:
        return []
    gaps = _gaps(original, decoded, wanted)
    if max(gap / _SLACK[name] for name, gap in gaps.items()) < _CLEAR:
        return []
    allowed = {name: max(_SLACK[name], _SHARE * gap) for name, gap in gaps.items()}
    found = []
    for phrase, undone, names in _candidates(original, decoded, wanted["psnr.rgb"]):
        left = _gaps(original, undone, {name: wanted[name] for name in names})
        worst = max(gap / allowed[name] for name, gap in left.items())
        if worst <= 1 and max(gaps[name] / _SLACK[name] for name in names) >= _CLEAR:
            found.append((worst, phrase))
    if not found and _truncated(original, decoded, wanted, gaps["delta_l"]):
        return [TRUNCATED]
    return [min(found)[1]] if found else []


def _candidates(
    original: Pixels, decoded: Pixels, psnr: float
) -> Iterator[tuple[str, Pixels, tuple[str, ...]]]:
    """Phrase, pixels with that fault undone, and the metrics that this brings back."""
    every = tuple(_SLACK)
    few, seen = original[::_SPARSE, ::_SPARSE], decoded[::_SPARSE, ::_SPARSE]
    for phrase, undo in {**UNDO, **_OFFSETS}.items():
        # On a few pixels first: most faults are far off.
        if abs(_psnr(few, undo(seen.astype(np.float64))) - psnr) < _COARSE:
            yield phrase, _codes(undo(decoded.astype(np.float64))), every
    shift = best_shift(original, decoded)
    if shift.left < 1:
        yield shift.phrase, shift.undone(decoded), _STRUCTURE


def _offset(channels: list[int], steps: int) -> Callable[[Float], Float]:
    moved = np.zeros(3)
    moved[channels] = steps
    return lambda rgb: rgb - moved


_OFFSETS = {
    f"a constant offset of the channels, in 8-bit steps: {name} {steps:+d}": _offset(
        channels, steps
    )
    for channels, name in (([0], "R"), ([1], "G"), ([2], "B"), ([0, 1, 2], "R, G, B"))
    for steps in (-2, -1, 1, 2)
}


def _psnr(original: Pixels, undone: Float) -> float:
    error = float(np.mean((np.clip(undone, 0, 255) - original) ** 2))
    return float(10 * np.log10(255.0**2 / error)) if error else np.inf


def _truncated(original: Pixels, decoded: Pixels, wanted: Mapping[str, float], gap: float) -> bool:
    """Half a step of lightness is gone, and the error is larger by what truncation adds."""
    if gap < _CLEAR * _SLACK["delta_l"]:
        return False
    stored = 255.0**2 / 10 ** (wanted["psnr.rgb"] / 10)
    errors = decoded - original.astype(np.float64)
    # The half step that is gone goes with the mean error that was there before.
    rise = float(np.mean(errors**2)) - stored + float(np.mean(errors)) + 0.5
    if not _TRUNCATION[0] <= rise <= _TRUNCATION[1]:
        return False
    # A half step cannot be given back to 8-bit samples: every other one gets a whole.
    rows, columns = np.indices(decoded.shape[:2])
    halves = decoded + ((rows + columns) % 2)[..., None]
    undone = np.clip(halves, 0, 255).astype(np.uint8)
    left = _gaps(original, undone, {"delta_l": wanted["delta_l"]})["delta_l"]
    return left <= _SHARE * gap


def _codes(values: Float) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _gaps(original: Pixels, pixels: Pixels, wanted: Mapping[str, float]) -> dict[str, float]:
    """How far each metric is from the baseline's; infinite where it has no number."""
    found = measure(Pair(original, pixels, 1), {name: METRICS[name] for name in wanted})
    return {
        name: abs(value - wanted[name]) if isinstance(value, float) else np.inf
        for name, value in found.items()
    }
