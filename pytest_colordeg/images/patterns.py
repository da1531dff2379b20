"""The drawings of corpus ``charts``: integer arithmetic only, the same on every machine.

Each function returns uint8 pixels of shape (H, W, 3); the first line of its
docstring says what the drawing breaks. Sides are above the 160 pixels that
MS-SSIM needs, the odd sizes apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "chroma_noise",
    "edges",
    "foliage",
    "gamut_ramp",
    "hue_sweeps",
    "neutral_ramp",
    "odd_257x131",
    "one_pixel",
    "patches",
    "skin",
    "tiny_7x5",
]

HEIGHT, WIDTH = 176, 192
Pixels = NDArray[np.uint8]
Color = tuple[int, int, int]


def patches() -> Pixels:
    """Breaks constant colour: flat patches shift whole when a codec rounds chroma or drops DC.

    The 64 colours of the lattice {0, 85, 170, 255}³ in patches of 24 × 22
    pixels, so that block boundaries of 8 × 8 and 16 × 16 codecs fall inside them.
    """
    y, x = _grid()
    index = y // 22 * 8 + x // 24
    return _pixels(85 * (index // 16), 85 * (index // 4 % 4), 85 * (index % 4))


def hue_sweeps() -> Pixels:
    """Breaks hue linearity: a codec may turn or grey some hues, and only at some chroma.

    All hues of the hexagon from left to right about mid grey, in bands whose
    chroma (maximum minus minimum) is 254, 128, 64 and 20.
    """
    y, x = _grid()
    chroma = np.array([254, 128, 64, 20])[y // 44]
    return _pixels(*(128 + (_wave(x + shift) * chroma) // 64 for shift in (0, 128, 64)))


def edges() -> Pixels:
    """Breaks chroma subsampling: saturated red and blue change at every pixel.

    Lines one pixel wide, upright, level and as a chequerboard; the second row
    sets red on black, blue on white and single red pixels on blue.
    """
    y, x = _grid()
    red, blue, black, white = (255, 0, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255)
    column, row = x // 64, y // 88
    tiles = [
        (x % 2, red, blue),
        (y % 2, red, blue),
        ((x + y) % 2, red, blue),
        (x % 4 // 3, black, red),
        (y % 4 // 3, white, blue),
        ((x % 5) * (y % 5) // 16, blue, red),
    ]
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for number, (mask, first, second) in enumerate(tiles):
        here = row * 3 + column == number
        pixels[here & (mask != 1)] = first
        pixels[here & (mask == 1)] = second
    return pixels


def neutral_ramp() -> Pixels:
    """Breaks neutrality: greys take a tint, and ends clip when the range is mistaken.

    Every grey from 0 to 255 once, in tiles of 12 × 11 pixels that run to and
    fro, so that neighbours differ by one level along a row.
    """
    y, x = _grid()
    row, column = y // 11, x // 12
    grey = row * 16 + np.where(row % 2 == 0, column, 15 - column)
    return _pixels(grey, grey, grey)


def gamut_ramp() -> Pixels:
    """Breaks at the gamut boundary: overshoot is clipped there, and clipping turns hue.

    Bands from black over the pure colour to white for red, yellow, green, cyan,
    blue and magenta: edges of the sRGB cube, where one channel is always 0 or 255.
    """
    y, x = _grid()
    band = np.minimum(y // 29, 5)
    up = np.minimum(x * 255 // 95, 255)
    down = np.maximum((x - 96) * 255 // 95, 0)
    pure = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]])[band]
    return _pixels(*(np.where(pure[..., channel] == 1, up, down) for channel in range(3)))


def skin() -> Pixels:
    """Breaks memory colours: a tint of skin is seen before any other error.

    A smooth field between four tones, light to dark and ruddy to olive.
    """
    return _field((246, 214, 190), (224, 172, 105), (176, 96, 74), (62, 38, 28))


def foliage() -> Pixels:
    """Breaks greens: weak chroma quantisation pulls leaves towards grey or yellow.

    A smooth field between four leaf colours under a leaf-like texture of ±8 levels.
    """
    field = _field((178, 196, 64), (86, 140, 50), (70, 96, 40), (18, 44, 30)).astype(np.int64)
    y, x = _grid()
    texture = (x * 7 + y * 3) % 17 - 8
    return np.clip(field + texture[..., None], 0, 255).astype(np.uint8)


def chroma_noise() -> Pixels:
    """Breaks chroma bandwidth: all the detail is in colour, none in luma.

    Random colour differences on a luma that is 128 to within one level by the
    BT.601 weights 77, 150, 29 of 256, so what a codec loses here is colour alone.
    """
    noise = _noise(seed=20240607)
    draws = np.array([next(noise) for _ in range(2 * HEIGHT * WIDTH)], np.int64)
    blue, red = (draws % 129 - 64).reshape(2, HEIGHT, WIDTH)
    return _pixels(128 + red, 128 - (77 * red + 29 * blue) // 150, 128 + blue)


def one_pixel() -> Pixels:
    """Breaks size arithmetic: 1 × 1, the least image there is; a strong orange."""
    return np.array([[[230, 92, 20]]], np.uint8)


def tiny_7x5() -> Pixels:
    """Breaks padding: 7 × 5 is odd both ways and below one block; each pixel its own colour."""
    y, x = np.mgrid[0:5, 0:7]
    return _pixels(40 * (x % 7), 60 * (y % 5), 255 - 30 * ((x + 2 * y) % 8))


def odd_257x131() -> Pixels:
    """Breaks cropping: 257 × 131 leaves a rest of 1 and 3 for every block size.

    A smooth field whose last column is red and last row blue, so that a row or
    column lost, doubled or blended with padding changes a saturated colour.
    """
    y, x = np.mgrid[0:131, 0:257]
    pixels = _pixels(255 - x * 255 // 256, y * 255 // 130, x * 255 // 256)
    pixels[:, -1] = (255, 0, 0)
    pixels[-1, :] = (0, 0, 255)
    return pixels


def _grid() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.int64)
    return y, x


def _pixels(red: NDArray[np.int64], green: NDArray[np.int64], blue: NDArray[np.int64]) -> Pixels:
    stacked = np.stack([red, green, blue], axis=-1)
    if stacked.min() < 0 or stacked.max() > 255:
        raise ValueError("a chart left the range 0 to 255")
    return stacked.astype(np.uint8)


def _wave(step: NDArray[np.int64]) -> NDArray[np.int64]:
    """One channel of the hue hexagon: period 192, values −32 to 32, a third of it at the top."""
    distance = np.abs((step + 96) % 192 - 96)  # 0 at the channel's own hue, 96 opposite
    wave: NDArray[np.int64] = np.clip(96 - 2 * distance, -32, 32)
    return wave


def _field(top_left: Color, top_right: Color, bottom_left: Color, bottom_right: Color) -> Pixels:
    """Bilinear blend of four corner colours, rounded half up."""
    y, x = _grid()
    across, down = WIDTH - 1, HEIGHT - 1
    weights = [
        ((across - x) * (down - y), top_left),
        (x * (down - y), top_right),
        ((across - x) * y, bottom_left),
        (x * y, bottom_right),
    ]
    total = np.zeros((HEIGHT, WIDTH, 3), np.int64)
    for weight, color in weights:
        total += weight[..., None] * np.array(color)
    return ((2 * total + across * down) // (2 * across * down)).astype(np.uint8)


def _noise(seed: int) -> Iterator[int]:
    """Linear congruential numbers (Numerical Recipes constants), their upper 16 bits."""
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state >> 16
