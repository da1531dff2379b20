"""From what the judge holds to the plain findings that travel, are stored and are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_colordeg.baselines.paired import LEVEL
from pytest_colordeg.baselines.verdicts import Comparison, MetricVerdict, Verdict
from pytest_colordeg.findings import Change, Findings, Picture
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.values import NotApplicable, Value, is_number

if TYPE_CHECKING:
    from pytest_colordeg.gate.artifacts import Exhibit

__all__ = ["make_findings"]


def make_findings(
    comparison: Comparison | None,
    *,
    stored: Mapping[str, Value] | None = None,
    against: str = "baseline",
    headline: str = "",
    causes: Sequence[str] = (),
    limits: Sequence[str] = (),
    worst: Sequence[tuple[str, str]] = (),
    exhibits: Sequence[Exhibit] = (),
    command: str | None = None,
) -> Findings:
    """Put together what is known of one judged point; a passing one gives only the first two.

    Parameters
    ----------
    comparison
        Against the baseline; ``None`` where there is none to speak of.
    stored
        The baseline's aggregates.
    headline, causes, limits, command
        As the failure text words them.
    worst
        Image name and what to say of it.
    exhibits
        Their pictures; an image without one stands without pictures.
    """
    verdicts = (*comparison.metrics, *comparison.images) if comparison else ()
    shown = {exhibit.image: exhibit for exhibit in exhibits}
    return Findings(
        headline=headline,
        reason=comparison.reason if comparison else "",
        causes=tuple(causes),
        # What is only recorded and did not move has nothing to tell.
        changes=tuple(_change(v) for v in verdicts if v.gated or v.verdict is not Verdict.PASS),
        limits=tuple(limits),
        pictures=tuple(_picture(name, text, shown.get(name)) for name, text in worst),
        command=command or "",
        against=against,
        stored=dict(stored or {}),
    )


def _change(verdict: MetricVerdict) -> Change:
    return Change(
        metric=verdict.metric,
        verdict=str(verdict.verdict),
        baseline=_value(verdict.baseline),
        now=_value(verdict.now),
        change=_finite(verdict.change),
        allowed=_finite(verdict.allowed),
        gated=verdict.gated,
        fails=verdict.fails,
        image=verdict.image,
        reason=_reason(verdict),
    )


def _reason(verdict: MetricVerdict) -> str:
    """Why, and for a failing aggregate how far its mean is known from these images."""
    if verdict.paired is None or not verdict.fails:
        return verdict.reason
    digits = METRICS[verdict.metric].digits if verdict.metric in METRICS else 4
    interval = f"{verdict.paired.text(min(digits, 4) - 1)}, {LEVEL} % interval"
    return f"{verdict.reason}; {interval}" if verdict.reason else interval


def _value(value: Value | None) -> Value | None:
    """NaN and infinity, which a failing comparison may hold, become words."""
    if isinstance(value, int | float) and not is_number(value):
        return NotApplicable(f"not a number ({value!r})")
    return value


def _finite(number: float | None) -> float | None:
    return number if is_number(number) else None


def _picture(image: str, text: str, exhibit: Exhibit | None) -> Picture:
    if exhibit is None:
        return Picture(image, text, problem="it could not be coded again")
    files = {kind: str(path) for kind, path in exhibit.paths.items()}
    return Picture(image, text, exhibit.hue or "", files, exhibit.problem or "")
