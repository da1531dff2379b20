"""Hypothesis strategies for testing colour code: colours, pairs of them, and images.

Needs ``pip install hypothesis``. Colours are plain tuples and Lab coordinates are
multiples of 0.01, so that a failing example is short enough to read and to look up;
all shrink towards black, grey and small images. See ``docs/testing-delta-e.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

try:
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import arrays
except ImportError as error:  # pragma: no cover
    raise ImportError(
        "pytest_colordeg.strategies needs Hypothesis: pip install hypothesis"
    ) from error

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.color.lab import srgb_to_lab

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "gamut_boundary_srgb",
    "image_pairs",
    "images",
    "lab_colors",
    "lab_pairs",
    "near_neutral_lab",
    "near_neutral_srgb",
    "near_opposite_hues",
    "srgb_colors",
    "srgb_lab_colors",
]

Srgb: TypeAlias = tuple[int, int, int]
Lab: TypeAlias = tuple[float, float, float]
Image: TypeAlias = NDArray[np.uint8]

_code = st.integers(0, 255)


def srgb_colors() -> SearchStrategy[Srgb]:
    """Any 8-bit sRGB colour, as three integers; shrinks to black."""
    return st.tuples(_code, _code, _code)


def near_neutral_srgb(spread: int = 3) -> SearchStrategy[Srgb]:
    """A grey whose channels differ from one level by at most `spread`; shrinks to black.

    Here hue is ill-defined, the square roots of a colour difference have their
    singularities, and rounding a matrix or a white shows as a tint.
    """
    offset = st.integers(-spread, spread)

    def tint(level: int, offsets: Srgb) -> Srgb:
        red, green, blue = (min(max(level + d, 0), 255) for d in offsets)
        return red, green, blue

    return st.builds(tint, _code, st.tuples(offset, offset, offset))


def gamut_boundary_srgb() -> SearchStrategy[Srgb]:
    """A colour on a face of the sRGB cube: a channel at 0 or 255; shrinks to black.

    The colours with the greatest chroma, and those that clipping moves.
    """

    def place(channel: int, end: int, other: tuple[int, int]) -> Srgb:
        codes = [*other]
        codes.insert(channel, end)
        return codes[0], codes[1], codes[2]

    return st.builds(place, st.integers(0, 2), st.sampled_from((0, 255)), st.tuples(_code, _code))


def _hundredths(low: float, high: float) -> SearchStrategy[float]:
    return st.integers(round(low * 100), round(high * 100)).map(lambda n: n / 100)


def lab_colors(chroma: float = 128.0) -> SearchStrategy[Lab]:
    """A colour with L* in 0..100 and a*, b* in -chroma..chroma, most of them out of gamut.

    Multiples of 0.01; shrinks to black.
    """
    axis = _hundredths(-chroma, chroma)
    return st.tuples(_hundredths(0.0, 100.0), axis, axis)


def srgb_lab_colors() -> SearchStrategy[Lab]:
    """CIELAB of a colour that 8-bit sRGB can hold, in full precision; shrinks to black."""

    def convert(color: Srgb) -> Lab:
        lightness, a, b = srgb_to_lab(np.array(color, dtype=np.uint8)).tolist()
        return lightness, a, b

    return st.one_of(srgb_colors(), near_neutral_srgb(), gamut_boundary_srgb()).map(convert)


def near_neutral_lab(chroma: float = 0.5) -> SearchStrategy[Lab]:
    """A colour with a* and b* within `chroma` of grey, zero and one-sided zeros included."""
    axis = st.one_of(st.just(0.0), _hundredths(-chroma, chroma))
    return st.tuples(_hundredths(0.0, 100.0), axis, axis)


def near_opposite_hues(distance: float = 0.02) -> SearchStrategy[tuple[Lab, Lab]]:
    """Two colours whose hues are opposite, or nearly.

    CIEDE2000 jumps at a hue difference of 180 degrees: the mean hue changes sides.
    Implementations disagree here by whole units, as pairs 9 to 16 of Sharma, Wu and
    Dalal show. The second colour's a* and b* are the first's, negated, times a factor
    of a quarter to 4, moved by at most `distance`; exact opposites are frequent.
    """
    nudge = st.one_of(st.just(0.0), _hundredths(-distance, distance))

    def pair(first: Lab, lightness: float, factor: float, da: float, db: float) -> tuple[Lab, Lab]:
        _, a, b = first
        return first, (lightness, -factor * a + da, -factor * b + db)

    return st.builds(
        pair,
        lab_colors(60.0),
        _hundredths(0.0, 100.0),
        st.sampled_from((1.0, 0.5, 2.0, 0.25, 4.0)),
        nudge,
        nudge,
    )


def lab_pairs() -> SearchStrategy[tuple[Lab, Lab]]:
    """Two Lab colours: unrelated, close together, equal, near grey, or of opposite hue."""
    anywhere, step = lab_colors(), st.integers(-100, 100).map(lambda n: n / 100)

    def move(color: Lab, by: Lab) -> tuple[Lab, Lab]:
        lightness = min(max(color[0] + by[0], 0.0), 100.0)
        return color, (lightness, color[1] + by[1], color[2] + by[2])

    return st.one_of(
        anywhere.map(lambda color: (color, color)),
        st.builds(move, anywhere, st.tuples(step, step, step)),
        st.tuples(anywhere, anywhere),
        st.tuples(srgb_lab_colors(), srgb_lab_colors()),
        st.tuples(near_neutral_lab(), near_neutral_lab()),
        near_opposite_hues(),
    )


def images(
    min_side: int = 1, max_side: int = 12, colors: SearchStrategy[Srgb] | None = None
) -> SearchStrategy[Image]:
    """An sRGB image, uint8 of shape (H, W, 3); shrinks to one black pixel.

    Parameters
    ----------
    min_side, max_side
        Bounds of height and width.
    colors
        Where its colours come from; any by default. With it the image has at most
        eight different ones, as drawing every pixel is slow.
    """
    sides = st.integers(min_side, max_side)
    if colors is None:
        return st.tuples(sides, sides).flatmap(lambda shape: arrays(np.uint8, (*shape, 3)))

    def paint(palette: list[Srgb], places: NDArray[np.uint8]) -> Image:
        image: Image = np.array(palette, dtype=np.uint8)[places % len(palette)]
        return image

    places = st.tuples(sides, sides).flatmap(lambda shape: arrays(np.uint8, shape))
    return st.builds(paint, st.lists(colors, min_size=1, max_size=8), places)


def image_pairs(min_side: int = 1, max_side: int = 12) -> SearchStrategy[tuple[Image, Image]]:
    """An original and a decoded image of one shape.

    The second is the first itself, the first with every sample off by at most 8, or
    unrelated. Shrinks to two equal black pixels.
    """
    original = st.one_of(
        images(min_side, max_side),
        images(min_side, max_side, near_neutral_srgb()),
        images(min_side, max_side, gamut_boundary_srgb()),
    )

    def decoded(first: Image) -> SearchStrategy[tuple[Image, Image]]:
        noise = arrays(np.int16, first.shape, elements=st.integers(-8, 8))
        second = st.one_of(
            st.just(first),
            noise.map(lambda step: np.clip(first + step, 0, 255).astype(np.uint8)),
            arrays(np.uint8, first.shape),
        )
        return second.map(lambda other: (first, other))

    return original.flatmap(decoded)
