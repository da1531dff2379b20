"""Updates change what they were asked to, say so, and never mix what does not belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines import (
    Baseline,
    Mode,
    Selection,
    UpdatePlan,
    compare,
    parse_modes,
    plan,
    table,
)
from pytest_colordeg.baselines.reader import load
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Degradation
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value

from .fakes import METRICS, VALUES, FakeMetric, degradation, judged, stored, updated

ALL = "create,fix,tighten"
CPU = ("photos", "cpu")
REDEFINED = {**METRICS, "error": replace(METRICS["error"], definition="two", digits=2)}


def error(value: Value, rung: int = 1, **fields: Any) -> Degradation:
    return degradation({**VALUES, "error": value}, rung=rung, **fields)


def column(baseline: Baseline | None, name: str = "error", key: Any = CPU) -> dict[int, Value]:
    """Give a metric's stored aggregates by rung."""
    assert baseline is not None
    points = baseline.sections[key].points
    return {
        rung: point.aggregates[name] for rung, point in points.items() if name in point.aggregates
    }


def edits(planned: UpdatePlan) -> list[str]:
    return [str(edit) for edit in planned.edits]


# -- what is asked for -------------------------------------------------------------


def test_modes_are_read_and_misspelt_ones_refused() -> None:
    assert parse_modes("create, fix") == {Mode.CREATE, Mode.FIX}
    assert parse_modes("") == frozenset()
    with pytest.raises(ColordegError, match="some of create, fix, tighten, prune, found 'fx'"):
        parse_modes("create,fx")


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_an_update_needs_a_reason(reason: str) -> None:
    with pytest.raises(ColordegError, match="needs a reason: say why with --colordeg-reason"):
        updated(None, [degradation()], "create", reason=reason)


@pytest.mark.parametrize("date", ["", "today", "2026-13-01", "31.1.2026"])
def test_an_update_needs_a_date(date: str) -> None:
    with pytest.raises(ColordegError, match="expected a date such as"):
        updated(None, [degradation()], "create", date=date)


def test_measurements_of_another_codec_are_refused() -> None:
    with pytest.raises(ColordegError, match="update of jpeg was given measurements of webp"):
        updated(None, [degradation(codec="webp")], "create")


@pytest.mark.parametrize("modes", ["", "fix", "tighten", "fix,tighten"])
def test_nothing_is_created_unasked(modes: str) -> None:
    assert not updated(None, [degradation()], modes).writes
    assert updated(None, [degradation()], modes).new is None
    base = stored(degradation())
    assert updated(base, [degradation(), error(2.0, rung=2)], modes).new == base


def test_fix_alone_adds_no_metric() -> None:
    base = stored(degradation({key: value for key, value in VALUES.items() if key != "error"}))
    assert updated(base, [degradation()], "fix").new == base
    assert column(updated(base, [degradation()], "create").new) == {1: 2.0}


@pytest.mark.parametrize("modes", ["", "create", "tighten", "create,tighten"])
def test_nothing_that_fails_is_replaced_unasked(modes: str) -> None:
    base = stored(degradation())
    for now in (error(9.0), degradation(facts={}), degradation(corpus_digest="other")):
        planned = updated(base, [now], modes)
        assert not planned.writes
        assert planned.new == base


@pytest.mark.parametrize("modes", ["", "create", "fix", "create,fix"])
def test_nothing_that_is_better_is_replaced_unasked(modes: str) -> None:
    base = stored(degradation())
    assert updated(base, [error(1.0)], modes).new == base


def test_what_passes_stays_to_the_last_digit() -> None:
    base = stored(degradation(), error(2.0, rung=2))
    planned = updated(base, [error(2.05), error(1.95, rung=2)], ALL)
    assert planned.new == base
    assert not planned.writes
    assert planned.new is not None
    assert planned.new.history == base.history


# -- create ------------------------------------------------------------------------


def test_create_stores_what_the_text_reads_back() -> None:
    now = error(1 / 3, rows={"b.png": {"psnr": LOSSLESS, "extra": NotApplicable("grey")}})
    base = stored(now)
    assert load(dump(base).encode(), "jpeg.yaml", "jpeg") == base
    assert column(base) == {1: 0.3333}
    assert base.sections[CPU].points[1].rows["b.png"]["psnr"] == LOSSLESS


