"""A baseline being changed, with a note of every change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pytest_colordeg.baselines.model import Baseline, Section, StoredMetric, StoredPoint
from pytest_colordeg.baselines.specs import MetricSpec
from pytest_colordeg.baselines.text import number, rounded
from pytest_colordeg.records import Degradation
from pytest_colordeg.values import Value

__all__ = ["Draft", "Edit", "Mode"]


class Mode(StrEnum):
    """What an update may do.

    *create* adds what is absent, *fix* replaces what fails, *tighten* replaces
    what is better, *prune* removes what is no longer listed.
    """

    CREATE = "create"
    FIX = "fix"
    TIGHTEN = "tighten"
    PRUNE = "prune"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a baseline.

    Attributes
    ----------
    place
        ``corpus/device rung N``, or less of it.
    what
        The metric or thing that changes.
    before, after
        Its values as text; empty where there is none.
    """

    mode: Mode
    place: str
    what: str
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """What changes, and how, in words."""
        return " ".join(
            filter(None, (self.what, " → ".join(filter(None, (self.before, self.after)))))
        )

    def __str__(self) -> str:
        return f"{self.mode} {self.place}".rstrip() + f": {self.text}"


class Draft:
    """A mutable copy of a baseline; points and sections in it stay immutable."""

    def __init__(self, baseline: Baseline, specs: Mapping[str, MetricSpec]) -> None:
        self.codec = baseline.codec
        self.history = baseline.history
        self.metrics = dict(baseline.metrics)
        self.sections = dict(baseline.sections)
        self.specs = specs
        self.edits: list[Edit] = []
        self.skipped: list[str] = []
        self.refilled: set[str] = set()
        self.removed = False

    @staticmethod
    def place(now: Degradation) -> str:
        """Name a point."""
        return f"{now.corpus}/{now.device} rung {now.rung}"

    def edit(self, mode: Mode, place: str, what: str, before: str = "", after: str = "") -> None:
        """Note a change."""
        self.edits.append(Edit(mode, place, what, before, after))

    def skip(self, line: str) -> None:
        """Note what could not be done, and why."""
        self.skipped.append(line)

    def gated(self, name: str) -> bool:
        """Tell whether a metric is gated by default; such are told first."""
        return name in self.specs and self.specs[name].gated

    def accepts(self, name: str) -> bool:
        """Tell whether new values of a metric may stand beside the stored ones."""
        stored = self.metrics.get(name)
        return stored is None or stored.definition == self.specs[name].definition

    def stored(self, now: Degradation, names: Collection[str] | None = None) -> StoredPoint:
        """Make the stored form of a point, rounded, of the metrics that may be stored."""
        chosen = [
            name
            for name in now.aggregates
            if (names is None or name in names) and self.accepts(name)
        ]
        for name in chosen:
            spec = self.specs[name]
            self.metrics.setdefault(name, StoredMetric(spec.definition, spec.digits))
        return StoredPoint(
            dict(now.parameters),
            dict(now.facts),
            dict(now.provenance),
            {name: self.round(name, now.aggregates[name]) for name in chosen},
            {name: now.covered[name] for name in chosen},
            {
                image: {name: self.round(name, row[name]) for name in chosen if name in row}
                for image, row in now.rows.items()
            },
        )

    def round(self, name: str, value: Value) -> Value:
        """Round a value to its metric's decimals."""
        return rounded(value, self.metrics[name].digits)

    def show(self, name: str, value: Value | None) -> str:
        """Write a value as it stands in the file."""
        if isinstance(value, (int, float)):
            return number(value, self.metrics[name].digits)
        return "" if value is None else str(value)

    def put(self, now: Degradation, point: StoredPoint) -> None:
        """Set a point in its section, which is made when absent."""
        key = (now.corpus, now.device)
        empty = Section(*key, now.corpus_digest, dict(now.image_digests), {})
        section = self.sections.get(key, empty)
        self.sections[key] = replace(section, points={**section.points, now.rung: point})

    def baseline(self) -> Baseline:
        """Give the result; definitions that no point uses any more are left out."""
        used = {
            name
            for section in self.sections.values()
            for point in section.points.values()
            for name in (*point.aggregates, *next(iter(point.rows.values()), ()))
        }
        metrics = {name: metric for name, metric in self.metrics.items() if name in used}
        return Baseline(self.codec, metrics, dict(self.sections), self.history)


def without(point: StoredPoint, names: Collection[str]) -> StoredPoint:
    """Drop metrics from a point, aggregates and rows alike."""

    def keep(values: Mapping[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in values.items() if name not in names}

    return replace(
        point,
        aggregates=keep(point.aggregates),
        covered={name: n for name, n in point.covered.items() if name not in names},
        rows={image: keep(row) for image, row in point.rows.items()},
    )


def merged(point: StoredPoint, columns: StoredPoint) -> StoredPoint:
    """Lay whole metrics of `columns`, aggregates and rows alike, over a point."""
    return replace(
        point,
        aggregates={**point.aggregates, **columns.aggregates},
        covered={**point.covered, **columns.covered},
        rows={image: {**row, **columns.rows[image]} for image, row in point.rows.items()},
    )
