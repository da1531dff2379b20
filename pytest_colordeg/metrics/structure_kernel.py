"""Fused CPU kernels of the structure metrics: windows over bands of rows, all channels at once.

Images are handed over as (H, 3 * W), samples of the three channels in turn, so that
a window's neighbour lies three samples on and every loop runs over contiguous
memory. A band works on its own rows only; its sums do not depend on the others.
"""

# numba's types are not Python's.
# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["SIDE", "TAPS", "gaussian_band", "halve_rows", "squared_error", "uniform_band"]

SIDE = 7
TAPS = 11
STRIP = 3 * 128
"""Samples of a row that `gaussian_band` filters at a time, to stay in cache."""


@njit(nogil=True, error_model="numpy", cache=True)
def squared_error(first, second):
    """Sum of squared differences of two uint8 arrays of shape (H, 3 * W)."""
    total = np.int64(0)
    for y in range(first.shape[0]):
        row1, row2 = first[y], second[y]
        for j in range(row1.size):
            difference = np.int32(row1[j]) - np.int32(row2[j])
            total += np.int64(difference * difference)
    return total


@njit(error_model="numpy")
def _add_row(row1, row2, sign, sums):
    sx, sy, square, cross = sums[0], sums[1], sums[2], sums[3]
    for j in range(row1.size):
        x, y = np.int32(row1[j]), np.int32(row2[j])
        sx[j] += sign * x
        sy[j] += sign * y
        square[j] += sign * (x * x + y * y)
        cross[j] += sign * (x * y)


@njit(nogil=True, error_model="numpy", cache=True)
def uniform_band(first, second, top, bottom, c1, c2):
    """Sums of SSIM per channel over window rows `top` to `bottom`: 7 x 7 uniform window.

    Sums over windows are integers, hence exact; the last formula is in float64.
    """
    size = first.shape[1] - 3 * (SIDE - 1)
    n = np.int32(SIDE * SIDE)
    sums = np.zeros((4, first.shape[1]), np.int32)
    values = np.zeros(size)
    sx, sy, square, cross = sums[0], sums[1], sums[2], sums[3]
    plus, minus = np.int32(1), np.int32(-1)
    for y in range(top, bottom + SIDE - 1):
        _add_row(first[y], second[y], plus, sums)
        if y < top + SIDE - 1:
            continue
        for j in range(size):
            x1, x2, xx, xy = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
            for k in range(SIDE):
                x1 += sx[j + 3 * k]
                x2 += sy[j + 3 * k]
                xx += square[j + 3 * k]
                xy += cross[j + 3 * k]
            both = np.float64(x1 * x2)
            own = np.float64(x1 * x1 + x2 * x2)
            shared = np.float64(n * xy) - both
            spread = np.float64(n * xx) - own
            top_part = (2.0 * both + c1 * 2401.0) * (2.0 * shared + c2 * 2352.0)
            values[j] += top_part / ((own + c1 * 2401.0) * (spread + c2 * 2352.0))
        _add_row(first[y - SIDE + 1], second[y - SIDE + 1], minus, sums)
    return values[0::3].sum(), values[1::3].sum(), values[2::3].sum()


@njit(error_model="numpy")
def _across(line, size, weights, out):
    """Weighted means along a row, neighbours three samples apart."""
    w0, w1, w2, w3, w4, w5 = weights
    for j in range(size):
        out[j] = (
            w5 * line[j + 15]
            + w4 * (line[j + 12] + line[j + 18])
            + w3 * (line[j + 9] + line[j + 21])
            + w2 * (line[j + 6] + line[j + 24])
            + w1 * (line[j + 3] + line[j + 27])
            + w0 * (line[j] + line[j + 30])
        )


@njit(error_model="numpy")
def _down(ring, oldest, size, weights, out):
    """Weighted means over two overlapping runs of `TAPS` rows of a ring of one more.

    Two at a time, because reading the rows is what takes time.
    """
    w0, w1, w2, w3, w4, w5 = weights
    n = TAPS + 1
    r0, r1, r2, r3 = (
        ring[oldest],
        ring[(oldest + 1) % n],
        ring[(oldest + 2) % n],
        ring[(oldest + 3) % n],
    )
    r4, r5, r6, r7 = (
        ring[(oldest + 4) % n],
        ring[(oldest + 5) % n],
        ring[(oldest + 6) % n],
        ring[(oldest + 7) % n],
    )
    r8, r9, r10, r11 = (
        ring[(oldest + 8) % n],
        ring[(oldest + 9) % n],
        ring[(oldest + 10) % n],
        ring[(oldest + 11) % n],
    )
    upper, lower = out[0], out[1]
    for j in range(size):
        x1, x2, x3, x4, x5 = r1[j], r2[j], r3[j], r4[j], r5[j]
        x6, x7, x8, x9, x10 = r6[j], r7[j], r8[j], r9[j], r10[j]
        upper[j] = (
            w5 * x5
            + w4 * (x4 + x6)
            + w3 * (x3 + x7)
            + w2 * (x2 + x8)
            + w1 * (x1 + x9)
            + w0 * (r0[j] + x10)
        )
        lower[j] = (
            w5 * x6
            + w4 * (x5 + x7)
            + w3 * (x4 + x8)
            + w2 * (x3 + x9)
            + w1 * (x2 + x10)
            + w0 * (x1 + r11[j])
        )


