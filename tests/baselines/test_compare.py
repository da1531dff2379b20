"""Verdicts: nothing passes that did not measure the same thing within tolerance."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines import (
    Baseline,
    Comparison,
    Override,
    Verdict,
    compare,
    incomparable,
)
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Degradation
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value

from .fakes import METRICS, VALUES, FakeMetric, FakeTolerance, degradation, numbers, stored, tokens

BASELINE = stored(degradation())
NAN = float("nan")
NINE = [f"{i}.png" for i in range(9)]


def against(now: Degradation, baseline: Baseline | None = BASELINE, **options: Any) -> Comparison:
    return compare(now, baseline, METRICS, **options)


def changed(name: str, value: Value, **fields: Any) -> Degradation:
    """Change one metric of the aggregate and of every row."""
    return degradation({**VALUES, name: value}, **fields)


def aggregate(comparison: Comparison, name: str) -> Any:
    (verdict,) = (item for item in comparison.metrics if item.metric == name)
    return verdict


# -- numbers -----------------------------------------------------------------------


def test_the_same_again_passes() -> None:
    comparison = against(degradation())
    assert comparison.verdict is Verdict.PASS
    assert not comparison.fails(strict=True)
    assert comparison.compared_images == 2
    assert [item.verdict for item in comparison.metrics] == [Verdict.PASS] * 4
    assert comparison.images == comparison.differences == comparison.failures == ()


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("error", 2.09, Verdict.PASS),
        ("error", 1.91, Verdict.PASS),
        ("error", 2.11, Verdict.WORSE),
        ("error", 1.89, Verdict.BETTER),
        ("psnr", 29.89, Verdict.WORSE),
        ("psnr", 30.11, Verdict.BETTER),
        ("shift", -0.39, Verdict.CHANGED),
        ("shift", -0.61, Verdict.CHANGED),
        ("shift", 0.5, Verdict.CHANGED),
    ],
)
def test_direction_decides_what_a_change_is(name: str, value: float, verdict: Verdict) -> None:
    comparison = against(changed(name, value))
    item = aggregate(comparison, name)
    assert item.verdict is comparison.verdict is verdict
    assert item.baseline == VALUES[name]
    assert item.now == value
    assert item.change == value - item.baseline
    assert item.allowed == 0.1
    assert comparison.fails() == verdict.failing
    assert comparison.fails(strict=True) == (verdict is not Verdict.PASS)


@given(st.sampled_from(["error", "psnr", "shift"]), numbers, numbers)
def test_no_change_beyond_tolerance_passes_and_none_within_fails(
    name: str, before: float, after: float
) -> None:
    comparison = against(changed(name, after), stored(changed(name, before)))
    on_file = round(before, METRICS[name].digits)
    if abs(abs(after - on_file) - 0.1) > 1e-6:
        assert (comparison.verdict is Verdict.PASS) == (abs(after - on_file) < 0.1)


@given(st.dictionaries(st.sampled_from(list(VALUES)), st.one_of(numbers, tokens), min_size=4))
def test_whatever_is_stored_equals_itself_at_no_tolerance(values: dict[str, Value]) -> None:
    exact = {
        name: replace(metric, gated=True, tolerance=FakeTolerance(0.0, 0.0, 0.0))
        for name, metric in METRICS.items()
    }
    now = degradation(values)
    comparison = compare(now, stored(now, metrics=exact), exact)
    assert comparison.verdict is Verdict.PASS, comparison.failures


def test_relative_tolerance_grows_with_the_baseline() -> None:
    metrics = {"error": FakeMetric("error", tolerance=FakeTolerance(0.1, 0.01))}
    baseline = stored(degradation({"error": 100.0}), metrics=metrics)
    assert compare(degradation({"error": 100.99}), baseline, metrics).verdict is Verdict.PASS
    assert compare(degradation({"error": 101.01}), baseline, metrics).verdict is Verdict.WORSE
    assert compare(degradation({"error": 101.01}), baseline, metrics).metrics[0].allowed == 1.0


def test_no_tolerance_is_finer_than_the_stored_digits() -> None:
    metrics = {"error": FakeMetric("error", digits=1, tolerance=FakeTolerance(0.0))}
    baseline = stored(degradation({"error": 2.449999}), metrics=metrics)
    assert compare(degradation({"error": 2.449999}), baseline, metrics).verdict is Verdict.PASS
    assert compare(degradation({"error": 2.4501}), baseline, metrics).verdict is Verdict.WORSE
    # The digits of the file count, whatever the metric keeps today.
    finer = {"error": replace(metrics["error"], digits=6)}
    assert compare(degradation({"error": 2.449999}), baseline, finer).verdict is Verdict.PASS


def test_rounding_at_the_very_half_passes() -> None:
    metrics = {"error": FakeMetric("error", tolerance=FakeTolerance(0.0))}
    for whole in range(1, 2_000_000, 40_009):
        now = degradation({"error": whole + 0.00005})
        assert compare(now, stored(now, metrics=metrics), metrics).verdict is Verdict.PASS


def test_overrides_widen_narrow_gate_and_ungate() -> None:
    now = changed("error", 2.5)
    assert against(now, overrides={"error": Override(abs=0.6)}).verdict is Verdict.PASS
    assert against(now, overrides={"error": Override(gated=False)}).verdict is Verdict.PASS
    tight = changed("error", 2.05)
    assert against(tight, overrides={"error": Override(abs=0.01)}).verdict is Verdict.WORSE
    extra = changed("extra", 9.0)
    assert against(extra).verdict is Verdict.PASS
    assert against(extra, overrides={"extra": Override(gated=True)}).verdict is Verdict.WORSE


def test_an_ungated_metric_is_judged_and_fails_nothing() -> None:
    comparison = against(changed("extra", 9.0))
    item = aggregate(comparison, "extra")
    assert item.verdict is Verdict.WORSE
    assert not item.fails
    assert comparison.failures == comparison.images == ()


# -- images ------------------------------------------------------------------------


def test_an_image_has_its_own_wider_tolerance() -> None:
    assert against(degradation(rows={"b.png": {"error": 2.19}})).verdict is Verdict.PASS
    comparison = against(degradation(rows={"b.png": {"error": 2.21}}))
    (item,) = comparison.failures
    assert (item.image, item.metric, item.verdict) == ("b.png", "error", Verdict.WORSE)
    assert item.allowed == 0.2


def test_an_image_that_improved_is_noted() -> None:
    comparison = against(degradation(rows={"b.png": {"error": 1.0}}))
    assert comparison.verdict is Verdict.BETTER
    assert [item.image for item in comparison.improvements] == ["b.png"]


def test_an_aggregate_over_fewer_images_has_changed() -> None:
    comparison = against(degradation(covered={"error": 1, "psnr": 2, "shift": 2, "extra": 2}))
    item = aggregate(comparison, "error")
    assert item.verdict is Verdict.CHANGED
    assert item.reason == "over 1 images, the baseline over 2"
    assert comparison.fails()


# -- tokens and NaN ----------------------------------------------------------------

NA = NotApplicable("grey")


@pytest.mark.parametrize(
    ("name", "before", "after", "verdict"),
    [
        ("psnr", LOSSLESS, LOSSLESS, Verdict.PASS),
        ("psnr", NA, NotApplicable("grey"), Verdict.PASS),
        ("psnr", NA, NotApplicable("tiny"), Verdict.CHANGED),
        ("psnr", LOSSLESS, 99.0, Verdict.WORSE),
        ("psnr", 99.0, LOSSLESS, Verdict.BETTER),
        ("error", LOSSLESS, 0.0, Verdict.WORSE),
        ("shift", LOSSLESS, 0.0, Verdict.CHANGED),
        ("shift", 0.0, LOSSLESS, Verdict.CHANGED),
        ("psnr", NA, LOSSLESS, Verdict.CHANGED),
        ("psnr", LOSSLESS, NA, Verdict.CHANGED),
        ("psnr", NA, 30.0, Verdict.CHANGED),
        ("error", 2.0, NA, Verdict.CHANGED),
    ],
)
def test_tokens_equal_themselves_alone(
    name: str, before: Value, after: Value, verdict: Verdict
) -> None:
    comparison = against(changed(name, after), stored(changed(name, before)))
    item = aggregate(comparison, name)
    assert item.verdict is comparison.verdict is verdict
    assert (item.change, item.allowed) == (None, None)
    assert bool(item.reason) == (verdict is not Verdict.PASS)


@pytest.mark.parametrize("bad", [NAN, math.inf, -math.inf])
@pytest.mark.parametrize("name", list(VALUES))
@pytest.mark.parametrize("where", ["aggregate", "row", "baseline", "both"])
def test_nan_never_passes_gated_or_not(bad: float, name: str, where: str) -> None:
    now, baseline = degradation(), BASELINE
    if where in ("aggregate", "both"):
        now = replace(now, aggregates={**now.aggregates, name: bad})
    if where == "row":
        now = degradation(rows={"b.png": {name: bad}})
    if where in ("baseline", "both"):
        section = baseline.sections["photos", "cpu"]
        point = section.points[1]
        point = replace(point, aggregates={**point.aggregates, name: bad})
        sections = {("photos", "cpu"): replace(section, points={1: point})}
        baseline = replace(baseline, sections=sections)
    comparison = against(now, baseline)
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert comparison.fails()
    (item,) = comparison.failures
    assert item.metric == name
    assert "is not a number" in item.reason
    assert item.image == ("b.png" if where == "row" else None)


def test_nan_in_a_row_of_a_partial_run_fails_too() -> None:
    now = degradation(images=["a.png"], rows={"a.png": {"extra": NAN}}, partial=True)
    assert against(now).fails()


# -- absent things -----------------------------------------------------------------


def test_nothing_stored_is_missing() -> None:
    cases = {
        "no baseline of jpeg": against(degradation(), None),
        "no corpus kodak on cpu": against(degradation(corpus="kodak")),
        "no rung 2": against(degradation(rung=2)),
        "no corpus photos on cpu": against(degradation(), stored(degradation(device="cuda"))),
    }
    for words, comparison in cases.items():
        assert comparison.outcome is comparison.verdict is Verdict.MISSING
        assert words in comparison.reason
        assert comparison.fails()


def test_nothing_measured_is_missing() -> None:
    assert against(degradation(images=[])).reason == "no image was measured"
    some = replace(degradation(), rows={"a.png": VALUES})
    assert against(some).reason == "not every image was measured (b.png)"
    assert against(some).fails()


@pytest.mark.parametrize("name", ["error", "psnr", "shift"])
def test_a_gated_metric_that_was_not_measured_is_missing(name: str) -> None:
    rest = {key: value for key, value in VALUES.items() if key != name}
    comparison = against(degradation(rest))
    item = aggregate(comparison, name)
    assert (item.verdict, item.reason) == (Verdict.MISSING, "not measured")
    assert item.baseline == VALUES[name]
    assert comparison.fails()


def test_a_gated_metric_that_is_not_stored_is_missing() -> None:
    baseline = stored(degradation({"psnr": 30.0, "shift": -0.5}))
    comparison = against(degradation(), baseline)
    assert aggregate(comparison, "error").reason == "not in the baseline"
    assert not aggregate(comparison, "extra").fails
    assert comparison.verdict is Verdict.MISSING


def test_a_gated_metric_measured_and_stored_nowhere_is_missing() -> None:
    metrics = {**METRICS, "new": FakeMetric("new")}
    assert compare(degradation(), BASELINE, metrics).verdict is Verdict.MISSING
    metrics["new"] = FakeMetric("new", gated=False)
    assert compare(degradation(), BASELINE, metrics).verdict is Verdict.PASS


def test_a_value_missing_from_one_row_is_missing() -> None:
    now = degradation()
    rows = {**now.rows, "b.png": {"error": 2.0, "psnr": 30.0, "extra": 1.0}}
    comparison = against(replace(now, rows=rows))
    (item,) = comparison.failures
    assert (item.image, item.metric, item.verdict) == ("b.png", "shift", Verdict.MISSING)


def test_an_unregistered_metric_is_an_error() -> None:
    with pytest.raises(ColordegError, match="metric 'odd' is not registered"):
        against(degradation({**VALUES, "odd": 1.0}))


# -- other corpora and definitions -------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"image_digests": {"a.png": "sha of a.png", "b.png": "other"}}, "1 image changed (b.png)"),
        ({"images": ["a.png", "b.png", "c.png"]}, "1 image added (c.png)"),
        ({"images": ["a.png"]}, "1 image removed (b.png)"),
        ({"images": ["a.png", "c.png"]}, "1 image added (c.png), 1 image removed (b.png)"),
        ({"corpus_digest": "other"}, "the same images in another order"),
        ({"corpus_digest": "other", "images": ["a.png"], "partial": True}, "not selected here"),
        ({"images": ["c.png"], "partial": True}, "1 image added (c.png)"),
        ({"images": NINE}, "9 images added (0.png, 1.png, 2.png, 3.png, 4.png and 4 m"),
    ],
)
def test_another_corpus_is_incomparable_and_says_how(fields: dict[str, Any], words: str) -> None:
    comparison = against(degradation(**fields))
    assert comparison.outcome is comparison.verdict is Verdict.INCOMPARABLE
    assert comparison.reason.startswith("the corpus photos is another: ")
    assert words in comparison.reason


@pytest.mark.parametrize("partial", [False, True])
def test_another_definition_is_incomparable_for_that_metric(partial: bool) -> None:
    metrics = {**METRICS, "error": replace(METRICS["error"], definition="two")}
    comparison = compare(degradation(partial=partial), BASELINE, metrics)
    (item,) = comparison.failures
    assert (item.metric, item.verdict, item.image) == ("error", Verdict.INCOMPARABLE, None)
    assert "'one'" in item.reason
    assert "'two'" in item.reason
    metrics = {**METRICS, "extra": replace(METRICS["extra"], definition="two")}
    assert not compare(degradation(partial=partial), BASELINE, metrics).fails()


def test_an_unusable_baseline_is_incomparable() -> None:
    comparison = incomparable(degradation(), "jpeg.yaml:5: broken")
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert comparison.fails()


# -- partial runs ------------------------------------------------------------------


def test_a_part_of_the_corpus_compares_rows_alone() -> None:
    now = degradation({**VALUES, "error": 7.0}, images=["b.png"], partial=True)
    right = replace(now, rows={"b.png": VALUES})
    assert against(right).verdict is Verdict.PASS
    assert against(right).metrics == ()
    assert against(right).compared_images == 1
    assert [item.image for item in against(now).failures] == ["b.png"]


def test_a_part_of_the_corpus_still_misses_what_is_missing() -> None:
    rest = {key: value for key, value in VALUES.items() if key != "error"}
    comparison = against(degradation(rest, images=["b.png"], partial=True))
    assert comparison.verdict is Verdict.MISSING
    assert comparison.metrics[0].metric == "error"
    comparison = against(degradation(images=["b.png"], partial=True), stored(degradation(rest)))
    assert comparison.verdict is Verdict.MISSING


# -- what else differs -------------------------------------------------------------


def test_a_changed_or_lost_fact_fails() -> None:
    for facts in ({"subsampling": "4:4:4"}, {}):
        comparison = against(degradation(facts=facts))
        (difference,) = comparison.differences
        assert (difference.kind, difference.name, difference.baseline) == (
            "fact",
            "subsampling",
            "4:2:0",
        )
        assert difference.fails
        assert comparison.verdict is Verdict.CHANGED
        assert comparison.fails()


def test_facts_of_two_different_codecs_may_differ() -> None:
    comparison = against(degradation(facts={"subsampling": "4:4:4"}), facts_gated=False)
    assert comparison.verdict is Verdict.PASS
    (difference,) = comparison.differences
    assert str(difference) == "subsampling 4:2:0 → 4:4:4"


def test_a_fact_that_the_baseline_does_not_know_is_only_told() -> None:
    comparison = against(degradation(facts={"subsampling": "4:2:0", "matrix": "bt601"}))
    assert comparison.verdict is Verdict.PASS
    assert [str(difference) for difference in comparison.differences] == ["matrix none → bt601"]


def test_a_fact_of_another_type_is_another_fact() -> None:
    baseline = stored(degradation(facts={"lossless": True}))
    assert against(degradation(facts={"lossless": 1}), baseline).fails()


def test_parameters_and_provenance_explain_and_fail_nothing() -> None:
    comparison = against(
        degradation(parameters={"level": 40}, provenance={"imagecodecs": "2026.2"})
    )
    assert comparison.verdict is Verdict.PASS
    assert [(item.kind, str(item)) for item in comparison.differences] == [
        ("parameter", "level 50 → 40"),
        ("provenance", "imagecodecs 2026.1.14 → 2026.2"),
    ]


# -- devices -----------------------------------------------------------------------


def test_without_its_own_section_the_cpu_serves_more_widely() -> None:
    now = changed("error", 2.25, device="cuda")
    comparison = against(now)
    assert comparison.against == "cpu"
    assert comparison.verdict is Verdict.PASS
    assert aggregate(comparison, "error").allowed == pytest.approx(0.3)
    assert against(now, device_factor=2.0).verdict is Verdict.WORSE


def test_its_own_section_serves_alone() -> None:
    baseline = stored(degradation(), changed("error", 5.0, device="cuda"))
    comparison = against(changed("error", 2.0, device="cuda"), baseline)
    assert comparison.against is None
    assert comparison.verdict is Verdict.BETTER
    assert against(degradation(), baseline).verdict is Verdict.PASS


def test_the_own_section_without_the_rung_does_not_fall_back() -> None:
    baseline = stored(degradation(), degradation(rung=2, device="cuda"))
    assert against(degradation(device="cuda"), baseline).verdict is Verdict.MISSING


def test_severity_goes_by_what_needs_a_person_first() -> None:
    order = ["pass", "better", "changed", "worse", "missing", "incomparable"]
    assert sorted(Verdict, key=lambda verdict: verdict.severity) == order
    now = degradation({**VALUES, "error": 9.0, "shift": 3.0, "psnr": 50.0})
    assert against(now).verdict is Verdict.WORSE
