"""A degradation against absolute limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_colordeg.baselines.limits import Bound, Limit, Limits
from pytest_colordeg.records import Degradation
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value, is_number

__all__ = ["LimitResult", "evaluate", "unreached", "why_broken"]


@dataclass(frozen=True, slots=True)
class LimitResult:
    """A metric against one limit.

    Attributes
    ----------
    image
        ``None`` for the aggregate.
    value
        What was measured, ``None`` when it was not.
    passed
        False too when `value` is no number and the limit does not accept it.
    where
        ``file:line`` of the limit.
    reason
        Why it fails, in words; empty when it passes.
    """

    codec: str
    rung: int
    corpus: str
    device: str
    metric: str
    image: str | None
    value: Value | None
    minimum: float | None
    maximum: float | None
    passed: bool
    where: str
    reason: str = ""

    @property
    def fails(self) -> bool:
        """The opposite of `passed`, as other verdicts spell it."""
        return not self.passed


def evaluate(limits: Limits, now: Degradation) -> list[LimitResult]:
    """Judge a point by every limit that it falls under; not by those at a target.

    Limits on aggregates are left out when only a part of the corpus was
    measured; limits on images hold always. A limit with a bpp range fails when
    the point's bpp is not known.
    """
    results: list[LimitResult] = []
    for limit in limits.limits:
        if limit.at is None and limit.scope.covers(now.codec, now.corpus):
            results += _results(limit, now)
    return results


def unreached(limits: Limits, points: Sequence[Degradation]) -> tuple[str, ...]:
    """Name the limits with a bpp range in which no point lies, though codec and corpus fit.

    Only a run of whole ladders can tell.
    """
    lines = []
    for limit in limits.limits:
        meant = [now for now in points if limit.scope.covers(now.codec, now.corpus)]
        if limit.bpp and meant and not any(_in_range(limit, now) for now in meant):
            lines.append(
                f"{limit.where}: no rung has a bpp from {limit.bpp[0]:g} to {limit.bpp[1]:g}"
            )
    return tuple(lines)


def _in_range(limit: Limit, now: Degradation) -> bool:
    bpp = now.aggregates.get("bpp")
    if limit.bpp is None or not isinstance(bpp, (int, float)) or not is_number(bpp):
        return True
    return limit.bpp[0] <= bpp <= limit.bpp[1]


def _results(limit: Limit, now: Degradation) -> Iterator[LimitResult]:
    if not _in_range(limit, now):
        return
    unknown = limit.bpp is not None and not is_number(now.aggregates.get("bpp"))
    why = "its bpp is not known, so neither is whether the limit is meant" if unknown else ""
    if not now.partial:
        for name, bound in limit.metrics.items():
            yield _result(limit, now, name, bound, now.aggregates.get(name), None, why)
    for name, bound in limit.images.items():
        for image in now.image_digests:
            value = now.rows.get(image, {}).get(name)
            yield _result(limit, now, name, bound, value, image, why)


def _result(
    limit: Limit,
    now: Degradation,
    metric: str,
    bound: Bound,
    value: Value | None,
    image: str | None,
    why: str,
) -> LimitResult:
    reason = why or why_broken(bound, value)
    return LimitResult(
        now.codec,
        now.rung,
        now.corpus,
        now.device,
        metric,
        image,
        value,
        bound.minimum,
        bound.maximum,
        not reason,
        limit.where,
        reason,
    )


def why_broken(bound: Bound, value: Value | None) -> str:
    """Say why a value breaks a bound, or nothing when it keeps it."""
    if value is None:
        return "not measured"
    if value == LOSSLESS:
        return "" if "lossless" in bound.accepts else "'lossless' is not a number"
    if isinstance(value, NotApplicable):
        return "" if "n/a" in bound.accepts else f"'{value}' is not a number"
    if not is_number(value):
        return f"{value!r} is not a number"
    if bound.minimum is not None and value < bound.minimum:  # type: ignore[operator]
        return f"below {bound.minimum:g}"
    if bound.maximum is not None and value > bound.maximum:  # type: ignore[operator]
        return f"above {bound.maximum:g}"
    return ""
