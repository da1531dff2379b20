"""Compare two images: every colour statistic in one call."""

from __future__ import annotations

import numpy as np

from pytest_colordeg.color.backend import backend as choose
from pytest_colordeg.color.reference import Pixels, Reference, check_pixels
from pytest_colordeg.color.statistics import ColourStatistics
from pytest_colordeg.color.tally import statistics
from pytest_colordeg.errors import ColordegError

__all__ = ["compare"]


def compare(
    original: Pixels | Reference,
    decoded: Pixels,
    *,
    delta_map: bool = False,
    threads: int = 1,
    backend: str | None = None,
) -> ColourStatistics:
    """Compute all colour statistics of a decoded image against its original.

    Parameters
    ----------
    original
        uint8 array of shape (H, W, 3), sRGB, or its `Reference` when several
        images are compared with it.
    decoded
        uint8 array of the same shape.
    delta_map
        Also keep the CIEDE2000 of every pixel.
    threads
        Threads to use, at least 1. The result does not depend on it.
    backend
        ``"numba"`` (float32, CIEDE2000 within 1e-3 of float64, everything that is
        counted exact) or ``"numpy"`` (float64); by default the first that is there.

    Returns
    -------
    ColourStatistics

    Raises
    ------
    ColordegError
        If an image is not a uint8 array of shape (H, W, 3), is empty, the two shapes
        differ, `threads` is below 1, or the backend is not there.

    Notes
    -----
    Two colours of exactly opposite hue, to within the rounding of float64, may be
    taken on either side; see `delta_e00`.
    """
    pixels = original.pixels if isinstance(original, Reference) else original
    check_pixels(pixels, "original")
    check_pixels(decoded, "decoded image")
    if pixels.shape != decoded.shape:
        raise ColordegError(
            f"the original is {pixels.shape} and the decoded image {decoded.shape}: "
            "the shapes differ"
        )
    if threads < 1:
        raise ColordegError(f"threads must be at least 1, not {threads}")
    engine = choose(backend)
    prepared = None
    if isinstance(original, Reference):
        prepared = original.prepared(backend, threads)
    first, second = (np.ascontiguousarray(image).reshape(-1, 3) for image in (pixels, decoded))
    tally = engine.tally(first, second, prepared, threads)
    return statistics(tally, decoded.shape[:2] if delta_map else None)