def test_create_adds_rungs_sections_and_metrics_beside_the_old() -> None:
    rest = {key: value for key, value in VALUES.items() if key != "extra"}
    base = stored(degradation(rest))
    now = [error(2.05), error(5.0, rung=2), error(6.0, corpus="kodak"), error(7.0, device="cuda")]
    planned = updated(base, now, "create")
    assert column(planned.new) == {1: 2.0, 2: 5.0}
    assert column(planned.new, "extra") == {1: 1.0, 2: 1.0}
    assert column(planned.new, key=("kodak", "cpu")) == {1: 6.0}
    assert column(planned.new, key=("photos", "cuda")) == {1: 7.0}
    assert planned.new
    assert all("extra" in row for row in planned.new.sections[CPU].points[1].rows.values())


def test_create_adds_no_metric_to_a_point_that_fails_or_is_another() -> None:
    rest = {key: value for key, value in VALUES.items() if key != "extra"}
    base = stored(degradation(rest))
    for now in (error(9.0), degradation(facts={}), degradation(parameters={"level": 1})):
        planned = updated(base, [now], "create")
        assert planned.new == base
        assert "update=fix replaces it" in planned.skipped[0]


def test_create_stores_a_fact_that_is_new() -> None:
    facts = {"subsampling": "4:2:0", "matrix": "bt601"}
    planned = updated(stored(degradation()), [degradation(facts=facts)], "create")
    assert planned.new
    assert planned.new.sections[CPU].points[1].facts == facts
    assert edits(planned) == ["create photos/cpu rung 1: facts matrix"]


# -- fix and tighten ---------------------------------------------------------------


def test_fix_replaces_the_failing_point_and_no_other() -> None:
    base = stored(degradation(), error(2.0, rung=2))
    now = error(3.0, parameters={"level": 40}, provenance={"imagecodecs": "2027"})
    planned = updated(base, [now, error(2.05, rung=2)], "fix")
    assert column(planned.new) == {1: 3.0, 2: 2.0}
    assert planned.new
    points = planned.new.sections[CPU].points
    assert points[1].parameters == {"level": 40}
    assert points[1].provenance == {"imagecodecs": "2027"}
    assert points[2] == base.sections[CPU].points[2]
    assert edits(planned) == [
        "fix photos/cpu rung 1: error 2.0000 → 3.0000",
        "fix photos/cpu rung 1: parameters level 50 → 40",
        "fix photos/cpu rung 1: provenance imagecodecs 2026.1.14 → 2027",
    ]


@pytest.mark.parametrize(
    "now",
    [
        degradation(facts={"subsampling": "4:4:4"}),
        degradation(facts={}),
        degradation(rows={"b.png": {"error": 4.0}}),
        degradation(parameters={"level": 49}),
        error(NotApplicable("grey")),
    ],
    ids=["fact", "lost fact", "image", "parameters", "token"],
)
def test_fix_takes_whatever_fails_and_then_all_is_well(now: Degradation) -> None:
    planned = updated(stored(degradation()), [now], "fix")
    assert planned.writes
    assert not planned.skipped
    comparison = compare(now, planned.new, METRICS)
    assert not comparison.fails(strict=True)
    assert comparison.differences == ()


def test_tighten_takes_the_better_metric_alone() -> None:
    base = stored(degradation())
    now = degradation({**VALUES, "error": 1.5, "psnr": 29.95})
    planned = updated(base, [now], "tighten")
    assert column(planned.new) == {1: 1.5}
    assert column(planned.new, "psnr") == {1: 30.0}
    assert edits(planned) == ["tighten photos/cpu rung 1: error 2.0000 → 1.5000"]


def test_tighten_leaves_a_point_that_fails_elsewhere() -> None:
    base = stored(degradation())
    planned = updated(base, [degradation({**VALUES, "error": 1.5, "psnr": 20.0})], "tighten")
    assert planned.new == base
    assert planned.skipped


