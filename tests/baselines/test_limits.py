"""Limits written by people: every slip is named by place, every number is held."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines import LimitResult, Limits, Override, evaluate, unreached
from pytest_colordeg.baselines.limits import load
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Degradation
from pytest_colordeg.values import LOSSLESS, NotApplicable, Value

from .fakes import METRICS, VALUES, degradation

NAMES = {*METRICS, "bpp"}


def limits(body: str) -> Limits:
    return load(f"format: 1\n{body}".encode(), "limits.yaml", NAMES)


def one(bound: str, value: Value | None, key: str = "metrics") -> LimitResult:
    """Hold one value against one bound."""
    values = {} if value is None else {"error": value}
    now = degradation({**values, "psnr": 1.0}, images=["a.png"])
    (result,) = evaluate(limits(f"limits:\n - {key}: {{error: {bound}}}\n"), now)
    assert result.fails is not result.passed
    assert bool(result.reason) is result.fails
    return result


@pytest.mark.parametrize("key", ["metrics", "images"])
@pytest.mark.parametrize(
    ("bound", "value", "reason"),
    [
        ("{max: 3}", 3.0, ""),
        ("{max: 3}", 3.0001, "above 3"),
        ("{min: 3}", 3.0, ""),
        ("{min: 3}", 2.9999, "below 3"),
        ("{min: -1e0, max: .5}", 0.0, ""),
        ("{min: -1, max: +1}", 1.5, "above 1"),
        ("{max: 3}", None, "not measured"),
        ("{max: 3}", math.nan, "nan is not a number"),
        ("{max: 3}", -math.inf, "-inf is not a number"),
        ("{min: 3}", math.inf, "inf is not a number"),
        ("{max: 3, or: [lossless, n/a]}", math.nan, "nan is not a number"),
        ("{min: 3}", LOSSLESS, "'lossless' is not a number"),
        ("{min: 3, or: n/a}", LOSSLESS, "'lossless' is not a number"),
        ("{min: 3, or: lossless}", LOSSLESS, ""),
        ("{min: 3, or: lossless}", 2.0, "below 3"),
        ("{max: 3}", NotApplicable("grey"), "'n/a: grey' is not a number"),
        ("{max: 3, or: [lossless, n/a]}", NotApplicable("grey"), ""),
    ],
)
def test_a_bound_holds_numbers_and_names_what_is_none(
    bound: str, value: Value | None, reason: str, key: str
) -> None:
    result = one(bound, value, key)
    assert result.reason == reason
    assert result.where == "limits.yaml:3"
    assert result.image == ("a.png" if key == "images" else None)


@pytest.mark.parametrize(
    ("scope", "codec", "corpus", "meant"),
    [
        ("", "jpeg", "photos", True),
        ("codecs: jpeg*,", "jpeg444", "photos", True),
        ("codecs: jpeg*,", "webp", "photos", False),
        ("codecs: [webp, 'jpeg?00'],", "jpeg200", "photos", True),
        ("codecs: [webp, 'jpeg?00'],", "jpeg2000", "photos", False),
        ("corpora: kodak,", "jpeg", "photos", False),
        ("corpora: kodak,", "jpeg", "kodak", True),
        ("codecs: JPEG,", "jpeg", "photos", False),
    ],
)
def test_globs_choose_codecs_and_corpora(scope: str, codec: str, corpus: str, meant: bool) -> None:
    found = limits(f"limits: [{{{scope} metrics: {{error: {{max: 1}}}}}}]")
    results = evaluate(found, degradation(codec=codec, corpus=corpus))
    assert [result.passed for result in results] == [False] * meant


def rate(bpp: Value, rung: int = 1) -> Degradation:
    return degradation({**VALUES, "bpp": bpp}, rung=rung)


def test_a_range_of_bpp_chooses_points_ends_included() -> None:
    found = limits("limits: [{bpp: [0.5, 1], metrics: {error: {max: 1}}}]")
    judged = {bpp: bool(evaluate(found, rate(bpp))) for bpp in (0.49, 0.5, 0.7, 1.0, 1.01)}
    assert judged == {0.49: False, 0.5: True, 0.7: True, 1.0: True, 1.01: False}


@pytest.mark.parametrize("bpp", [math.nan, NotApplicable("empty"), None])
def test_a_range_of_bpp_fails_when_bpp_is_not_known(bpp: Value | None) -> None:
    found = limits("limits: [{bpp: [0.5, 1], metrics: {error: {max: 9}}}]")
    (result,) = evaluate(found, degradation() if bpp is None else rate(bpp))
    assert result.fails
    assert "bpp is not known" in result.reason


def test_a_range_that_no_rung_reaches_is_told() -> None:
    found = limits("limits: [{bpp: [5, 6], metrics: {error: {max: 1}}}]")
    points = [rate(0.5, 1), rate(1.0, 2)]
    assert unreached(found, points) == ("limits.yaml:2: no rung has a bpp from 5 to 6",)
    assert unreached(found, [*points, rate(5.5, 3)]) == ()
    assert unreached(found, [replace(point, codec="x") for point in ()]) == ()


def test_images_are_held_one_by_one_and_in_a_part_too() -> None:
    found = limits("limits: [{metrics: {error: {max: 1}}, images: {psnr: {min: 25}}}]")
    now = degradation(rows={"b.png": {"psnr": 20.0}})
    assert [(r.metric, r.image, r.passed) for r in evaluate(found, now)] == [
        ("error", None, False),
        ("psnr", "a.png", True),
        ("psnr", "b.png", False),
    ]
    part = degradation(images=["b.png"], rows={"b.png": {"psnr": 20.0}}, partial=True)
    assert [(r.metric, r.image, r.passed) for r in evaluate(found, part)] == [
        ("psnr", "b.png", False)
    ]


def test_an_image_without_a_row_breaks_its_limit() -> None:
    found = limits("limits: [{images: {psnr: {min: 25}}}]")
    now = replace(degradation(), rows={})
    assert [result.reason for result in evaluate(found, now)] == ["not measured"] * 2


def test_every_entry_holds() -> None:
    found = limits("limits: [{metrics: {error: {max: 1}}}, {metrics: {error: {max: 3}}}]")
    assert [result.passed for result in evaluate(found, degradation())] == [False, True]


def test_later_tolerances_win_field_by_field() -> None:
    found = limits(
        "tolerances:\n"
        " - metrics: {error: {abs: 1, rel: 0.5}, psnr: {gated: false}}\n"
        " - {codecs: jpeg*, metrics: {error: {abs: 2, image_factor: 4}}}\n"
        " - {codecs: webp, metrics: {error: {abs: 9}}}\n"
        " - {corpora: kodak, metrics: {error: {abs: 0}}}\n"
    )
    assert found.overrides("jpeg", "photos") == {
        "error": Override(abs=2.0, rel=0.5, image_factor=4.0),
        "psnr": Override(gated=False),
    }
    assert found.overrides("jpeg", "kodak")["error"].abs == 0.0
    assert found.overrides("avif", "photos")["error"] == Override(abs=1.0, rel=0.5)


def test_entries_for_nobody_are_told() -> None:
    found = limits(
        "limits: [{codecs: jepg, metrics: {error: {max: 1}}}]\n"
        "tolerances: [{corpora: kodac, metrics: {error: {abs: 1}}}]\n"
    )
    assert found.unused({"jpeg"}, {"photos", "kodak"}) == (
        "limits.yaml:2: no codec and corpus falls under codecs jepg and corpora *",
        "limits.yaml:3: no codec and corpus falls under codecs * and corpora kodac",
    )
    assert found.unused({"jepg"}, {"kodac"}) == ()


def test_a_file_may_say_nothing() -> None:
    assert limits("") == Limits()


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        ("{}", "error: expected 'min' or 'max', found neither"),
        ("{or: n/a}", "error: expected 'min' or 'max', found nei"),
        ("{mx: 1}", "error: expected 'max', found 'mx'"),
        ("{max: three}", "max: expected a finite number, found 't"),
        ("{max: .nan}", "max: expected a finite number, found nan"),
        ("{max: .inf}", "max: expected a finite number, found inf"),
        ("{max: 1e999}", "max: expected a finite number, found inf"),
        ("{max: yes}", "max: expected a finite number, found 'yes'"),
        ("{max: true}", "max: expected a finite number, found True"),
        ("{max: }", "max: expected a finite number, found nothing"),
        ("{min: 2, max: 1}", "error: expected a min below the max"),
        ("{max: 1, or: all}", "or: expected 'lossless' or 'n/a'"),
        ("{max: 1, max: 2}", "expected each key once, found 'max'"),
    ],
)
def test_a_slip_in_a_bound_is_named_by_place(bound: str, message: str) -> None:
    with pytest.raises(ColordegError) as caught:
        limits(f"limits: [{{metrics: {{error: {bound}}}}}]")
    assert str(caught.value).startswith(f"limits.yaml:2: {message}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("limit: []", "2: the file: expected 'limits', found 'limit'"),
        ("limits: {}", "2: limits: expected a list, found a mapping"),
        ("limits: [3]", "2: limits: expected a mapping, found 3"),
        ("limits: [{codecs: x}]", "2: limits: expected 'metrics' or 'images', found neither"),
        ("limits: [{metrics: {}}]", "2: metrics: expected at least one metric, found none"),
        ("limits:\n- metrics:\n   eror: {max: 1}", "4: metrics: expected 'error', found 'eror'"),
        ("limits: [{metrics: {error: 3}}]", "2: error: expected a mapping, found 3"),
        (
            "limits: [{codecs: [], metrics: {error: {max: 1}}}]",
            "2: codecs: expected text, found a l",
        ),
        ("limits: [{codecs: 3, metrics: {error: {max: 1}}}]", "2: codecs: expected text, found 3"),
        ("limits: [{bpp: 1, metrics: {error: {max: 1}}}]", "2: bpp: expected a list, found 1"),
        ("limits: [{bpp: [1], metrics: {error: {max: 1}}}]", "2: bpp: expected two numbers"),
        ("limits: [{bpp: [2, 1], metrics: {error: {max: 1}}}]", "2: bpp: expected the lower bpp f"),
        ("limits: [{bpp: [-1, 1], metrics: {error: {max: 1}}}]", "2: bpp: expected a number of at"),
        ("tolerances: [{codecs: x}]", "2: tolerances: expected the key 'metrics', found none"),
        ("tolerances: [{bpp: [1, 2]}]", "2: tolerances: expected one of metrics, codecs, corpora"),
        ("tolerances: [{metrics: {error: {}}}]", "2: error: expected some of abs, rel, image_f"),
        ("tolerances: [{metrics: {error: {abs: -1}}}]", "2: abs: expected a number of at least 0"),
        (
            "tolerances: [{metrics: {error: {gated: 1}}}]",
            "2: gated: expected true or false, found 1",
        ),
        (
            "tolerances: [{metrics: {error: {gated: no}}}]",
            "2: gated: expected true or false, found",
        ),
        ("tolerances: [{metrics: {odd: {abs: 1}}}]", "2: metrics: expected one of "),
    ],
)
def test_a_slip_is_named_by_place(body: str, message: str) -> None:
    with pytest.raises(ColordegError) as caught:
        limits(body)
    assert str(caught.value).startswith(f"limits.yaml:{message}")


@pytest.mark.parametrize("content", [b"", b"limits: []", b"format: 9\nlimits: []", b"\xff\xfe"])
def test_a_file_of_no_or_another_format_is_refused(content: bytes) -> None:
    with pytest.raises(ColordegError, match=r"limits.yaml:1: .*expected .*, found "):
        load(content, "limits.yaml", NAMES)


GOOD = """\
format: 1
limits:
  - codecs: [jpeg*, webp]
    corpora: photos
    bpp: [0.5, 1.5]
    metrics:
      error: {max: 3.0}
      psnr: {min: 30, or: lossless}
