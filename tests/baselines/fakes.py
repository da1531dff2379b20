"""Small metrics, degradations and baselines, so that tests say only what matters to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from pytest_colordeg.baselines import (
    Baseline,
    Change,
    Comparison,
    Section,
    StoredMetric,
    StoredPoint,
    UpdatePlan,
    compare,
    parse_modes,
    plan,
)
from pytest_colordeg.baselines.text import rounded
from pytest_colordeg.records import Degradation
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value


@dataclass(frozen=True)
class FakeTolerance:
    abs: float = 0.1
    rel: float = 0.0
    image_factor: float = 2.0


@dataclass(frozen=True)
class FakeMetric:
    name: str
    definition: str = "one"
    unit: str = ""
    direction: Any = "lower"
    aggregate: str = "mean"
    gated: bool = True
    tolerance: FakeTolerance = field(default_factory=FakeTolerance)
    digits: int = 4


METRICS: dict[str, FakeMetric] = {
    metric.name: metric
    for metric in (
        FakeMetric("error"),
        FakeMetric("psnr", direction="higher", digits=3),
        FakeMetric("shift", direction="neutral"),
        FakeMetric("extra", gated=False),
    )
}
VALUES: dict[str, Value] = {"error": 2.0, "psnr": 30.0, "shift": -0.5, "extra": 1.0}


def degradation(
    values: Mapping[str, Value] | None = None,
    *,
    images: Iterable[str] = ("a.png", "b.png"),
    rows: Mapping[str, Mapping[str, Value]] | None = None,
    **fields: Any,
) -> Degradation:
    """Make a degradation whose rows equal its aggregates, unless `rows` says otherwise."""
    values = dict(VALUES if values is None else values)
    names = list(images)
    made: dict[str, Any] = {
        "codec": "jpeg",
        "rung": 1,
        "corpus": "photos",
        "device": "cpu",
        "corpus_digest": "digest",
        "parameters": {"level": 50},
        "facts": {"subsampling": "4:2:0"},
        "provenance": {"imagecodecs": "2026.1.14"},
        "aggregates": values,
        "covered": {name: len(names) for name in values},
        "rows": {image: {**values, **(rows or {}).get(image, {})} for image in names},
        "image_digests": {image: f"sha of {image}" for image in names},
    }
    return Degradation(**{**made, **fields})


def judged(
    degradations: Iterable[Degradation], baseline: Baseline | None, metrics: Any = METRICS
) -> list[Comparison]:
    return [compare(now, baseline, metrics) for now in degradations]


def updated(
    baseline: Baseline | None,
    degradations: Iterable[Degradation],
    modes: str,
    metrics: Any = METRICS,
    **options: Any,
) -> UpdatePlan:
    """Plan an update as the gate does."""
    degradations = list(degradations)
    options = {"codec": "jpeg", "reason": "why", "date": "2026-01-31", **options}
    comparisons = judged(degradations, baseline, metrics)
    return plan(baseline, degradations, comparisons, parse_modes(modes), metrics=metrics, **options)


def stored(*degradations: Degradation, metrics: Any = METRICS) -> Baseline:
    """Make the baseline that holds these points."""
    new = updated(None, degradations, "create", metrics).new
    assert new is not None
    return new


# -- Hypothesis ------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = texts.filter(lambda text: bool(text))
filled = texts.filter(lambda text: bool(text.strip()))
scalars = st.one_of(
    texts,
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
)
tokens = st.one_of(st.just(LOSSLESS), filled.map(NotApplicable))
numbers = st.floats(-1e6, 1e6)
values = st.one_of(numbers, tokens)


@st.composite
def baselines(draw: st.DrawFn, codec: str = "jpeg") -> Baseline:
    """Any baseline as the tool itself could hold it: numbers rounded, rows complete."""
    metrics = {
        name: StoredMetric(draw(filled), draw(st.integers(0, 9)))
        for name in draw(st.lists(names, min_size=1, max_size=4, unique=True))
    }

    def row() -> dict[str, Value]:
        return {name: rounded(draw(values), metric.digits) for name, metric in metrics.items()}

    sections = {}
    for key in draw(st.lists(st.tuples(names, names), max_size=2, unique=True)):
        images = draw(st.dictionaries(names, filled, max_size=3))
        points = {}
        for rung in draw(st.lists(st.integers(1, 99), max_size=2, unique=True)):
            covered = {name: draw(st.integers(0, len(images))) for name in metrics}
            rows = {image: row() for image in images}
            pairs = [draw(st.dictionaries(texts, scalars, max_size=2)) for _ in range(3)]
            points[rung] = StoredPoint(*pairs, row(), covered, rows)
        sections[key] = Section(*key, draw(filled), images, points)
    history = draw(
        st.lists(
            st.builds(Change, filled, filled, st.lists(filled, max_size=2).map(tuple)), max_size=2
        )
    )
    return Baseline(codec, metrics, sections, tuple(history))