def test_tighten_never_loosens_the_corpus_for_one_image() -> None:
    base = stored(degradation())
    now = error(2.05, rows={"a.png": {"error": 1.0}, "b.png": {"error": 2.1}})
    planned = updated(base, [now], "tighten")
    assert planned.new == base
    assert "better for some images but not for the corpus" in planned.skipped[0]


def test_a_strict_fix_takes_improvements() -> None:
    base = stored(degradation())
    now = error(2.05, rows={"a.png": {"error": 1.0}, "b.png": {"error": 2.1}})
    planned = updated(base, [now], "fix", strict=True)
    assert not compare(now, planned.new, METRICS).fails(strict=True)


# -- what must not be stored -------------------------------------------------------

NAN = float("nan")


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (degradation(partial=True), "only a part of the corpus"),
        (degradation(images=[]), "not every image was measured"),
        (replace(degradation(), rows={"a.png": VALUES}), "not every image was measured"),
        (error(NAN), "error is nan"),
        (degradation(rows={"b.png": {"extra": NAN}}), "extra of the image b.png is nan"),
        (replace(degradation(), rows={"a.png": {}, "b.png": VALUES}), "a.png has no"),
        (degradation(covered={}), "does not say how many images"),
        (degradation({**VALUES, "odd": 1.0}), "odd is not registered"),
        (
            replace(degradation(), aggregates={"error": 1.0}),
            "has no aggregate",
        ),
    ],
)
@pytest.mark.parametrize("base", [None, stored(degradation())], ids=["empty", "stored"])
def test_what_failed_to_measure_is_never_stored(
    now: Degradation, why: str, base: Baseline | None
) -> None:
    planned = plan(
        base,
        [now],
        [],
        parse_modes(ALL),
        codec="jpeg",
        metrics=METRICS,
        reason="why",
        date="2026-01-31",
    )
    assert planned.new == base
    assert not planned.writes
    (line,) = planned.skipped
    assert line.startswith("photos/cpu rung 1: ")
    assert why in line


# -- another corpus ----------------------------------------------------------------


def other(rung: int, value: float = 8.0) -> Degradation:
    return error(value, rung=rung, images=["b.png", "c.png"], corpus_digest="other")


def test_a_changed_corpus_is_replaced_whole() -> None:
    base = stored(degradation(), error(2.0, rung=2), error(4.0, corpus="kodak"))
    planned = updated(base, [other(1), other(2)], "fix")
    assert planned.new
    section = planned.new.sections[CPU]
    assert section.corpus_digest == "other"
    assert [*section.images] == ["b.png", "c.png"]
    assert all({*point.rows} == {"b.png", "c.png"} for point in section.points.values())
    assert column(planned.new) == {1: 8.0, 2: 8.0}
    assert planned.new.sections["kodak", "cpu"] == base.sections["kodak", "cpu"]
    assert "1 image added (c.png), 1 image removed (a.png)" in edits(planned)[0]


def test_a_changed_corpus_measured_in_part_stays_as_it_is() -> None:
    base = stored(degradation(), error(2.0, rung=2))
    planned = updated(base, [other(1)], ALL)
    assert planned.new == base
    assert "measure rungs 2 too" in planned.skipped[0]


def test_a_rung_that_is_gone_does_not_hold_up_a_changed_corpus() -> None:
    base = stored(degradation(), error(2.0, rung=2))
    planned = updated(base, [other(1)], "fix", selection=Selection(rungs=[1]))
    assert column(planned.new) == {1: 8.0}


def test_create_adds_no_rung_of_another_corpus() -> None:
    base = stored(degradation())
    planned = updated(base, [other(2)], "create")
    assert planned.new == base
    assert "update=fix replaces the section" in planned.skipped[0]


# -- another definition ------------------------------------------------------------


