"""Code an image again and again: does a codec always give the same, on one processor too?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pytest_colordeg.codecs.narrow import narrow
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.images.model import Image
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.sweep.coding import Coded, code

__all__ = ["flapping"]

_MOST = 6


def flapping(codec: Codec, rung: int, image: Image, first: Coded, times: int) -> str | None:
    """Say what differs between repetitions, by how much, and whether threads are why.

    Parameters
    ----------
    first
        The first of the `times` codings. Every second one runs on one processor.

    Returns
    -------
    str or None
        One line; ``None`` when all gave the same bytes and pixels.

    Raises
    ------
    ColordegError
        If a repetition fails.
    """
    one = narrow(codec)
    wide: list[Coded] = [first]
    thin: list[Coded] = []
    for turn in range(1, times):
        (thin if turn % 2 else wide).append(code(one if turn % 2 else codec, rung, image))
    runs = [*wide, *thin]
    if all(_same(run, first) for run in runs):
        return None
    # Once more each: is it chance, or the processors?
    wide.append(code(codec, rung, image))
    thin.append(code(one, rung, image))
    steady = all(_same(run, part[0]) for part in (wide, thin) for run in part)
    why = "; the same each time on one processor, so it depends on threads" if steady else ""
    return f"not deterministic in {times} runs: {_differences(image, [*wide, *thin])}{why}"


def _same(a: Coded, b: Coded) -> bool:
    return a.data == b.data and np.array_equal(a.decoded, b.decoded)


def _differences(image: Image, runs: Sequence[Coded]) -> str:
    files = {run.data for run in runs}
    if len(files) == 1:
        what = "the same bytes decode to other pixels"
    else:
        sizes = sorted(map(len, files))
        size = f"{sizes[0]} to {sizes[-1]}" if sizes[0] < sizes[-1] else f"all {sizes[0]}"
        what = f"{len(files)} different files ({size} bytes)"
    rows = [measure(Pair(image.pixels, run.decoded, run.payload_bytes)) for run in runs]
    moved = []
    for name in sorted(rows[0], key=_gated_first):
        values = [value for row in rows if isinstance(value := row[name], float)]
        spread = max(values) - min(values) if values else 0.0
        if spread or len(values) not in (0, len(rows)):
            moved.append(f"{name} by {spread:.3g}")
    more = f" and {len(moved) - _MOST} more" if len(moved) > _MOST else ""
    by = f", which moves {', '.join(moved[:_MOST])}{more}" if moved else ", no metric moves"
    return what + by


_gated_first: Callable[[str], bool] = lambda name: not METRICS[name].gated  # noqa: E731
