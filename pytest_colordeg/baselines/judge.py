"""One value against one stored value."""

from __future__ import annotations

from typing import NamedTuple

from pytest_colordeg.baselines.specs import Allowance, Direction
from pytest_colordeg.baselines.verdicts import Verdict
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value, is_number

__all__ = ["Judgement", "is_value", "judge"]


class Judgement(NamedTuple):
    """A verdict with the numbers and words behind it."""

    verdict: Verdict
    change: float | None = None
    allowed: float | None = None
    reason: str = ""


def is_value(value: object) -> bool:
    """Tell whether this is a finite number or a token; NaN is neither."""
    return value == LOSSLESS or isinstance(value, NotApplicable) or is_number(value)


def judge(
    now: Value, stored: Value, direction: Direction, allowance: Allowance, *, image: bool = False
) -> Judgement:
    """Compare a value with a stored one.

    Numbers compare within the tolerance. Tokens equal themselves alone;
    ``lossless`` is better than any number, unless the metric is neutral.
    NaN and infinity are incomparable on either side.
    """
    for value, where in ((now, "measured"), (stored, "in the baseline")):
        if not is_value(value):
            return Judgement(Verdict.INCOMPARABLE, reason=f"{value!r} {where} is not a number")
    if isinstance(now, (int, float)) and isinstance(stored, (int, float)):
        change = now - stored
        allowed = allowance.allowed(stored, image=image)
        if allowance.within(change, stored, image=image):
            return Judgement(Verdict.PASS, change, allowed)
        rise, fall = _SIDES[direction]
        return Judgement(rise if change > 0 else fall, change, allowed)
    if now == stored:
        return Judgement(Verdict.PASS)
    reason = f"{_name(stored)} became {_name(now)}"
    if direction != "neutral" and not isinstance(stored, NotApplicable):
        if now == LOSSLESS:
            return Judgement(Verdict.BETTER, reason=reason)
        if stored == LOSSLESS and is_number(now):
            return Judgement(Verdict.WORSE, reason=reason)
    return Judgement(Verdict.CHANGED, reason=reason)


_SIDES: dict[Direction, tuple[Verdict, Verdict]] = {
    "lower": (Verdict.WORSE, Verdict.BETTER),
    "higher": (Verdict.BETTER, Verdict.WORSE),
    "neutral": (Verdict.CHANGED, Verdict.CHANGED),
}


def _name(value: Value) -> str:
    return "a number" if isinstance(value, (int, float)) else f"'{value}'"
