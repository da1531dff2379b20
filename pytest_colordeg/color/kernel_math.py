"""The formulas of the fused kernel in float32, one pixel at a time, for loops to inline.

No branch, no call, no trigonometry, no power: what remains is what a compiler turns
into vector code. The same functions serve in float64 where a pixel is decided again.

numba's cache of the compiled kernel looks at `kernel.py` alone: after a change here
put the new digest there (a test tells it).
"""

# numba's types are not Python's.
# mypy: ignore-errors
from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["hue", "plane", "response", "weighted"]

_f = np.float32
_TINY = _f(1e-10)
_TWICE_COS275 = _f(2.0 * math.cos(math.radians(275.0)))
_TWICE_SIN275 = _f(2.0 * math.sin(math.radians(275.0)))
_POWER_25_7 = 25.0**7
# The terms of T, weight * cos(n h - shift), as multiples of cos(n h) and sin(n h).
(_TC1, _TS1), (_TC2, _), (_TC3, _TS3), (_TC4, _TS4) = (
    (_f(weight * math.cos(math.radians(shift))), _f(weight * math.sin(math.radians(shift))))
    for weight, shift in ((-0.17, 30.0), (0.24, 0.0), (0.32, -6.0), (-0.20, 63.0))
)


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
def response(t, epsilon, slope):
    """f(t) of CIELAB: the cube root above `epsilon`, a line below."""
    root = _cube_root(max(t, _f(1e-6)))
    return root if t > epsilon else slope * t + _f(16.0 / 116.0)


# CIEDE2000 in three parts, each short enough that the processor has several pixels under way
# while it waits for roots and divisions. No hue angle is formed.


@njit(inline="always")
def plane(a1, b1, a2, b2):
    """Signed dC*ab and dH*ab, and 1 + G.

    With the lengths, dot and cross product of the two (a, b) vectors, dH is the root of
    2 (C1 C2 - dot) with the sign of the cross product; for acute pairs, where that
    cancels, it comes from the cross product itself.
    """
    c1 = math.sqrt(a1 * a1 + b1 * b1)
    c2 = math.sqrt(a2 * a2 + b2 * b2)
    cross = a1 * b2 - a2 * b1
    dot = a1 * a2 + b1 * b2
    root = max(math.sqrt(_f(2.0) * (c1 * c2 + abs(dot))), _TINY)
    dh = _f(2.0) * cross / root if dot >= _f(0.0) else _turn(a1, b1, cross) * root
    return c2 - c1, dh, _f(1.5) - _f(0.5) * _chroma_ratio(_f(0.5) * (c1 + c2))


@njit(inline="always")
def _turn(a1, b1, cross):
    """Direction of the turn; for opposite hues to the larger angle, as in Sharma et al."""
    tie = b1 > _f(0.0) or (b1 == _f(0.0) and a1 > _f(0.0))
    return _f(1.0) if cross > _f(0.0) or (cross == _f(0.0) and tie) else _f(-1.0)


@njit(inline="always")
def _chroma_ratio(mean):
    """sqrt(C^7 / (C^7 + 25^7))."""
    square = mean * mean
    power = square * square * (square * mean)
    return math.sqrt(power / (power + _f(_POWER_25_7)))


@njit(inline="always")
def hue(a1, b1, a2, b2):
    """dC', mean C', dH', and cosine and sine of the mean hue, from the stretched a'.

    The mean hue is the direction of the bisector; for obtuse pairs that of the
    perpendicular to the difference of the unit vectors, which stays accurate up to
    opposite hues.
    """
    c1 = math.sqrt(a1 * a1 + b1 * b1)
    c2 = math.sqrt(a2 * a2 + b2 * b2)
    cross = a1 * b2 - a2 * b1
    dot = a1 * a2 + b1 * b2
    sign = _turn(a1, b1, cross)
    obtuse = dot < _f(0.0)
    twice = _f(2.0) * (c1 * c2 + abs(dot))
    root = max(math.sqrt(twice), _TINY)
    scale = _f(1.0) / max(math.sqrt(twice * c1 * c2), _TINY)
    dh = sign * root if obtuse else _f(2.0) * cross / root
    flip = _f(-1.0) if obtuse else _f(1.0)
    u = scale * (a1 * c2 + flip * (a2 * c1))
    v = scale * (b1 * c2 + flip * (b2 * c1))
    cos1 = -sign * v if obtuse else u
    sin1 = sign * u if obtuse else v
    return c2 - c1, _f(0.5) * (c1 + c2), dh, cos1, sin1


@njit(inline="always")
def weighted(l1, l2, dc, mean, dh, cos1, sin1, bump, sine):
    """CIEDE2000 from the differences: the weights, the rotation, the root of the sum."""
    # T of equation (15), its sum of cosines of multiple angles by Clenshaw's recurrence.
    twice = cos1 + cos1
    c3 = twice * _TC4 + _TC3
    c2 = twice * c3 + (_TC2 - _TC4)
    s3 = twice * _TS4 + _TS3
    s2 = twice * s3 - _TS4
    t = _f(1.0) + cos1 * (twice * c2 - c3 + _TC1) - c2 + sin1 * (twice * s2 - s3 + _TS1)

    # sin(60 exp(-(d / 25)^2)), d the distance of the mean hue from 275: see `rotation_fit`.
    # Equation (16) does not go round the circle: from hue 0 on, 275 is far away.
    z = min(_f(1.0) - (_TWICE_COS275 * cos1 + _TWICE_SIN275 * sin1), _f(1.0))
    e = bump[0] + z * (bump[1] + z * (bump[2] + z * (bump[3] + z * (bump[4] + z * bump[5]))))
    e = e * e
    e = e * e
    e = e * e if sin1 < _f(0.0) else _f(0.0)
    k = e * e
    turn = e * (sine[0] + k * (sine[1] + k * (sine[2] + k * sine[3])))

    middle = _f(0.5) * (l1 + l2) - _f(50.0)
    middle = middle * middle
    root = math.sqrt(_f(20.0) + middle)
    lightness = (l2 - l1) * root / (root + _f(0.015) * middle)
    colour = dc / (_f(1.0) + _f(0.045) * mean)
    shade = dh / (_f(1.0) + _f(0.015) * mean * t)
    square = lightness * lightness + colour * colour + shade * shade
    square = square - _f(2.0) * _chroma_ratio(mean) * turn * (colour * shade)
    return math.sqrt(max(square, _f(0.0)))