tolerances:
  - codecs: avif
    metrics:
      bpp: {rel: 0.01, image_factor: 3, gated: true}
"""
PLACE = re.compile(r"limits\.yaml:\d+: [^\n]*expected [^\n]+, found [^\n]+")
PIECES = st.sampled_from(
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
        "1e999",
        "{",
        "]",
        '"',
        "\\",
        ", ",
        "\0",
    ]
)


def refused_or_read(data: bytes) -> None:
    try:
        load(data, "limits.yaml", NAMES)
    except ColordegError as error:
        message = str(error)
    else:
        return
    assert PLACE.fullmatch(message), message


def test_the_text_under_test_is_good() -> None:
    assert len(load(GOOD.encode(), "limits.yaml", NAMES).limits) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_limits_or_one_clear_error(data: bytes) -> None:
    refused_or_read(data)
    refused_or_read(b"format: 1\nlimits:\n" + data)


@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 8), PIECES | st.text(max_size=4)),
        min_size=1,
        max_size=3,
    )
)
def test_any_edits_give_limits_or_one_clear_error(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    refused_or_read(text.encode("utf-8", "surrogatepass"))


def test_an_alias_bomb_and_a_repeated_key_are_refused() -> None:
    for body in ("limits: &a [*a]\n", "limits: []\nlimits: []\n"):
        with pytest.raises(ColordegError, match=r"limits\.yaml:\d+: "):
            limits(body)
