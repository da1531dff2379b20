"""GitHub's summary and annotations: short, and nothing in them is markup that we did not write."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report import outputs
from pytest_colordeg.report.github import append_summary, error_lines, summary_markdown

from .samples import HOSTILE, cell, failing, point, run

GOLDEN = Path(__file__).parent / "golden"


def test_the_summary_of_a_failing_run_is_the_golden_file():
    data = run(problems=["required codec avif was not measured"])
    assert summary_markdown(data) == (GOLDEN / "summary.md").read_text("utf-8")


def test_a_passing_run_says_so_first():
    assert summary_markdown(run([point()])).startswith("## ✅ Colours are kept: 1 operating point")


def test_hostile_names_are_neither_html_nor_markdown():
    bad = replace(failing(HOSTILE, causes=(HOSTILE,)), failure=HOSTILE, corpus="a|b`c`[d](e)")
    text = summary_markdown(run([bad], problems=[HOSTILE]))
    assert "<img" not in text
    assert "\x1b" not in text
    assert "[d](e)" not in text
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.count(" | ") for line in table[:3]} == {3}
    tags = set(re.findall(r"</?(\w+)", text))
    assert tags == {"details", "summary", "pre"}


def test_a_failure_text_stays_in_its_block():
    bad = replace(failing(), failure="one\n\n</pre># two\n\n\nthree")
    text = summary_markdown(run([bad]))
    # CommonMark ends such a block at </pre> alone, and at no blank line.
    assert "\n<pre>one\n\n&lt;/pre&gt;# two\n\n\nthree</pre>\n" in text


def test_a_long_summary_is_cut_below_githubs_limit():
    points = [replace(failing(f"codec{i}"), failure="x" * 60_000) for i in range(60)]
    text = summary_markdown(run(points))
    assert len(text.encode()) < 1_000_000
    assert "too long" in text
    assert "60 of 60" in text


def test_an_annotation_stands_at_the_tests_file_in_one_line():
    (line,) = error_lines(run([failing()]))
    assert line == (
        "::error file=test_color.py,title=colordeg%3A jpeg-r1 on photos::worse: delta_e00.mean"
        "%0AProbable cause: subsampling 4:4:4 → 4:2:0 (read back from the files)"
    )


def test_an_annotation_cannot_be_broken_out_of():
    bad = replace(failing(HOSTILE, headline=HOSTILE + "100%"), tests=("a,b:c%.py::test",))
    (line,) = error_lines(run([bad]))
    assert "\n" not in line
    assert "\x1b" not in line
    assert line.startswith("::error file=a%2Cb%3Ac%25.py,title=")
    assert line.endswith("%0AProbable cause: subsampling 4:4:4 → 4:2:0 (read back from the files)")
    assert "100%25" in line


def test_more_than_ten_failures_end_in_a_count():
    lines = error_lines(run([failing(f"codec{i:02d}") for i in range(14)]))
    assert len(lines) == 10
    assert "5 more operating points fail" in lines[-1]


def test_problems_are_annotated_too():
    lines = error_lines(run([point(verdict="error", cells=[cell(error="no")])], problems=["p"]))
    assert lines[-1] == "::error title=colordeg::p"


def test_outside_of_github_there_is_nothing(monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    assert outputs.error_lines(run()) == []
    assert outputs.write(run(), None) == []


def test_the_summary_is_added_to_what_other_steps_wrote(monkeypatch, tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    outputs.write(run(), None)
    assert path.read_text("utf-8") == "before\n" + summary_markdown(run())


def test_a_summary_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(ColordegError, match="job summary cannot be written"):
        append_summary(tmp_path / "none" / "summary.md", run())