@njit(nogil=True, error_model="numpy", cache=True)
def gaussian_band(first, second, top, bottom, weights, c1, c2):
    """Sums of SSIM and of its contrast-structure factor per channel, Wang's window.

    Parameters
    ----------
    first, second
        Samples 0..255 of shape (H, 3 * W), W at least 11.
    top, bottom
        Rows of windows; they reach to input row ``bottom + 9``.
    weights
        Tuple of the first six taps of the window along one axis.
    c1, c2
        The constants of SSIM.

    Returns
    -------
    ndarray of float64, shape (2, 3)
        SSIM, contrast-structure by channel.
    """
    width = first.shape[1] - 3 * (TAPS - 1)
    lines = np.empty((4, STRIP + 3 * (TAPS - 1)))
    ring = np.zeros((4, TAPS + 1, STRIP))
    means = np.empty((4, 2, STRIP))
    result = np.zeros((2, 3))
    for left in range(0, width, STRIP):
        size = min(STRIP, width - left)
        reach = left + size + 3 * (TAPS - 1)
        values = np.zeros((2, size))
        for y in range(top, bottom + TAPS - 1):
            _products(first[y, left:reach], second[y, left:reach], lines)
            for k in range(4):
                _across(lines[k], size, weights, ring[k, (y - top) % (TAPS + 1)])
            # Windows end on this row and on the one before; a last odd one ends alone.
            ended = y - top - (TAPS - 1)
            last = y == bottom + TAPS - 2
            if ended >= 0 and (ended % 2 == 1 or last):
                oldest = (ended - ended % 2) % (TAPS + 1)
                for k in range(4):
                    _down(ring[k], oldest, size, weights, means[k])
                for row in range(1 + ended % 2):
                    _formula(size, means, row, c1, c2, values)
        for channel in range(3):
            result[0, channel] += values[0, channel::3].sum()
            result[1, channel] += values[1, channel::3].sum()
    return result


@njit(error_model="numpy")
def _products(row1, row2, lines):
    x, y, square, cross = lines[0], lines[1], lines[2], lines[3]
    for j in range(row1.size):
        a, b = np.float64(row1[j]), np.float64(row2[j])
        x[j] = a
        y[j] = b
        square[j] = a * a + b * b
        cross[j] = a * b


@njit(error_model="numpy")
def _formula(size, means, row, c1, c2, values):
    mx, my, square, cross = means[0, row], means[1, row], means[2, row], means[3, row]
    ssim, structure = values[0], values[1]
    for j in range(size):
        both = mx[j] * my[j]
        own = mx[j] * mx[j] + my[j] * my[j]
        factor = (2.0 * (cross[j] - both) + c2) / (square[j] - own + c2)
        structure[j] += factor
        ssim[j] += factor * ((2.0 * both + c1) / (own + c1))


@njit(nogil=True, error_model="numpy", cache=True)
def halve_rows(image, top, bottom, out):
    """Rows `top` to `bottom` of the image at half the size, as `windows.halve` does.

    `image` and `out` have shape (H, 3 * W); an odd side is padded with zeros, which
    count. Sums of 8-bit samples divided by powers of two are exact in float32.
    """
    height, width = image.shape[0], image.shape[1] // 3
    pad_y, pad_x = height % 2, width % 2
    for y in range(top, bottom):
        for x in range(out.shape[1] // 3):
            for channel in range(3):
                total = np.float32(0.0)
                for dy in range(2):
                    for dx in range(2):
                        row, column = 2 * y + dy - pad_y, 2 * x + dx - pad_x
                        if row >= 0 and column >= 0:
                            total += np.float32(image[row, 3 * column + channel])
                out[y, 3 * x + channel] = total * np.float32(0.25)
