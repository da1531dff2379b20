"""Lines of progress: what they say, and that a run shows them."""

import pytest

import pytest_colordeg.progress  # noqa: F401  (inner runs take the patched one)
from pytest_colordeg.progress import progress_line


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ((0, 0, 6, 15.0, 144), "0 of 144 cells measured, 0 of 6 tests, 15 s"),
        ((14, 0, 6, 15.0, 144), "14 of 144 cells measured, 0 of 6 tests, 15 s"),
        (
            (36, 1, 6, 30.0, 144),
            "36 of 144 cells measured, 1 of 6 tests, 30 s, about 90 s left",
        ),
        # The number of cells is not known: of another process's cells, say.
        ((36, 3, 6, 30.0, 0), "36 cells measured, 3 of 6 tests, 30 s, about 30 s left"),
        ((36, 0, 6, 30.0, 0), "36 cells measured, 0 of 6 tests, 30 s"),
    ],
)
def test_time_left_is_told_once_a_tenth_is_done(counts, line):
    assert progress_line(*counts) == f"colordeg: {line}"


@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_a_long_run_tells_how_far_it_is(project, monkeypatch, arguments):
    if arguments:
        pytest.importorskip("xdist", reason="needs the extra xdist")
    monkeypatch.setattr("pytest_colordeg.progress._EVERY", 0.0)
    result = project.run(*arguments)
    known = (
        "* of 6 cells measured, * of 3 tests, * s left" if not arguments else "* cells measured*"
    )
    result.stdout.fnmatch_lines([f"colordeg: {known}"])


def test_a_short_run_tells_nothing(project):
    project.run().stdout.no_fnmatch_line("*cells measured, *")
