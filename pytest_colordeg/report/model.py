"""What a report is made of: plain frozen records, complete enough to draw every page from."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pytest_colordeg.findings import Findings
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.points import FAILING
from pytest_colordeg.records import Degradation, Measurement
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.sweep.spool import failures
from pytest_colordeg.values import Value

__all__ = ["Figure", "Point", "ReportData"]


@dataclass(frozen=True)
class Point:
    """One operating point on one corpus and device.

    Attributes
    ----------
    verdict
        A `Verdict`'s word, ``limit``, ``error``, ``failed``, ``unchecked``, ...
    failure
        The text the tests failed with; empty when none did.
    tests
        Node ids of the tests that read the point.
    cells
        One an image; a failed one has an error and no metrics.
    """

    codec: str
    rung: int
    corpus: str
    device: str
    digest: str
    partial: bool
    verdict: str
    cells: Sequence[Measurement]
    failure: str = ""
    tests: tuple[str, ...] = ()
    findings: Findings = field(default_factory=Findings)

    @property
    def label(self) -> str:
        """Codec and rung: ``jpeg-r4``."""
        return f"{self.codec}-r{self.rung}"

    @property
    def group(self) -> str:
        """What the point shares axes with: the corpus, and the device unless it is the CPU."""
        return self.corpus if self.device == "cpu" else f"{self.corpus} ({self.device})"

    @property
    def failing(self) -> bool:
        """Whether the verdict is one that fails."""
        return self.verdict in FAILING

    @property
    def broken(self) -> bool:
        """Whether some cell could not be measured; there are no aggregates then."""
        return not self.cells or failures(self.cells) > 0

    @cached_property
    def degradation(self) -> Degradation | None:
        """The aggregates and their facts, without rows; ``None`` when `broken`."""
        if self.broken:
            return None
        whole = degrade(self.cells, self.digest, self.partial)
        return replace(whole, rows={}, image_digests={})

    @property
    def values(self) -> Mapping[str, Value]:
        """Metric name to aggregate; empty when `broken`."""
        return self.degradation.aggregates if self.degradation else {}

    def number(self, metric: str) -> float | None:
        """An aggregate when it is a number."""
        value = self.values.get(metric)
        return value if isinstance(value, float) else None

    def spread(self, metric: str) -> float | None:
        """Standard deviation over images (ddof 0) of a metric; ``None`` without two numbers."""
        return self._spreads.get(metric)

    @cached_property
    def _spreads(self) -> Mapping[str, float]:
        columns: dict[str, array[float]] = {}
        for cell in self.cells:
            for name, value in cell.metrics.items():
                if isinstance(value, float):
                    columns.setdefault(name, array("d")).append(value)
        return {name: _spread(column) for name, column in columns.items() if len(column) > 1}


def _spread(numbers: Sequence[float]) -> float:
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure for the page: a PNG and what it shows."""

    title: str
    caption: str
    png: bytes


@dataclass(frozen=True)
class ReportData:
    """One run.

    Attributes
    ----------
    points
        In any order; pages sort them.
    header
        Time, place and versions, as in the ``.run.json`` file; may be empty.
    settings
        Option name to its value in words, those worth showing.
    problems, notes
        What fails the run besides points, and what is worth a line.
    figures
        Figures drawn beforehand.
    """

    points: Sequence[Point]
    header: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    figures: Sequence[Figure] = ()

    @cached_property
    def ordered(self) -> list[Point]:
        """By corpus, device, codec and rung."""
        return sorted(self.points, key=lambda p: (p.corpus, p.device, p.codec, p.rung))

    @cached_property
    def failing(self) -> list[Point]:
        """The failing points in order."""
        return [point for point in self.ordered if point.failing]

    @property
    def passed(self) -> bool:
        """Whether nothing failed and something was measured."""
        return not self.failing and not self.problems and self.measured > 0

    @property
    def measured(self) -> int:
        """Number of measured cells."""
        return sum(len(point.cells) - failures(point.cells) for point in self.points)

    @cached_property
    def codecs(self) -> list[str]:
        """Every codec id, sorted; a codec's place sets its colour and marker everywhere."""
        return sorted({point.codec for point in self.points})

    @cached_property
    def groups(self) -> Mapping[str, list[Point]]:
        """Corpus (and device) to its points in order."""
        found: dict[str, list[Point]] = {}
        for point in self.ordered:
            found.setdefault(point.group, []).append(point)
        return found

    @cached_property
    def metrics(self) -> list[str]:
        """Names of all metrics that were measured, in the order of the registry."""
        seen = {name for point in self.points for name in point.values}
        return [name for name in METRICS if name in seen]