def test_a_redefined_metric_is_replaced_everywhere_or_dropped() -> None:
    base = stored(degradation(), error(2.0, rung=2), error(4.0, corpus="kodak"))
    planned = updated(base, [error(7.123)], "fix", REDEFINED)
    assert planned.new
    assert planned.new.metrics["error"].definition == "two"
    assert planned.new.metrics["error"].digits == 2
    assert column(planned.new) == {1: 7.12}
    assert column(planned.new, key=("kodak", "cpu")) == {}
    assert column(planned.new, "psnr") == {1: 30.0, 2: 30.0}
    assert "error" not in planned.new.sections[CPU].points[2].rows["a.png"]
    assert "fix photos/cpu rung 2: error dropped" in edits(planned)
    assert "fix kodak/cpu rung 1: error dropped" in edits(planned)
    assert compare(error(2.0, rung=2), planned.new, REDEFINED).fails()
    load(dump(planned.new).encode(), "jpeg.yaml", "jpeg")


def test_a_redefined_ungated_metric_is_replaced_too() -> None:
    metrics = {**METRICS, "extra": replace(METRICS["extra"], definition="two")}
    planned = updated(stored(degradation()), [degradation()], "fix", metrics)
    assert planned.new
    assert planned.new.metrics["extra"].definition == "two"
    assert column(planned.new, "extra") == {1: 1.0}
    assert column(planned.new) == {1: 2.0}


def test_create_stores_no_value_under_another_definition() -> None:
    base = stored(degradation())
    planned = updated(base, [error(7.0, rung=2)], "create", REDEFINED)
    assert column(planned.new) == {1: 2.0}
    assert column(planned.new, "psnr") == {1: 30.0, 2: 30.0}
    assert "error is defined otherwise" in planned.skipped[0]


def test_other_digits_alone_leave_the_file_as_it_is() -> None:
    finer = {**METRICS, "error": replace(METRICS["error"], digits=8)}
    base = stored(degradation())
    assert updated(base, [degradation()], ALL, finer).new == base
    assert updated(base, [error(2.123456789, rung=2)], "create", finer).new != base
    assert column(updated(base, [error(2.123456789, rung=2)], "create", finer).new)[2] == 2.1235


# -- prune -------------------------------------------------------------------------


def test_prune_needs_the_whole_selection() -> None:
    base = stored(degradation())
    for selection in (None, Selection(rungs=[1], partial=True)):
        with pytest.raises(ColordegError, match="update=prune needs the whole selection"):
            updated(base, [degradation()], "prune", selection=selection)


def test_prune_removes_what_is_no_longer_listed_and_nothing_else() -> None:
    base = stored(
        degradation(),
        error(2.0, rung=2),
        error(2.0, corpus="kodak"),
        error(2.0, corpus="kodak", device="cuda"),
        error(2.0, rung=9, corpus="gone"),
    )
    metrics = {name: metric for name, metric in METRICS.items() if name != "extra"}
    selection = Selection(rungs=[1], corpora=["photos", "kodak"], devices=["cpu"])
    now = degradation({key: value for key, value in VALUES.items() if key != "extra"})
    planned = updated(base, [now], "prune", metrics, selection=selection)
    assert planned.new
    assert sorted(planned.new.sections) == [("kodak", "cpu"), CPU]
    assert column(planned.new) == {1: 2.0}
    assert "extra" not in planned.new.metrics
    assert sorted(edits(planned)) == [
        "prune gone/cpu: section",
        "prune kodak/cuda: section",
        "prune photos/cpu: rung 2",
        "prune: metric extra",
    ]


def test_prune_of_what_is_all_listed_writes_nothing() -> None:
    base = stored(degradation(), error(2.0, corpus="kodak"))
    planned = updated(base, [degradation()], "prune", selection=Selection(rungs=[1]))
    assert not planned.writes
    assert planned.new == base


def test_prune_leaves_images_to_fix() -> None:
    base = stored(degradation())
    selection = Selection(rungs=[1], images={"photos": ["a.png"]})
    planned = updated(base, [], "prune", selection=selection)
    assert planned.new == base
    assert "the image b.png is gone; update=fix" in planned.skipped[0]


def test_prune_removes_the_file_of_a_codec_that_is_gone() -> None:
    gone = Selection(rungs=(), listed=False)
    planned = updated(stored(degradation()), [], "prune", selection=gone)
    assert planned.writes
    assert planned.new is None
    assert not updated(None, [], "prune", selection=gone).writes


# -- history and table -------------------------------------------------------------


