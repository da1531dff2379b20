"""Rows read the quick way are the rows that the careful way reads, or the same refusal."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_colordeg.baselines.columns import Columns
from pytest_colordeg.baselines.rows import Layout, Row, Rows
from pytest_colordeg.baselines.syntax import Node
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value

USUAL = {"error": None, "hue": NotApplicable("grey"), "psnr": None}
IMAGES = dict.fromkeys(("a.png", "b c.png", '"q', "d, e"), "sha")
GOOD = ["1.5", "-0.0", "0", "-12.0000", "lossless", "n/a: no pixels", "1e-3", "9" * 99]
BAD = ["n/a", "nan", "-inf", "1_0", "", "-", ".5", "5.", "+1", "1e999", "9" * 400, "٣", "1.5 ",
       " 1.5", "n/a:", "n/a:  ", "lossless ", "0x1", "1.2.3", "1-2", "n/a: a,b", '"1.5"', 'x"',
       '"n/a: a, b"', "1.5,", "1.5\x85", "n/a: a\tb", "1.5\n"]  # fmt: skip
CELLS = st.sampled_from(GOOD) | st.sampled_from(BAD) | st.text('0123456789.-+en/a:, _"', max_size=8)
NAMES = st.sampled_from(["a.png", "b c.png", '"q', '"\\"q"', '"d, e"', "z.png", ""])
LINES = st.lists(
    st.tuples(NAMES, st.lists(CELLS, min_size=2, max_size=4)).map(
        lambda p: ", ".join((p[0], *p[1]))
    ),
    max_size=5,
)


def read(lines: list[str], images: Mapping[str, str]) -> object:
    """The rows of a table as plain data, or what its refusal says."""
    text = "\n".join(("image, error, hue, psnr", *lines)) + "\n"
    node = Node(text, "jpeg.yaml", 10, "rows")
    try:
        rows = Columns(USUAL).rows(node, images)
    except ColordegError as error:
        return str(error)
    # As text: -0.0 equals 0.0, and must not become it.
    return {
        image: {name: repr(value) for name, value in row.items()} for image, row in rows.items()
    }


def careful(lines: list[str], images: Mapping[str, str]) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layout, "plain", lambda self, cells: False)
        return read(lines, images)


@given(LINES)
@example(["a.png, 1.5, n/a, lossless"])
@example(['"q, 1.5, 1.5, 1.5'])
@example(["a.png, 1.5, 1.5, 1.5", "a.png, 1.5, 1.5, 1.5"])
@example(["a.png, 1.5, 1.5, 1.5, "])
def test_both_ways_read_or_refuse_the_same(lines: list[str]) -> None:
    assert read(lines, IMAGES) == careful(lines, IMAGES)
    named = {line.split(", ")[0]: "sha" for line in lines}
    assert read(lines, named) == careful(lines, named)


@given(st.sampled_from(GOOD + BAD), st.sampled_from([0, 1, 2]))
def test_one_odd_cell_is_read_or_refused_the_same(cell: str, place: int) -> None:
    cells = ["1.5", "n/a", "lossless"]
    cells[place] = cell
    lines = [f"a.png, {', '.join(cells)}"]
    assert read(lines, {"a.png": "sha"}) == careful(lines, {"a.png": "sha"})


@given(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3), st.integers(0, 12))
def test_a_plain_line_of_numbers_is_not_read_carefully(numbers: list[float], digits: int) -> None:
    texts = [f"{number:.{digits}f}" for number in numbers]
    assert Layout(USUAL).plain(", ".join(texts))
    row = Row(", ".join(texts), Layout(USUAL))
    assert dict(row) == dict(zip(USUAL, map(float, texts), strict=True))


@pytest.mark.parametrize("line", ["a.png", "a.png, ", "a.png, 1.5"])
def test_a_table_without_metrics_is_read_carefully(line: str) -> None:
    node = Node(f"image\n{line}\n", "jpeg.yaml", 10, "rows")
    if line == "a.png":
        assert Columns(USUAL).rows(node, {"a.png": "sha"}) == {"a.png": {}}
    else:
        with pytest.raises(ColordegError, match="0 values for"):
            Columns(USUAL).rows(node, {"a.png": "sha"})


def test_rows_are_mappings_like_any_other() -> None:
    layout = Layout(USUAL)
    plain: Mapping[str, Value] = {"error": 1.5, "hue": NotApplicable("grey"), "psnr": LOSSLESS}
    rows = Rows(layout, {"a.png": "1.5, n/a, lossless", "b.png": plain})
    assert rows == {"a.png": plain, "b.png": plain}
    assert {"a.png": plain, "b.png": plain} == rows
    assert rows != {"a.png": plain}
    assert "a.png" in rows
    assert "c.png" not in rows
    assert "error" in rows["a.png"]
    assert "terror" not in rows["a.png"]
    assert {"error", "bpp"} - rows["a.png"].keys() == {"bpp"}
    assert rows["a.png"].get("bpp") is None
    with pytest.raises(KeyError):
        rows["a.png"]["bpp"]
    assert "1.5" in repr(rows)
