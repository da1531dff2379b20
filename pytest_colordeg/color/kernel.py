"""The fused CPU kernel: all that is counted about a pair of images, in one pass, in float32.

Blocks of `BLOCK` pixels stay in the first-level cache and go through several
short loops that the compiler turns into vector code: no branch, no call, no
trigonometry, no power. Nothing here is fast-math: every product and sum is rounded
as written, so that all processors and vector widths give the same bits. Sums are
integers (fixed point), so that the order of the blocks, and with it the number of
threads, changes nothing.

Where float32 cannot tell on which side of a border a colour lies (a quantisation
step, a hue sector, opposite hues: a few pixels in a thousand) the pixel is decided
again in float64. So counts, hulls and sectors equal the float64 reference exactly.

numba compiles this once and keeps the result beside the module or in the user's
cache folder. That cache looks at this file alone: constants that stem from elsewhere
come in as arguments, and the formulas' file is pinned by its digest.
"""

# numba's types are not Python's.
# mypy: ignore-errors
from __future__ import annotations

import math

import numpy as np
from numba import njit

from pytest_colordeg.color.kernel_math import hue, plane, response, weighted

__all__ = ["FIXED_POINT", "compare_span", "fused_span", "reference_span"]

FORMULAS = "50b56a21363f0504"  # sha256 of kernel_math.py, its first 16 digits
BLOCK = 512
FIXED_POINT = 2**22  # sums are of rint(x * FIXED_POINT), where |x| < 512
_f = np.float32
_UNDECIDED, _UNKNOWN = np.uint8(255), np.uint16(65535)

# Greatest errors of float32 over all 2**24 colours: 9.3e-5 in a*, 5.2e-5 in b*.
_AB_MARGIN = _f(2e-4)
_BORDER_MARGIN = _f(5e-4)
_CHROMA_MARGIN = _f(5e-3)

_TAN30, _TAN60 = _f(math.tan(math.radians(30.0))), _f(math.tan(math.radians(60.0)))


@njit(error_model="numpy")
def _lab_block(pixels, start, size, table, weights, epsilon, slope, rgb, lab, at):
    for i in range(size):
        rgb[0, i] = table[pixels[start + i, 0]]
        rgb[1, i] = table[pixels[start + i, 1]]
        rgb[2, i] = table[pixels[start + i, 2]]
    x_red, x_blue = weights[0, 0], weights[0, 2]
    y_red, y_blue = weights[1, 0], weights[1, 2]
    z_red, z_blue = weights[2, 0], weights[2, 2]
    out_l, out_a, out_b = lab[0, at : at + size], lab[1, at : at + size], lab[2, at : at + size]
    for i in range(size):
        green = rgb[1, i]
        red = rgb[0, i] - green
        blue = rgb[2, i] - green
        x = response(green + red * x_red + blue * x_blue, epsilon, slope)
        y = response(green + red * y_red + blue * y_blue, epsilon, slope)
        z = response(green + red * z_red + blue * z_blue, epsilon, slope)
        out_l[i] = _f(116.0) * y - _f(16.0)
        out_a[i] = _f(500.0) * (x - y)
        out_b[i] = _f(200.0) * (y - z)


@njit(inline="always")
def _fixed(x):
    return np.int32(np.rint(x * _f(FIXED_POINT)))


@njit(error_model="numpy")
def _delta_block(size, lab1, at, lab2, bump, sine, work, delta, fixed):
    """CIEDE2000 and, in fixed point, dL*, dC*ab, dH*ab; how many `delta` could not tell (-1)."""
    l1, a1, b1 = lab1[0, at : at + size], lab1[1, at : at + size], lab1[2, at : at + size]
    l2, a2, b2 = lab2[0], lab2[1], lab2[2]
    dl_ab, dc_ab, dh_ab = fixed[1], fixed[2], fixed[3]
    stretch, dc, mean, dh, cos1, sin1 = work[0], work[1], work[2], work[3], work[4], work[5]
    for i in range(size):
        dl_ab[i] = _fixed(l2[i] - l1[i])
        chroma, turn, stretch[i] = plane(a1[i], b1[i], a2[i], b2[i])
        dc_ab[i], dh_ab[i] = _fixed(chroma), _fixed(turn)
    for i in range(size):
        x1, x2 = a1[i] * stretch[i], a2[i] * stretch[i]
        dc[i], mean[i], dh[i], cos1[i], sin1[i] = hue(x1, b1[i], x2, b2[i])
    for i in range(size):
        delta[i] = weighted(l1[i], l2[i], dc[i], mean[i], dh[i], cos1[i], sin1[i], bump, sine)
    doubts = np.int32(0)
    for i in range(size):
        reach = abs(a1[i]) + abs(b1[i]) + abs(a2[i]) + abs(b2[i])
        cross = abs(a1[i] * b2[i] - a2[i] * b1[i])
        opposite = a1[i] * a2[i] + b1[i] * b2[i] < _f(0.0) and cross < _AB_MARGIN * reach
        delta[i] = _f(-1.0) if opposite else delta[i]
        doubts += np.int32(opposite)
    return doubts


