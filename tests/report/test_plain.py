"""Findings survive the way between processes and through files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines.verdicts import Comparison, MetricVerdict, Verdict
from pytest_colordeg.findings import Change, Findings, Picture, findings_to_json
from pytest_colordeg.gate.findings import make_findings
from pytest_colordeg.report.plain import (
    findings_from_json,
    point_from_json,
    point_to_json,
)
from pytest_colordeg.values import LOSSLESS, NotApplicable

from .samples import failing, point

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=20)
values = st.one_of(
    numbers, st.just(LOSSLESS), st.builds(NotApplicable, st.text(min_size=1).filter(str.strip))
)
maybe = st.none() | numbers
changes = st.builds(
    Change,
    metric=texts,
    verdict=texts,
    baseline=st.none() | values,
    now=st.none() | values,
    change=maybe,
    allowed=maybe,
    gated=st.booleans(),
    fails=st.booleans(),
    image=st.none() | texts,
    reason=texts,
)
pictures = st.builds(Picture, texts, texts, texts, st.dictionaries(texts, texts, max_size=2), texts)
findings = st.builds(
    Findings,
    texts,
    texts,
    st.lists(texts, max_size=2).map(tuple),
    st.lists(changes, max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(pictures, max_size=2).map(tuple),
    texts,
    texts,
    st.dictionaries(texts, values, max_size=3),
)


@given(findings)
def test_findings_survive_json(found):
    text = json.dumps(findings_to_json(found), allow_nan=False)
    assert findings_from_json(json.loads(text)) == found


def test_a_point_survives_json():
    whole = failing("jpeg", 2)
    plain = json.loads(json.dumps(point_to_json(whole)))
    assert "cells" not in plain
    assert point_from_json(plain, whole.cells) == whole


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("rung", "1"),
        ("rung", True),
        ("codec", None),
        ("tests", 3),
        ("findings", []),
        ("findings", {}),
    ],
)
def test_what_is_no_point_is_refused(key, wrong):
    plain = point_to_json(point()) | {key: wrong}
    with pytest.raises(ValueError, match="not "):
        point_from_json(plain, ())


def test_values_that_are_no_values_are_refused():
    plain = findings_to_json(failing().findings)
    plain["stored"]["bpp"] = float("nan")
    with pytest.raises(ValueError, match="nan"):
        findings_from_json(plain)


def test_findings_of_a_comparison_keep_what_is_gated_or_moved_and_put_nan_in_words():
    def verdict(metric, word, now, gated=True):
        return MetricVerdict(metric, word, 1.0, now, change=now - 1.0, allowed=0.1, gated=gated)

    comparison = Comparison(
        "jpeg",
        1,
        "photos",
        "cpu",
        metrics=(
            verdict("bpp", Verdict.PASS, 1.0),
            verdict("psnr.rgb", Verdict.INCOMPARABLE, float("nan")),
            verdict("delta_h", Verdict.PASS, 1.0, gated=False),
            verdict("delta_l", Verdict.CHANGED, 2.0, gated=False),
        ),
        compared_images=1,
    )
    found = make_findings(comparison, worst=[("a", "bpp 1")], exhibits=[])
    assert [change.metric for change in found.changes] == ["bpp", "psnr.rgb", "delta_l"]
    broken = found.changes[1]
    assert broken.now == NotApplicable("not a number (nan)")
    assert broken.change is None
    assert broken.fails
    assert found.pictures == (Picture("a", "bpp 1", problem="it could not be coded again"),)
    json.dumps(findings_to_json(found), allow_nan=False)
