"""Fused CPU kernels of the structure metrics: windows over bands of rows, all channels at once.

Images are handed over as (H, 3 * W), samples of the three channels in turn, so that
a window's neighbour lies three samples on and every loop runs over contiguous
memory. A band works on its own rows only; its sums do not depend on the others.

SSIM is computed as what it falls short of one, from the sum s and the difference u of
the two images (m mean, v variance within the window):

    1 - luminance = mu**2 / ((ms**2 + mu**2) / 2 + C1)
    1 - structure = vu / ((vs + vu) / 2 + C2)

which equals Wang's formulas. Nothing large cancels where the images are alike, so that
float32 is enough: what falls short is right to a few millionths of itself.
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
"""Samples of a row that are filtered at a time, to stay in cache."""
_f = np.float32


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
def _add_row(row1, row2, sums):
    total, difference, total2, difference2 = sums[0], sums[1], sums[2], sums[3]
    for j in range(row1.size):
        x, y = np.int32(row1[j]), np.int32(row2[j])
        s, u = x + y, x - y
        total[j] += s
        difference[j] += u
        total2[j] += s * s
        difference2[j] += u * u


@njit(error_model="numpy")
def _drop_row(row1, row2, sums):
    total, difference, total2, difference2 = sums[0], sums[1], sums[2], sums[3]
    for j in range(row1.size):
        x, y = np.int32(row1[j]), np.int32(row2[j])
        s, u = x + y, x - y
        total[j] -= s
        difference[j] -= u
        total2[j] -= s * s
        difference2[j] -= u * u


@njit(error_model="numpy")
def _seven_across(line, size, pairs, out):
    """Sums of seven neighbours, three samples apart: four, two and one."""
    for j in range(size + 12):
        pairs[j] = line[j] + line[j + 3]
    for j in range(size):
        out[j] = pairs[j] + pairs[j + 6] + pairs[j + 12] + line[j + 18]


@njit(error_model="numpy")
def _uniform_formula(size, sums, c1, c2, short):
    total, difference, total2, difference2 = sums[0], sums[1], sums[2], sums[3]
    n = np.int32(SIDE * SIDE)
    half = _f(0.5)
    for j in range(size):
        s2, u2 = total[j] * total[j], difference[j] * difference[j]
        vs, vu = n * total2[j] - s2, n * difference2[j] - u2
        luminance = _f(u2) / (_f(s2 + u2) * half + c1)
        structure = _f(vu) / (_f(vs + vu) * half + c2)
        short[j] += luminance + structure - luminance * structure


@njit(nogil=True, error_model="numpy", cache=True)
def uniform_band(first, second, top, bottom, c1, c2):
    """Sums per channel of what SSIM falls short of one, 7 x 7 uniform window.

    Parameters
    ----------
    first, second
        uint8 samples of shape (H, 3 * W), W at least 7.
    top, bottom
        Rows of windows; they reach to input row ``bottom + 5``.
    c1, c2
        The constants of SSIM.

    Returns
    -------
    ndarray of float64, shape (3,)

    Notes
    -----
    Sums over windows are integers, hence exact; only the formula is in float32.
    """
    width = first.shape[1] - 3 * (SIDE - 1)
    # Sums stand for means times 49, variances of the sample for variances times 49 * 48.
    limit1, limit2 = _f(c1 * 2401.0), _f(c2 * 2352.0)
    windows = np.empty((4, STRIP), np.int32)
    pairs = np.empty(STRIP + 3 * (SIDE - 1), np.int32)
    result = np.zeros(3)
    for left in range(0, width, STRIP):
        size = min(STRIP, width - left)
        reach = left + size + 3 * (SIDE - 1)
        sums = np.zeros((4, reach - left), np.int32)
        short = np.zeros(size, np.float32)
        for y in range(top, bottom + SIDE - 1):
            _add_row(first[y, left:reach], second[y, left:reach], sums)
            oldest = y - SIDE + 1
            if oldest < top:
                continue
            for k in range(4):
                _seven_across(sums[k], size, pairs, windows[k])
            _uniform_formula(size, windows, limit1, limit2, short)
            _drop_row(first[oldest, left:reach], second[oldest, left:reach], sums)
        _add_up(size, short, result)
    return result


@njit(error_model="numpy")
def _add_up(size, short, result):
    for j in range(size):
        result[j % 3] += np.float64(short[j])


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
    """Sums per channel of what SSIM and its structure factor fall short of one, Wang's window.

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
    w0, w1, w2, w3, w4, w5 = weights
    taps = (_f(w0), _f(w1), _f(w2), _f(w3), _f(w4), _f(w5))
    limit1, limit2 = _f(c1), _f(c2)
    lines = np.empty((4, STRIP + 3 * (TAPS - 1)), np.float32)
    ring = np.zeros((4, TAPS + 1, STRIP), np.float32)
    means = np.empty((4, 2, STRIP), np.float32)
    centres = np.empty((2, STRIP + 3 * (TAPS - 1)), np.float32)
    result = np.zeros((2, 3))
    for left in range(0, width, STRIP):
        size = min(STRIP, width - left)
        reach = left + size + 3 * (TAPS - 1)
        short = np.zeros((2, size), np.float32)
        _centre(first, second, (top + bottom + TAPS) // 2, (left + reach) // 6, centres)
        for y in range(top, bottom + TAPS - 1):
            _products(first[y, left:reach], second[y, left:reach], centres, lines)
            for k in range(4):
                _across(lines[k], size, taps, ring[k, (y - top) % (TAPS + 1)])
            # Windows end on this row and on the one before; a last odd one ends alone.
            ended = y - top - (TAPS - 1)
            last = y == bottom + TAPS - 2
            if ended >= 0 and (ended % 2 == 1 or last):
                oldest = (ended - ended % 2) % (TAPS + 1)
                for k in range(4):
                    _down(ring[k], oldest, size, taps, means[k])
                for row in range(1 + ended % 2):
                    _gaussian_formula(size, means, row, centres, limit1, limit2, short)
        _add_up(size, short[0], result[0])
        _add_up(size, short[1], result[1])
    return result


@njit(error_model="numpy")
def _centre(first, second, row, column, centres):
    """Sum and difference in the middle of a strip, where float32 is to be finest."""
    for channel in range(3):
        x, y = _f(first[row, 3 * column + channel]), _f(second[row, 3 * column + channel])
        centres[0, channel::3] = x + y
        centres[1, channel::3] = x - y


@njit(error_model="numpy")
def _products(row1, row2, centres, lines):
    total, difference, total2, difference2 = lines[0], lines[1], lines[2], lines[3]
    middle, off = centres[0], centres[1]
    for j in range(row1.size):
        x, y = _f(row1[j]), _f(row2[j])
        s, u = x + y - middle[j], x - y - off[j]
        total[j] = s
        difference[j] = u
        total2[j] = s * s
        difference2[j] = u * u


@njit(error_model="numpy")
def _gaussian_formula(size, means, row, centres, c1, c2, short):
    total, difference = means[0, row], means[1, row]
    total2, difference2 = means[2, row], means[3, row]
    middle, off = centres[0], centres[1]
    ssim, structure = short[0], short[1]
    half = _f(0.5)
    for j in range(size):
        s, u = total[j] + middle[j], difference[j] + off[j]
        vs, vu = total2[j] - total[j] * total[j], difference2[j] - difference[j] * difference[j]
        far = u * u / ((s * s + u * u) * half + c1)
        rough = vu / ((vs + vu) * half + c2)
        structure[j] += rough
        ssim[j] += far + rough - far * rough


@njit(nogil=True, error_model="numpy", cache=True)
def halve_rows(image, top, bottom, out):
    """Rows `top` to `bottom` of the image at half the size, as `windows.halve` does.

    `image` and `out` have shape (H, 3 * W); an odd side is padded with zeros, which
    count. Sums of 8-bit samples divided by powers of two are exact in float32.
    """
    pad_y, pad_x = image.shape[0] % 2, (image.shape[1] // 3) % 2
    nothing = np.zeros(image.shape[1], image.dtype)
    sums = np.empty(image.shape[1], np.float32)
    for y in range(top, bottom):
        upper = image[2 * y - pad_y] if 2 * y >= pad_y else nothing
        _halve_row(upper, image[2 * y + 1 - pad_y], pad_x, sums, out[y])


@njit(error_model="numpy")
def _halve_row(upper, lower, pad, sums, out):
    # In two loops, the first of which becomes vector code.
    for j in range(sums.size - 3):
        above = _f(upper[j]) + _f(upper[j + 3])
        below = _f(lower[j]) + _f(lower[j + 3])
        sums[j] = (above + below) * _f(0.25)
    if pad:
        for channel in range(3):
            out[channel] = (_f(upper[channel]) + _f(lower[channel])) * _f(0.25)
    for x in range(pad, out.size // 3):
        for channel in range(3):
            out[3 * x + channel] = sums[3 * (2 * x - pad) + channel]
