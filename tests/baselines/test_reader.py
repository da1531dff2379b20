"""Whatever a file holds, it is either a baseline or one error with file and line."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines.reader import load
from pytest_colordeg.baselines.syntax import MAX_DEPTH
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.values import LOSSLESS, NotApplicable

from .fakes import degradation, stored

BASELINE = stored(
    degradation(rung=1, rows={"b.png": {"psnr": LOSSLESS, "extra": NotApplicable('grey, "all"')}}),
    degradation(rung=2),
)
TEXT = dump(BASELINE)
PLACE = re.compile(r"jpeg\.yaml:(\d+): .*expected .+, found .+", re.DOTALL)


def refused(data: bytes | str) -> tuple[int, str]:
    """Load what must be refused; give the line and the whole message."""
    data = data.encode() if isinstance(data, str) else data
    with pytest.raises(ColordegError) as caught:
        load(data, "jpeg.yaml", "jpeg")
    match = PLACE.fullmatch(str(caught.value))
    assert match, caught.value
    return int(match[1]), str(caught.value)


def line_of(start: str, text: str = TEXT) -> int:
    """Give the number of the first line that starts so, spaces apart."""
    lines = [line.strip() for line in text.splitlines()]
    return next(i for i, line in enumerate(lines, start=1) if line.startswith(start))


def test_the_text_under_test_is_good() -> None:
    assert load(TEXT.encode(), "jpeg.yaml", "jpeg") == BASELINE


@pytest.mark.parametrize(
    ("old", "new", "start", "words"),
    [
        ("format: 1", "format: 2", "format", "upgrade"),
        ("format: 1", "format: 0", "format", "found 0"),
        ("format: 1", "format: one", "format", "found 'one'"),
        ("format: 1\n", "", "codec", "'format', found none"),
        ("codec: jpeg", "codec: webp", "codec", "'jpeg', as the file's name says, found 'webp'"),
        ("codec: jpeg", "codec:", "codec", "found nothing"),
        ("codec: jpeg", "codek: jpeg", "codek", "expected 'codec', found 'codek'"),
        ("history:", "wishes:", "wishes", "found 'wishes'"),
        ("a.png, 2.0000", "a.png, nan", "a.png, nan", "for error, found 'nan'"),
        ("a.png, 2.0000", "a.png, .nan", "a.png, .nan", "for error, found '.nan'"),
        ("a.png, 2.0000", "a.png, inf", "a.png, inf", "for error, found 'inf'"),
        ("a.png, 2.0000", "a.png, 1e999", "a.png, 1e999", "for error, found '1e999'"),
        ("a.png, 2.0000", "a.png, 2_0.0", "a.png, 2_0.0", "for error, found '2_0.0'"),
        ("a.png, 2.0000", "a.png, n/a: ", "a.png, n/a", "for error, found 'n/a: '"),
        ("a.png, 2.0000", "a.png, n/a", "a.png, n/a", "for error, found 'n/a'"),
        ("b.png, 2.0000, n/a", "b.png, nan, n/a", "b.png, nan", "for error, found 'nan'"),
        ("b.png, 2.0000, n/a", "b.png, 2_0, n/a", "b.png, 2_0", "for error, found '2_0'"),
        ("b.png, 2.0000, n/a", "b.png, n/a, n/a", "b.png, n/a", "for error, found 'n/a'"),
        ("a.png, 2.0000", "a.png, true", "a.png, true", "for error, found 'true'"),
        ("a.png, 2.0000", "a.png", "a.png, 1.0000, 30", "4 values for a.png, found 3"),
        (
            "a.png, 2.0000",
            "z.png, 2.0000",
            "z.png, 2",
            "an image that 'images' lists, found 'z.png'",
        ),
        (
            "a.png, 2.0000",
            "b.png, 2.0000",
            "b.png, 2.0000, n/a",
            "each name once, found 'b.png' again",
        ),
        ("a.png, 2.0000", '"a.png, 2.0000', '"a.png', "malformed cell at column 1"),
        ("image, error", "image, terror", "image, terror", "found 'terror'"),
        ("image, error, extra", "image, error, error", "image, error", "found 'error'"),
        ("image, error", "picture, error", "picture", "the header 'image'"),
        ("image, sha256", "image, md5", "image, md5", "the header 'image, sha256'"),
        ("a.png, sha of a.png", "a.png", "a.png", "an image and its sha256"),
        ("a.png, sha of a.png", "b.png, x", "b.png, sha", "'b.png' again"),
        ("metric, value, images", "metric, value", "metric, value", "the header"),
        ("error, 2.0000, 2", "error, 2.0000, 3", "error, 2.0000, 3", "at most 2 images"),
        ("error, 2.0000, 2", "error, 2.0000, -1", "error, 2.0000, -1", "at most 2 images"),
        ("error, 2.0000, 2", "error, NaN, 2", "error, NaN", "found 'NaN'"),
        ("error, 2.0000, 2", "terror, 2.0000, 2", "terror", "that 'metrics' defines"),
        ("error, 2.0000, 2", "psnr, 2.0000, 2", "psnr, 30", "each name once"),
        ("parameters: {level: 50}", "parameters: {level: .nan}", "parameters", "a finite number"),
        ("parameters: {level: 50}", "parameters: {level: }", "parameters", "found nothing"),
        ("parameters: {level: 50}", "parameters: [50]", "parameters", "a mapping, found a list"),
        ("parameters: {level: 50}", "parameters: {level: [5]}", "parameters", "found a list"),
        ("parameters: {level: 50}", "parameters: {a: 1, a: 2}", "parameters", "'a' again"),
        ("digits: 4", "digits: 99", "error: {", "a whole number from 0 to 12, found 99"),
        ("digits: 4", "digits: four", "error: {", "a whole number, found 'four'"),
        ("digits: 4", "digits: true", "error: {", "a whole number, found True"),
        ("      1:", "      0:", "0:", "a rung from 1"),
        ("      1:", "      x:", "x:", "a rung from 1"),
        ("rows: |", "rows: {}", "rows: {}", "well-formed YAML"),
        ("rows: |\n", "rows: text\n", "image, error", "the header 'image'"),
        ("aggregates: |", "aggregates: [", "image, error", "well-formed YAML"),
        ("format: 1", "format: &a 1", "format", "an anchor"),
        ("codec: jpeg", "codec: *a", "codec", "an alias"),
        ("codec: jpeg", "codec: !!python/name:os.system jpeg", "codec", "a tag"),
        ("codec: jpeg", "codec: !x jpeg", "codec", "a tag"),
        ("codec: jpeg", "codec: jpeg\ncodec: jpeg", "history", "'codec' again (first on line 6)"),
        ("codec: jpeg", "codec: jpeg\x07", "codec", "the character '\\x07'"),
        ("codec: jpeg", "\tcodec: jpeg", "codec", "well-formed YAML"),
        ("codec: jpeg", "codec: jpeg\n---\nformat: 1", "---", "one document"),
        ("codec: jpeg", "? [a, b]\n: jpeg", "? [a", "a plain key"),
        ("\n...\n", "\n", "b.png, 2.0000, 1.0000, 30.000, -0.5000", "cut short"),
    ],
)
def test_a_broken_file_is_refused_where_it_is_broken(
    old: str, new: str, start: str, words: str
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    line, message = refused(text)
    assert words in message
    lines = text.splitlines()
    near = [lines[i].strip() for i in range(max(0, line - 2), min(len(lines), line + 1))]
    assert any(content.startswith(start) for content in near), (line, near)


def test_the_named_line_is_exact_in_the_last_table() -> None:
    lines = TEXT.splitlines(keepends=True)
    where = max(i for i, line in enumerate(lines) if "a.png, 2.0000" in line)
    lines[where] = lines[where].replace("2.0000", "nan")
    assert refused("".join(lines))[0] == where + 1


def test_a_missing_row_names_its_image() -> None:
    line = next(line for line in TEXT.splitlines(keepends=True) if "a.png, 2.0000" in line)
    assert "a row for the image a.png" in refused(TEXT.replace(line, "", 1))[1]


@pytest.mark.parametrize("usual", ['" "', "[]", "5"])
def test_a_usual_reason_is_text(usual: str) -> None:
    line, message = refused(re.sub("n/a: .*, def", f"n/a: {usual}, def", TEXT, count=1))
    assert line == line_of("extra: {")
    assert "n/a: expected text" in message


def test_a_file_cut_anywhere_is_refused() -> None:
    for cut in range(0, len(TEXT.rstrip()), 3):
        refused(TEXT[:cut])


@pytest.mark.parametrize(
    "content", ["", "\n", "# nothing\n", "...\n", "null\n", "[]\n", "42\n", "---\n"]
)
def test_what_is_no_mapping_is_refused(content: str) -> None:
    assert refused(content)[0] <= 2


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"),
        lambda text: text + b"\n\n",
    ],
    ids=["crlf", "bom", "both", "blank lines"],
)
def test_what_editors_do_to_text_is_accepted(change: object) -> None:
    assert callable(change)
    assert load(change(TEXT.encode()), "jpeg.yaml", "jpeg") == BASELINE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    assert refused(TEXT.encode(encoding))[0] == 1


def test_a_byte_that_is_no_utf8_is_refused_on_its_line() -> None:
    line, message = refused(TEXT.encode().replace(b"codec: jpeg", b"codec: jp\xffeg"))
    assert line == line_of("codec")
    assert "0xff" in message


def test_yaml_without_its_c_library_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert load(TEXT.encode(), "jpeg.yaml", "jpeg") == BASELINE
    assert "an anchor" in refused(TEXT.replace("format: 1", "format: &a 1"))[1]
    assert refused(TEXT.replace("codec: jpeg", "codec: jpeg\x07"))[0] == line_of("codec")
    assert refused(TEXT.replace("codec: jpeg", "codec: ["))[0] >= line_of("codec")


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{last}, *{last}]\n"
        for last, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    line, message = refused(bomb)
    assert line == 1
    assert "anchor" in message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening: str) -> None:
    assert (
        f"at most {MAX_DEPTH} levels"
        in refused("format: 1\na: " * (opening != "- ") + opening * 5000)[1]
    )


def test_more_values_than_any_baseline_has_are_refused() -> None:
    assert "at most 100000 values" in refused("format: 1\nx: [" + "1," * 100_001 + "]\n")[1]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_baseline_or_one_clear_error(data: bytes) -> None:
    refused(data)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(TEXT)),
            st.integers(0, 8),
            st.one_of(
                st.sampled_from(
                    [
                        "\n",
                        "  ",
                        ": ",
                        "- ",
                        "|",
                        "&a ",
                        "*a",
                        "!!x ",
                        "nan",
                        "{",
                        "]",
                        '"',
                        "\\",
                        ", ",
                    ]
                ),
                st.text(max_size=4),
            ),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_edits_give_a_baseline_or_one_clear_error(edits: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    data = text.encode("utf-8", "surrogatepass")
    try:
        baseline = load(data, "jpeg.yaml", "jpeg")
    except ColordegError as error:
        message = str(error)
    else:
        assert load(dump(baseline).encode(), "jpeg.yaml", "jpeg") == baseline
        return
    assert PLACE.fullmatch(message), message