@njit(error_model="numpy")
def _exact_lab(pixels, at, table, weights, epsilon, kappa):
    """L*, a*, b* of one pixel in float64."""
    red, green, blue = table[pixels[at, 0]], table[pixels[at, 1]], table[pixels[at, 2]]
    f = np.empty(3)
    for k in range(3):
        t = green + weights[k, 0] * (red - green) + weights[k, 2] * (blue - green)
        if t > epsilon:
            root = t ** (1.0 / 3.0)
            f[k] = root - (root - t / (root * root)) / 3.0
        else:
            f[k] = (kappa * t + 16.0) / 116.0
    x, y, z = f
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)


@njit(error_model="numpy")
def _exact_index(pixels, at, exact):
    _, a, b = _exact_lab(pixels, at, *exact)
    return int(np.rint(a)) * 255 + int(np.rint(b)) + 127 * 255 + 127


@njit(error_model="numpy")
def _exact_sector(pixels, at, exact):
    _, a, b = _exact_lab(pixels, at, *exact)
    if math.hypot(a, b) < 5.0:
        return 12
    return min(int(math.degrees(math.atan2(b, a)) % 360.0 / 30.0), 11)


@njit(error_model="numpy")
def _exact_delta(first, second, at, exact, bump, sine, i, delta, fixed):
    l1, a1, b1 = _exact_lab(first, at, *exact)
    l2, a2, b2 = _exact_lab(second, at, *exact)
    dc_ab, dh_ab, stretch = plane(a1, b1, a2, b2)
    dc, mean, dh, cos1, sin1 = hue(a1 * stretch, b1, a2 * stretch, b2)
    delta[i] = weighted(l1, l2, dc, mean, dh, cos1, sin1, bump, sine)
    fixed[1, i], fixed[2, i], fixed[3, i] = _fixed(l2 - l1), _fixed(dc_ab), _fixed(dh_ab)


@njit(error_model="numpy")
def _mark_block(pixels, start, size, lab, at, exact, index, used):
    """Mark the quantised (a*, b*) pairs that occur."""
    a, b = lab[1, at : at + size], lab[2, at : at + size]
    doubts = np.int32(0)
    for i in range(size):
        near_a, near_b = np.rint(a[i]), np.rint(b[i])
        off = max(abs(a[i] - near_a), abs(b[i] - near_b))
        # Clipping to -127..127 is left out: no sRGB colour goes beyond 108.
        number = np.int32(near_a) * np.int32(255) + np.int32(near_b) + np.int32(127 * 255 + 127)
        doubt = off > _f(0.5) - _AB_MARGIN
        index[i] = _UNKNOWN if doubt else np.uint16(number)
        doubts += np.int32(doubt)
    if doubts:
        for i in range(size):
            if index[i] == _UNKNOWN:
                index[i] = _exact_index(pixels, start + i, exact)
    for i in range(size):
        used[index[i]] = 1


@njit(error_model="numpy")
def _sector_block(pixels, start, size, lab, at, exact, sector):
    """Hue sector of 30 degrees, 12 for neutral."""
    row_a, row_b, row = lab[1, at : at + size], lab[2, at : at + size], sector[at : at + size]
    doubts = np.int32(0)
    for i in range(size):
        a, b = row_a[i], row_b[i]
        left, low = a < _f(0.0), b < _f(0.0)
        turned = left != low
        far = abs(a) if turned else abs(b)
        near = abs(b) if turned else abs(a)
        first, second = far - _TAN30 * near, far - _TAN60 * near
        below = np.int32(6) if left else np.int32(9)
        above = np.int32(3) if left else np.int32(0)
        number = below if low else above
        number += np.int32(1) if first >= _f(0.0) else np.int32(0)
        number += np.int32(1) if second >= _f(0.0) else np.int32(0)
        chroma = a * a + b * b - _f(25.0)
        margin = min(min(abs(first), abs(second)), min(far, near))
        doubt = abs(chroma) < _CHROMA_MARGIN or (chroma > _f(0.0) and margin < _BORDER_MARGIN)
        number = np.int32(12) if chroma < _f(0.0) else number
        row[i] = _UNDECIDED if doubt else np.uint8(number)
        doubts += np.int32(doubt)
    if doubts:
        for i in range(size):
            if row[i] == _UNDECIDED:
                row[i] = _exact_sector(pixels, start + i, exact)


@njit(error_model="numpy")
def _count(size, delta, fixed, over):
    """CIEDE2000 in fixed point, and how many are above 1, 2, 5."""
    out = fixed[0]
    one, two, five = np.int32(0), np.int32(0), np.int32(0)
    for i in range(size):
        out[i] = _fixed(delta[i])
        one += np.int32(delta[i] > _f(1.0))
        two += np.int32(delta[i] > _f(2.0))
        five += np.int32(delta[i] > _f(5.0))
    over[0] += one
    over[1] += two
    over[2] += five