def test_history_keeps_when_why_and_what() -> None:
    base = stored(degradation())
    new = updated(base, [error(3.0)], "fix", reason="new\n  library", date="2026-02-28").new
    assert new
    assert [change.reason for change in new.history] == ["why", "new library"]
    assert new.history[1].date == "2026-02-28"
    assert new.history[1].edits == ("fix photos/cpu rung 1: error 2.0000 → 3.0000",)


def test_history_stays_short_when_much_changes() -> None:
    metrics = {f"m{i:02}": FakeMetric(f"m{i:02}") for i in range(30)}
    before = [degradation(dict.fromkeys(metrics, 1.0), rung=rung) for rung in range(1, 61)]
    after = [degradation(dict.fromkeys(metrics, 5.0), rung=rung) for rung in range(1, 61)]
    new = updated(stored(*before, metrics=metrics), after, "fix", metrics).new
    assert new
    lines = new.history[-1].edits
    assert len(lines) == 41
    assert lines[0].endswith("m05 1.0000 → 5.0000, 24 more")
    assert lines[-1] == "and 20 more"


def test_the_table_tells_every_edit_and_every_skip() -> None:
    base = stored(degradation())
    plans = [
        updated(base, [error(3.0), degradation(rung=2, partial=True)], "fix"),
        updated(None, [degradation()], "create"),
    ]
    lines = table(plans).splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["codec", "mode", "place", "what", "baseline", "now"],
        ["jpeg", "fix", "photos/cpu", "rung", "1", "error", "2.0000", "3.0000"],
        ["jpeg", "create", "photos/cpu", "rung", "1", "4", "metrics"],
    ]
    assert lines[3:] == ["skipped: jpeg photos/cpu rung 2: only a part of the corpus was measured"]
    assert table([]) == "no baseline changes"


# -- any run -----------------------------------------------------------------------

_values = st.one_of(st.floats(-100, 100), st.just(LOSSLESS), st.just(NotApplicable("grey")))


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[Degradation], dict[str, FakeMetric]]:
    """One run: some rungs of some corpora, under some definitions.

    The corpus and its version share the images' names; `extra` carries the
    number of the definition that it was measured under.
    """
    version = draw(st.sampled_from(["v1", "v2"]))
    images = ["a.png", "b.png"] if version == "v1" else ["b.png", "c.png"]
    definition = draw(st.integers(1, 3))
    metrics = {**METRICS, "extra": replace(METRICS["extra"], definition=f"d{definition}")}
    chosen = draw(
        st.lists(
            st.tuples(st.sampled_from(["photos", "kodak"]), st.integers(1, 3)),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    made = []
    for corpus, rung in chosen:
        values = {name: draw(_values) for name in ("error", "psnr", "shift")}
        made.append(
            degradation(
                {**values, "extra": float(definition)},
                images=images,
                corpus=corpus,
                rung=rung,
                corpus_digest=version,
                parameters={"level": draw(st.integers(1, 2))},
            )
        )
    return made, metrics


@given(st.lists(st.tuples(runs(), st.sampled_from(["create", "fix", "tighten", ALL])), max_size=5))
def test_no_sequence_of_updates_mixes_corpora_or_definitions(steps: list[Any]) -> None:
    baseline: Baseline | None = None
    for (now, metrics), modes in steps:
        planned = updated(baseline, now, modes, metrics)
        again = updated(planned.new, now, modes, metrics)
        assert not again.writes, "an update done twice changes nothing the second time"
        if modes == ALL:
            skipped = "".join(planned.skipped)
            for item in judged(now, planned.new, metrics):
                place = f"{item.corpus}/{item.device}"
                assert not item.fails() or place in skipped
        baseline = planned.new
        if baseline is None:
            continue
        assert load(dump(baseline).encode(), "jpeg.yaml", "jpeg") == baseline
        for section in baseline.sections.values():
            expected = ["a.png", "b.png"] if section.corpus_digest == "v1" else ["b.png", "c.png"]
            assert sorted(section.images) == expected
            for point in section.points.values():
                assert sorted(point.rows) == expected
                for values in (point.aggregates, *point.rows.values()):
                    if "extra" in values:
                        assert baseline.metrics["extra"].definition == f"d{values['extra']:.0f}"
