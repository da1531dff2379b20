"""Records and the header beside them, written and read back."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report.load import HEADER_SUFFIX, header_json, load
from pytest_colordeg.sweep.serial import record_lines

from .samples import cell, failing, pictured, point, run


def write(path, data, header=True):
    cells = [cell for point in data.points for cell in point.cells]
    path.write_text("".join(f"{line}\n" for line in record_lines(cells)), encoding="utf-8")
    if header:
        path.with_name(path.name + HEADER_SUFFIX).write_text(header_json(data, path))
    return path


def test_a_run_comes_back_as_it_was(tmp_path):
    data = run(problems=("required codec x was not measured",), notes=("a note",))
    back = load(write(tmp_path / "run.jsonl", data))
    assert back.ordered == data.ordered
    assert (back.header, back.settings) == (data.header, data.settings)
    assert (back.problems, back.notes) == (data.problems, data.notes)
    assert not back.passed


def test_without_a_header_points_are_measured_and_not_judged(tmp_path):
    bad = point("jpeg", 9, "error", [cell("jpeg", 9, error="decode: no")])
    back = load(write(tmp_path / "run.jsonl", run([failing(), bad]), header=False))
    assert [(p.label, p.verdict) for p in back.ordered] == [
        ("jpeg-r1", "unchecked"),
        ("jpeg-r9", "error"),
    ]


def test_pictures_are_found_when_the_folder_has_moved(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    write(here / "run.jsonl", run([pictured(here)]))
    there = tmp_path / "there"
    shutil.move(here, there)
    for picture in load(there / "run.jsonl").points[0].findings.pictures:
        for path in picture.files.values():
            assert Path(path).read_bytes().startswith(b"\x89PNG")


def broken(tmp_path, text, header=None):
    path = tmp_path / "run.jsonl"
    path.write_text(text, encoding="utf-8")
    if header is not None:
        path.with_name("run.jsonl.run.json").write_text(header)
    with pytest.raises(ColordegError) as caught:
        load(path)
    return str(caught.value)


LINE = next(record_lines([cell()])) + "\n"
OTHER = next(record_lines([cell(image="b")]))


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ColordegError, match="--colordeg-records"):
        load(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no record"),
        ("{\n", r"run.jsonl:1: not a record"),
        (LINE + "[]\n", "run.jsonl:2: not a record of colordeg: not an object"),
        (LINE.replace('"schema": 1', '"schema": 2'), "schema 2, expected 1"),
        (LINE.replace('"rung": 1', '"rung": "1"'), "rung is no whole number"),
        (LINE.replace('"bpp": 1.0', '"bpp": NaN'), "nan is not a finite number"),
        (LINE + LINE.replace('"bpp": 1.0', '"bpp": 1.5'), "stands in the file before"),
        (LINE + OTHER.replace('"bpp": 1.0, ', ""), "hold different"),
        ("[" * 100_000, "not a record"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, text, says):
    assert says in broken(tmp_path, text)


def test_the_same_cell_twice_is_one(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text(LINE + LINE, encoding="utf-8")
    assert load(path).measured == 1


def test_records_that_are_cut_short_are_noticed(tmp_path):
    data = run()
    path = write(tmp_path / "run.jsonl", data)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:4]), encoding="utf-8")
    with pytest.raises(ColordegError, match="cut short"):
        load(path)


@pytest.mark.parametrize(
    "header",
    ["{", "[]", '{"schema": 9}', '{"schema": 1, "points": [{}]}', '{"schema":1,"points":4}'],
)
def test_a_broken_header_is_named(tmp_path, header):
    assert "run.jsonl" in broken(tmp_path, LINE, header)


def test_metrics_of_another_installation_are_left_out(tmp_path):
    record = json.loads(LINE)
    record["metrics"]["mine.score"] = 3.0
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    data = load(path)
    assert "mine.score" not in data.metrics
    assert data.points[0].number("bpp") == 1.0


RECORD = next(record_lines([cell("jpeg", 3)]))
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refused(path, name):
    try:
        load(path)
    except ColordegError as error:
        text = str(error)
        assert "\n" not in text
        assert name in text


@same_folder
@given(st.data())
def test_any_edit_of_a_record_is_read_or_refused_by_line(tmp_path, data):
    text = RECORD
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.sampled_from(list('{}[]",:0-n')) | st.text(max_size=3))
        text = text[:at] + new + text[at + data.draw(st.integers(0, 9)) :]
    path = tmp_path / "r.jsonl"
    path.write_bytes(f"{RECORD}\n{text}\n".encode("utf-8", "surrogatepass"))
    read_or_refused(path, "r.jsonl")


@same_folder
@given(st.sampled_from(sorted(json.loads(RECORD))), ANY)
def test_any_value_in_a_record_is_read_or_refused_by_line(tmp_path, field, value):
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps({**json.loads(RECORD), field: value}) + "\n", encoding="utf-8")
    read_or_refused(path, "r.jsonl")


@same_folder
@given(ANY | st.fixed_dictionaries({"schema": st.just(1), "points": ANY, "settings": ANY}))
def test_any_header_is_read_or_refused(tmp_path, header):
    path = tmp_path / "r.jsonl"
    path.write_text(RECORD + "\n", encoding="utf-8")
    path.with_name("r.jsonl" + HEADER_SUFFIX).write_text(json.dumps(header), encoding="utf-8")
    read_or_refused(path, "r.jsonl")
