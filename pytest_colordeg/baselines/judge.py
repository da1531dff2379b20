"""One value against one stored value."""

from __future__ import annotations

from typing import NamedTuple

from pytest_colordeg.baselines.paired import Paired
from pytest_colordeg.baselines.specs import Allowance, Direction
from pytest_colordeg.baselines.verdicts import Verdict
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value, is_number

__all__ = ["Judgement", "is_value", "judge", "judge_paired"]


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


def judge_paired(found: Paired | None, direction: Direction, allowance: Allowance) -> Judgement:
    """Compare the interval of a mean change with a tolerance stated for it.

    It passes when no end of the interval is further from zero than allowed on a
    side that is not better. Wholly beyond on the better side it is better.
    """
    assert allowance.paired is not None
    if found is None:
        return Judgement(
            Verdict.INCOMPARABLE,
            reason="a paired tolerance needs two images or more with a number on both sides",
        )
    allowed = max(allowance.paired * allowance.factor, 0.5 * 10.0**-allowance.digits)
    rise, fall = _SIDES[direction]
    for verdict, reach in ((rise, found.high), (fall, -found.low)):
        if verdict is not Verdict.BETTER and reach > allowed:
            return Judgement(verdict, found.mean, allowed)
    for verdict, least in ((rise, found.low), (fall, -found.high)):
        if verdict is Verdict.BETTER and least > allowed:
            return Judgement(verdict, found.mean, allowed)
    return Judgement(Verdict.PASS, found.mean, allowed)


_SIDES: dict[Direction, tuple[Verdict, Verdict]] = {
    "lower": (Verdict.WORSE, Verdict.BETTER),
    "higher": (Verdict.BETTER, Verdict.WORSE),
    "neutral": (Verdict.CHANGED, Verdict.CHANGED),
}


def _name(value: Value) -> str:
    return "a number" if isinstance(value, (int, float)) else f"'{value}'"
