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
cache folder. That cache does not notice changes in other files: whatever stems
from elsewhere comes in as an argument, and all functions are in this one file.
"""

# numba's types are not Python's.
# mypy: ignore-errors
from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["FIXED_POINT", "compare_span", "fused_span", "reference_span"]

BLOCK = 1024
FIXED_POINT = 2**22  # sums are of rint(x * FIXED_POINT), where |x| < 512
_f = np.float32
_TINY = _f(1e-30)
_UNDECIDED = 255

# Greatest errors of float32 over all 2**24 colours: 9.3e-5 in a*, 5.2e-5 in b*.
_AB_MARGIN = _f(2e-4)
_BORDER_MARGIN = _f(5e-4)
_CHROMA_MARGIN = _f(5e-3)

_TAN30, _TAN60 = _f(math.tan(math.radians(30.0))), _f(math.tan(math.radians(60.0)))
_COS275, _SIN275 = _f(math.cos(math.radians(275.0))), _f(math.sin(math.radians(275.0)))
_POWER_25_7 = 25.0**7
# Coefficients of T once its cosines of sums are written out: of cos h, sin h, cos 2h, ...
_T = [
    (_f(weight * math.cos(math.radians(shift))), _f(weight * math.sin(math.radians(shift))))
    for weight, shift in ((0.17, 30.0), (0.24, 0.0), (0.32, -6.0), (0.20, 63.0))
]
(_TC1, _TS1), (_TC2, _), (_TC3, _TS3), (_TC4, _TS4) = _T


@njit(inline="always")
def _cube_root(t):
    """Cube root of t > 0: a seed on the bits of 1 / root, then two third-order steps."""
    bits = np.uint32(0x54A21D2A) - _f(t).view(np.uint32) // np.uint32(3)
    y = np.uint32(bits).view(np.float32)
    e = _f(1.0) - t * y * y * y
    y = y + y * e * (_f(1.0 / 3.0) + e * _f(2.0 / 9.0))
    root = t * y * y
    e = _f(1.0) - root * y
    return root + root * e * (_f(2.0 / 3.0) + e * _f(5.0 / 9.0))


@njit(inline="always")
def _response(t, epsilon, slope):
    root = _cube_root(max(t, _f(1e-6)))
    return root if t > epsilon else slope * t + _f(16.0 / 116.0)


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
        x = _response(green + red * x_red + blue * x_blue, epsilon, slope)
        y = _response(green + red * y_red + blue * y_blue, epsilon, slope)
        z = _response(green + red * z_red + blue * z_blue, epsilon, slope)
        out_l[i] = _f(116.0) * y - _f(16.0)
        out_a[i] = _f(500.0) * (x - y)
        out_b[i] = _f(200.0) * (y - z)


@njit(inline="always")
def _delta(l1, a1, b1, l2, a2, b2, bump, sine):
    """CIEDE2000 with dC*ab and dH*ab of two colours, without forming a hue angle.

    Of the two (a', b) vectors only lengths, dot and cross product are needed. dH' is
    the root of 2 (C1 C2 - dot) with the sign of the cross product; for acute pairs,
    where that cancels, it comes from the cross product itself. The mean hue is the
    direction of the bisector; for obtuse pairs that of the perpendicular to the
    difference of the unit vectors, which stays accurate up to opposite hues.
    """
    c1 = math.sqrt(a1 * a1 + b1 * b1)
    c2 = math.sqrt(a2 * a2 + b2 * b2)
    cross = a1 * b2 - a2 * b1
    dot = a1 * a2 + b1 * b2
    # At exactly opposite hues the turn is towards the larger angle, as in Sharma et al.
    tie = b1 > _f(0.0) or (b1 == _f(0.0) and a1 > _f(0.0))
    sign = _f(1.0) if cross > _f(0.0) or (cross == _f(0.0) and tie) else _f(-1.0)
    root = math.sqrt(_f(2.0) * (c1 * c2 + abs(dot)))
    dc_ab = c2 - c1
    dh_ab = _f(2.0) * cross / max(root, _TINY) if dot >= _f(0.0) else sign * root

    mean = _f(0.5) * (c1 + c2)
    power = mean * mean
    power = power * power * power * mean
    stretch = _f(1.5) - _f(0.5) * math.sqrt(power / (power + _f(_POWER_25_7)))
    a1 = a1 * stretch
    a2 = a2 * stretch
    c1 = math.sqrt(a1 * a1 + b1 * b1)
    c2 = math.sqrt(a2 * a2 + b2 * b2)
    cross = cross * stretch
    dot = a1 * a2 + b1 * b2
    obtuse = dot < _f(0.0)
    twice = _f(2.0) * (c1 * c2 + abs(dot))
    root = math.sqrt(twice)
    dh = sign * root if obtuse else _f(2.0) * cross / max(root, _TINY)
    scale = _f(1.0) / max(math.sqrt(twice * c1 * c2), _TINY)
    flip = _f(-1.0) if obtuse else _f(1.0)
    u = scale * (a1 * c2 + flip * (a2 * c1))
    v = scale * (b1 * c2 + flip * (b2 * c1))
    cos1 = -sign * v if obtuse else u
    sin1 = sign * u if obtuse else v

    cos2 = _f(2.0) * cos1 * cos1 - _f(1.0)
    sin2 = _f(2.0) * cos1 * sin1
    cos3 = cos1 * cos2 - sin1 * sin2
    sin3 = sin1 * cos2 + cos1 * sin2
    cos4 = _f(2.0) * cos2 * cos2 - _f(1.0)
    sin4 = _f(2.0) * cos2 * sin2
    t = _f(1.0) - _TC1 * cos1 - _TS1 * sin1 + _TC2 * cos2
    t = t + _TC3 * cos3 + _TS3 * sin3 - _TC4 * cos4 - _TS4 * sin4

    # sin(60 exp(-(d / 25)^2)), d the distance of the mean hue from 275: see `rotation_fit`.
    # Equation (16) does not go round the circle: from hue 0 on, 275 is far away.
    z = min(_f(1.0) - _f(2.0) * (_COS275 * cos1 + _SIN275 * sin1), _f(1.0))
    e = bump[0] + z * (bump[1] + z * (bump[2] + z * (bump[3] + z * (bump[4] + z * bump[5]))))
    e = e * e
    e = e * e
    e = e * e if sin1 < _f(0.0) else _f(0.0)
    k = e * e
    mean = _f(0.5) * (c1 + c2)
    power = mean * mean
    power = power * power * power * mean
    turn = _f(-2.0) * math.sqrt(power / (power + _f(_POWER_25_7)))
    turn = turn * e * (sine[0] + k * (sine[1] + k * (sine[2] + k * sine[3])))

    middle = _f(0.5) * (l1 + l2) - _f(50.0)
    middle = middle * middle
    lightness = (l2 - l1) / (_f(1.0) + _f(0.015) * middle / math.sqrt(_f(20.0) + middle))
    colour = (c2 - c1) / (_f(1.0) + _f(0.045) * mean)
    shade = dh / (_f(1.0) + _f(0.015) * mean * t)
    square = lightness * lightness + colour * colour + shade * shade + turn * colour * shade
    return math.sqrt(max(square, _f(0.0))), dc_ab, dh_ab


@njit(error_model="numpy")
def _delta_block(size, lab1, at, lab2, bump, sine, out):
    """Rows of `out`: CIEDE2000 (-1 where float32 cannot tell), dL*, dC*ab, dH*ab."""
    row_l, row_a, row_b = lab1[0, at : at + size], lab1[1, at : at + size], lab1[2, at : at + size]
    for i in range(size):
        l1, a1, b1 = row_l[i], row_a[i], row_b[i]
        l2, a2, b2 = lab2[0, i], lab2[1, i], lab2[2, i]
        delta, dc, dh = _delta(l1, a1, b1, l2, a2, b2, bump, sine)
        c1 = abs(a1) + abs(b1)
        c2 = abs(a2) + abs(b2)
        opposite = a1 * a2 + b1 * b2 < _f(0.0) and abs(a1 * b2 - a2 * b1) < _AB_MARGIN * (c1 + c2)
        out[0, i] = _f(-1.0) if opposite else delta
        out[1, i] = l2 - l1
        out[2, i] = dc
        out[3, i] = dh


@njit(error_model="numpy")
def _exact_lab(pixels, at, table, weights, epsilon, kappa):
    """L*, a*, b* of one pixel in float64."""
    red, green, blue = table[pixels[at, 0]], table[pixels[at, 1]], table[pixels[at, 2]]
    response = np.empty(3)
    for k in range(3):
        t = green + weights[k, 0] * (red - green) + weights[k, 2] * (blue - green)
        if t > epsilon:
            root = t ** (1.0 / 3.0)
            response[k] = root - (root - t / (root * root)) / 3.0
        else:
            response[k] = (kappa * t + 16.0) / 116.0
    x, y, z = response
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
def _exact_delta(first, second, at, exact, bump, sine, i, out):
    l1, a1, b1 = _exact_lab(first, at, *exact)
    l2, a2, b2 = _exact_lab(second, at, *exact)
    delta, dc, dh = _delta(l1, a1, b1, l2, a2, b2, bump, sine)
    out[0, i], out[1, i], out[2, i], out[3, i] = delta, l2 - l1, dc, dh


@njit(error_model="numpy")
def _mark_block(pixels, start, size, lab, at, exact, index, used):
    """Mark the quantised (a*, b*) pairs that occur."""
    a, b = lab[1, at : at + size], lab[2, at : at + size]
    for i in range(size):
        near_a, near_b = np.rint(a[i]), np.rint(b[i])
        off = max(abs(a[i] - near_a), abs(b[i] - near_b))
        # Clipping to -127..127 is left out: no sRGB colour goes beyond 108.
        number = np.int32(near_a) * np.int32(255) + np.int32(near_b) + np.int32(127 * 255 + 127)
        index[i] = np.int32(-1) if off > _f(0.5) - _AB_MARGIN else number
    for i in range(size):
        known = index[i]
        if known < 0:
            known = _exact_index(pixels, start + i, exact)
        used[known] = 1


@njit(error_model="numpy")
def _sector_block(pixels, start, size, lab, at, exact, sector):
    """Hue sector of 30 degrees, 12 for neutral."""
    row_a, row_b, row = lab[1, at : at + size], lab[2, at : at + size], sector[at : at + size]
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
        row[i] = np.uint8(_UNDECIDED) if doubt else np.uint8(number)
    for i in range(size):
        if row[i] == _UNDECIDED:
            row[i] = _exact_sector(pixels, start + i, exact)


@njit(error_model="numpy")
def _fixed(size, values, fixed):
    for k in range(4):
        for i in range(size):
            fixed[k, i] = np.int32(np.rint(values[k, i] * _f(FIXED_POINT)))


@njit(error_model="numpy")
def _tally(size, values, fixed, sector, at, totals, histogram):
    """Add to the sums by sector and to the histogram of the upper bits.

    Neighbours go to two tables in turn, or each sum would wait for the one before it.
    """
    for i in range(size):
        histogram[_f(values[0, i]).view(np.uint32) >> np.uint32(16)] += 1
    for i in range(size):
        row = totals[i & 1, sector[at + i]]
        row[0] += 1
        row[1] += fixed[0, i]
        row[2] += fixed[1, i]
        row[3] += fixed[2, i]
        row[4] += fixed[3, i]


@njit(error_model="numpy")
def _over(size, values, over):
    one, two, five = np.int32(0), np.int32(0), np.int32(0)
    for i in range(size):
        one += np.int32(values[0, i] > _f(1.0))
        two += np.int32(values[0, i] > _f(2.0))
        five += np.int32(values[0, i] > _f(5.0))
    over[0] += one
    over[1] += two
    over[2] += five


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
    rgb, lab2, values, fixed, index = work
    used, totals, over, histogram = sums
    _lab_block(second, start, size, *single, rgb, lab2, 0)
    _mark_block(second, start, size, lab2, 0, exact, index, used)
    _delta_block(size, lab, at, lab2, bump, sine, values)
    for i in range(size):
        if values[0, i] < _f(0.0):
            _exact_delta(first, second, start + i, exact, bump, sine, i, values)
    deltas[start : start + size] = values[0, :size]
    _over(size, values, over)
    _fixed(size, values, fixed)
    _tally(size, values, fixed, sector, at, totals, histogram)


@njit(error_model="numpy")
def _workspace():
    return (
        np.empty((3, BLOCK), np.float32),
        np.empty((3, BLOCK), np.float32),
        np.empty((4, BLOCK), np.float32),
        np.empty((4, BLOCK), np.int32),
        np.empty(BLOCK, np.int32),
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
    index = np.empty(BLOCK, np.int32)
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
        Added to: used (a*, b*) pairs, uint8 (255 * 255,); int64 (2, 13, 5), count and
        fixed-point sums of CIEDE2000, dL*, dC*ab, dH*ab by sector, in two parts; int64
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