@njit(error_model="numpy")
def _tally(size, delta, fixed, sector, totals, histogram):
    """Add to the sums by sector and to the histogram of the upper bits.

    Neighbours go to four tables in turn, or each sum would wait for the one before it.
    """
    for i in range(size):
        histogram[_f(delta[i]).view(np.uint32) >> np.uint32(16)] += 1
    de, dl, dc, dh = fixed[0], fixed[1], fixed[2], fixed[3]
    for i in range(size):
        row = totals[np.uint8(i & 3), sector[i]]
        row[0] += 1
        row[1] += de[i]
        row[2] += dl[i]
        row[3] += dc[i]
        row[4] += dh[i]


@njit(error_model="numpy")
def _original_block(pixels, start, size, single, exact, rgb, index, lab, at, sector, used):
    _lab_block(pixels, start, size, *single, rgb, lab, at)
    _mark_block(pixels, start, size, lab, at, exact, index, used)
    _sector_block(pixels, start, size, lab, at, exact, sector)


@njit(error_model="numpy")
def _pair_block(
    first, second, start, size, single, exact, fit, work, lab, at, sector, deltas, sums
):
    bump, sine = fit
    rgb, lab2, parts, fixed, index = work
    used, totals, over, histogram = sums
    delta = deltas[start : start + size]
    _lab_block(second, start, size, *single, rgb, lab2, 0)
    _mark_block(second, start, size, lab2, 0, exact, index, used)
    if _delta_block(size, lab, at, lab2, bump, sine, parts, delta, fixed):
        for i in range(size):
            if delta[i] < _f(0.0):
                _exact_delta(first, second, start + i, exact, bump, sine, i, delta, fixed)
    _count(size, delta, fixed, over)
    _tally(size, delta, fixed, sector[at : at + size], totals, histogram)


@njit(error_model="numpy")
def _workspace():
    return (
        np.empty((3, BLOCK), np.float32),
        np.empty((3, BLOCK), np.float32),
        np.empty((6, BLOCK), np.float32),
        np.empty((4, BLOCK), np.int32),
        np.empty(BLOCK, np.uint16),
    )


@njit(nogil=True, error_model="numpy", cache=True)
def reference_span(pixels, start, stop, single, exact, lab, sector, used):
    """Lab, hue sectors and (a*, b*) pairs of an original's pixels `start` to `stop`.

    Parameters
    ----------
    pixels
        uint8 (n, 3).
    start, stop
        Which of them.
    single, exact
        Constants of Lab in float32 and float64: code table (256,), weights (3, 3),
        epsilon, and slope / 116 or kappa.
    lab, sector, used
        Filled: float32 (3, n), uint8 (n,), uint8 (255 * 255,).
    """
    rgb = np.empty((3, BLOCK), np.float32)
    index = np.empty(BLOCK, np.uint16)
    for at in range(start, stop, BLOCK):
        size = min(BLOCK, stop - at)
        _original_block(pixels, at, size, single, exact, rgb, index, lab, at, sector, used)


@njit(nogil=True, error_model="numpy", cache=True)
def compare_span(first, second, start, stop, single, exact, fit, lab, sector, deltas, sums):
    """Everything about pixels `start` to `stop` of a pair whose original is prepared.

    Parameters
    ----------
    first, second
        Original and decoded pixels, uint8 (n, 3).
    start, stop
        Which of them.
    single, exact
        As for `reference_span`.
    fit
        The two polynomials of `rotation_fit`.
    lab, sector
        The original's, from `reference_span`.
    deltas
        float32 (n,), filled with CIEDE2000.
    sums
        Added to: used (a*, b*) pairs, uint8 (255 * 255,); int64 (4, 13, 5), count and
        fixed-point sums of CIEDE2000, dL*, dC*ab, dH*ab by sector, in four parts; int64
        (3,), pixels above 1, 2, 5; int32 (2**15,), upper 16 bits of CIEDE2000.
    """
    work = _workspace()
    for at in range(start, stop, BLOCK):
        size = min(BLOCK, stop - at)
        _pair_block(
            first, second, at, size, single, exact, fit, work, lab, at, sector, deltas, sums
        )


@njit(nogil=True, error_model="numpy", cache=True)
def fused_span(first, second, start, stop, single, exact, fit, used, deltas, sums):
    """`reference_span` and `compare_span` at once, keeping nothing of the original but `used`."""
    work = _workspace()
    lab = np.empty((3, BLOCK), np.float32)
    sector = np.empty(BLOCK, np.uint8)
    for at in range(start, stop, BLOCK):
        size = min(BLOCK, stop - at)
        _original_block(first, at, size, single, exact, work[0], work[4], lab, 0, sector, used)
        _pair_block(first, second, at, size, single, exact, fit, work, lab, 0, sector, deltas, sums)
