"""What is written reads back, has one spelling, and is the YAML that it seems to be."""

from __future__ import annotations

import difflib
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines import Baseline
from pytest_colordeg.baselines.reader import load
from pytest_colordeg.baselines.table import join, quote, split
from pytest_colordeg.baselines.text import dump, number, rounded
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.values import NotApplicable

from .fakes import baselines, degradation, stored, texts, updated


def reread(text: str) -> Baseline:
    return load(text.encode(), "jpeg.yaml", "jpeg")


@given(baselines())
def test_reads_back_as_written_and_writes_back_as_read(baseline: Baseline) -> None:
    text = dump(baseline)
    again = reread(text)
    assert again == baseline
    assert dump(again) == text


@given(st.lists(texts, min_size=1, max_size=5))
def test_any_cells_survive_a_table_line(cells: list[str]) -> None:
    line = join(cells)
    assert "\n" not in line
    assert split(line) == cells


@given(texts)
def test_quoted_text_means_the_same_to_yaml(text: str) -> None:
    assert yaml.safe_load(quote(text)) == text


@given(baselines())
def test_another_yaml_reader_sees_the_same(baseline: Baseline) -> None:
    tree = yaml.safe_load(dump(baseline))
    assert {
        name: (item["definition"], item["digits"]) for name, item in tree["metrics"].items()
    } == {name: (metric.definition, metric.digits) for name, metric in baseline.metrics.items()}
    for (corpus, device), section in baseline.sections.items():
        points = tree["sections"][corpus][device]["points"]
        assert {rung: point["parameters"] for rung, point in points.items()} == {
            rung: point.parameters for rung, point in section.points.items()
        }
    assert [entry["reason"] for entry in tree["history"]] == [c.reason for c in baseline.history]


@given(st.floats(-1e9, 1e9), st.integers(0, 9))
def test_numbers_round_to_half_a_unit_and_only_once(value: float, digits: int) -> None:
    once = rounded(value, digits)
    assert isinstance(once, float)
    assert abs(once - value) <= 0.5 * 10.0**-digits + 1e-6
    assert rounded(once, digits) == once
    assert number(value, digits) == number(once, digits)


@pytest.mark.parametrize("value", [-0.0, -0.00004, 0.00004])
def test_there_is_no_negative_zero(value: float) -> None:
    assert number(value, 4) == "0.0000"
    assert str(rounded(value, 4)) == "0.0"


def test_the_usual_reason_is_told_once() -> None:
    grey, dot = NotApplicable("grey, all"), NotApplicable("a dot")
    rows = {"a.png": {"extra": grey}, "b.png": {"extra": dot}, "c.png": {"extra": grey}}
    baseline = stored(degradation(images=rows, rows=rows))
    text = dump(baseline)
    assert text.count("grey, all") == 1
    assert 'extra: {digits: 4, n/a: "grey, all", definition: "one"}' in text
    assert "a.png, 2.0000, n/a, 30.000" in text
    assert "b.png, 2.0000, n/a: a dot, 30.000" in text
    assert reread(text) == baseline


def test_order_of_arrival_leaves_no_trace() -> None:
    one, two = degradation(rung=1), degradation(rung=2)
    turned = replace(
        one,
        rows=dict(reversed(one.rows.items())),
        image_digests=dict(reversed(one.image_digests.items())),
        aggregates=dict(reversed(one.aggregates.items())),
    )
    assert dump(stored(one, two)) == dump(stored(two, turned))


def test_a_changed_value_changes_its_own_lines_alone() -> None:
    before = stored(degradation(rung=1), degradation(rung=2))
    worse = degradation({"error": 5.0, "psnr": 30.0, "shift": -0.5, "extra": 1.0}, rung=2)
    after = updated(before, [worse], "fix").new
    assert after is not None
    lines = difflib.ndiff(
        dump(replace(before, history=())).splitlines(),
        dump(replace(after, history=())).splitlines(),
    )
    changed = [line for line in lines if line[0] in "+-"]
    assert sorted(line.split()[1] for line in changed) == sorted(2 * ["error,", "a.png,", "b.png,"])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_never_written(bad: float) -> None:
    baseline = stored(degradation())
    section = baseline.sections["photos", "cpu"]
    point = section.points[1]
    rows = {**point.rows, "b.png": {**point.rows["b.png"], "psnr": bad}}
    broken = replace(section, points={1: replace(point, rows=rows)})
    with pytest.raises(
        ColordegError, match=r"photos/cpu: rung 1, image b.png: psnr: .*not a finite"
    ):
        dump(replace(baseline, sections={("photos", "cpu"): broken}))
    broken = replace(section, points={1: replace(point, parameters={"level": bad})})
    with pytest.raises(ColordegError, match=r"photos/cpu: .*not a finite"):
        dump(replace(baseline, sections={("photos", "cpu"): broken}))


def test_a_row_that_lacks_a_metric_is_never_written() -> None:
    baseline = stored(degradation())
    section = baseline.sections["photos", "cpu"]
    point = section.points[1]
    rows = {**point.rows, "b.png": {"error": 1.0}}
    broken = replace(section, points={1: replace(point, rows=rows)})
    with pytest.raises(ColordegError, match=r"image b.png: no value for extra"):
        dump(replace(baseline, sections={("photos", "cpu"): broken}))


def test_names_that_are_no_text_or_too_long_are_refused() -> None:
    with pytest.raises(ColordegError, match="byte 0xff"):
        dump(stored(degradation(images=["\udcff.png"])))
    with pytest.raises(ColordegError, match="too long"):
        dump(stored(degradation(corpus="x" * 300)))


def test_the_file_says_who_wrote_it_and_how_to_change_it() -> None:
    head = dump(stored(degradation())).split("format:")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert "--colordeg-update=fix" in head
