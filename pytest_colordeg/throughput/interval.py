"""Medians with an interval, and whether two of them can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

__all__ = ["Interval", "Judged", "compare", "interval"]

_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A median of seconds, and the range in which the true one lies with 95 %."""

    low: float
    median: float
    high: float

    def apart(self, other: Interval) -> bool:
        """Whether the two ranges have nothing in common."""
        return self.high < other.low or other.high < self.low


def interval(seconds: Sequence[float]) -> Interval:
    """The median and its interval from order statistics, whatever the distribution.

    The k-th least and the k-th greatest of n values enclose the median with the
    probability ``1 - 2 * sum(comb(n, i) for i < k) / 2**n``; k is the largest for which
    that is 95 % or more. Below six values it is the whole range.

    Raises
    ------
    ValueError
        Without a value.
    """
    if not seconds:
        raise ValueError("no time was taken")
    ordered, n = sorted(seconds), len(seconds)
    k, outside = 0, 0
    while k < n // 2 and 1 - 2 * (outside + comb(n, k)) / 2**n >= _LEVEL:
        outside += comb(n, k)
        k += 1
    first = max(k - 1, 0)
    return Interval(ordered[first], median(ordered), ordered[n - 1 - first])


@dataclass(frozen=True, slots=True)
class Judged:
    """One codec's times against another's, taken in turns.

    Attributes
    ----------
    ratio
        The other's median over the own: above 1 is faster.
    verdict
        ``faster``, ``slower``, or ``same`` when the intervals overlap.
    """

    own: Interval
    other: Interval
    ratio: float
    verdict: str


def compare(own: Sequence[float], other: Sequence[float]) -> Judged:
    """Judge by overlap of intervals."""
    a, b = interval(own), interval(other)
    word = "same" if not a.apart(b) else "faster" if a.median < b.median else "slower"
    return Judged(a, b, b.median / a.median, word)
