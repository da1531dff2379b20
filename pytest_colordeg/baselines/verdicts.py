"""What a comparison says: a verdict a metric, differences of the point, one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from pytest_colordeg.baselines.paired import Paired
from pytest_colordeg.records import Scalar
from pytest_colordeg.values import Value

__all__ = ["Comparison", "Difference", "Kind", "MetricVerdict", "Verdict"]

Kind: TypeAlias = Literal["fact", "parameter", "provenance"]


class Verdict(StrEnum):
    """How a value stands against its baseline, mildest first."""

    PASS = "pass"
    BETTER = "better"
    CHANGED = "changed"
    WORSE = "worse"
    MISSING = "missing"
    INCOMPARABLE = "incomparable"

    @property
    def severity(self) -> int:
        """Rank from 0 (pass) to 5 (incomparable)."""
        return list(Verdict).index(self)

    @property
    def failing(self) -> bool:
        """True but for pass and better."""
        return self not in (Verdict.PASS, Verdict.BETTER)


@dataclass(frozen=True, slots=True)
class MetricVerdict:
    """One metric against its baseline.

    Attributes
    ----------
    image
        ``None`` for the aggregate over the corpus.
    baseline, now
        The two values, ``None`` where there is none. `now` may be NaN: then it fails.
    change
        ``now - baseline`` in the metric's unit, when both are numbers.
    allowed
        Largest change that passes, when `baseline` is a number.
    gated
        False when the metric is only recorded: its verdict then fails nothing.
    reason
        Why, where the numbers do not say it themselves.
    paired
        The mean change of the images with its interval, for an aggregate that is gated
        and moved, or has a tolerance of that kind.
    """

    metric: str
    verdict: Verdict
    baseline: Value | None
    now: Value | None
    change: float | None = None
    allowed: float | None = None
    gated: bool = True
    image: str | None = None
    reason: str = ""
    paired: Paired | None = None

    @property
    def fails(self) -> bool:
        """True when this verdict alone fails the point."""
        return self.gated and self.verdict.failing


@dataclass(frozen=True, slots=True)
class Difference:
    """Something about the point, other than a metric, that is not as it was.

    A fact that was lost or changed fails the point, unless facts are not
    `gated`. Parameters and provenance only explain. ``None`` stands for absent.
    """

    kind: Kind
    name: str
    baseline: Scalar | None
    now: Scalar | None
    gated: bool = True

    @property
    def fails(self) -> bool:
        """True for a fact that the baseline holds and the files no longer do."""
        return self.gated and self.kind == "fact" and self.baseline is not None

    def __str__(self) -> str:
        before, after = ("none" if side is None else side for side in (self.baseline, self.now))
        return f"{self.name} {before} → {after}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operating point against its baseline.

    Attributes
    ----------
    outcome, reason
        Set when the point as a whole could not be compared (missing,
        incomparable), with why and what to do; else ``None`` and ``""``.
    against
        The device whose section served, when it is not the point's own.
    partial
        True when only image rows were compared.
    metrics
        Aggregates, in the order of the registry.
    images
        Gated metrics of single images whose verdict is not a pass.
    compared_images
        How many images were compared.
    differences
        What may explain a failure: facts first, then parameters, then provenance.
    """

    codec: str
    rung: int
    corpus: str
    device: str
    outcome: Verdict | None = None
    reason: str = ""
    against: str | None = None
    partial: bool = False
    metrics: tuple[MetricVerdict, ...] = ()
    images: tuple[MetricVerdict, ...] = ()
    compared_images: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The most severe verdict of all that is gated."""
        verdicts = [item.verdict for item in (*self.metrics, *self.images) if item.gated]
        if self.outcome:
            verdicts.append(self.outcome)
        if any(difference.fails for difference in self.differences):
            verdicts.append(Verdict.CHANGED)
        nothing = Verdict.PASS if self.compared_images else Verdict.MISSING
        return max(verdicts, key=lambda verdict: verdict.severity, default=nothing)

    def fails(self, *, strict: bool = False) -> bool:
        """Tell whether the point fails; `strict` fails improvements too."""
        verdict = self.verdict
        return verdict.failing or (strict and verdict is Verdict.BETTER)

    @property
    def failures(self) -> tuple[MetricVerdict, ...]:
        """The verdicts that fail: aggregates, then images."""
        return tuple(item for item in (*self.metrics, *self.images) if item.fails)

    @property
    def improvements(self) -> tuple[MetricVerdict, ...]:
        """The gated verdicts that are better."""
        return tuple(
            item
            for item in (*self.metrics, *self.images)
            if item.gated and item.verdict is Verdict.BETTER
        )
