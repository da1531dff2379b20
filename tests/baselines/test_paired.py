"""Paired changes: the interval, and a tolerance stated in its terms."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.baselines import Verdict, compare
from pytest_colordeg.baselines.limits import load
from pytest_colordeg.baselines.paired import Paired, paired
from pytest_colordeg.baselines.specs import Override
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.values import LOSSLESS, NotApplicable

from .fakes import METRICS, degradation, stored

BASE = {f"{i:02d}": {"error": 2.0 + i / 10} for i in range(24)}


def rows(changes, base=BASE):
    return {
        name: {"error": row["error"] + change}
        for (name, row), change in zip(base.items(), changes, strict=True)
    }


def now_of(changes):
    table = rows(changes)
    mean = statistics.fmean(row["error"] for row in table.values())
    return degradation({"error": mean}, images=table, rows=table)


@pytest.fixture(scope="module")
def baseline():
    return stored(now_of([0.0] * 24), metrics={"error": METRICS["error"]})


def judged(changes, baseline, allowed, **fields):
    now = now_of(changes)
    overrides = {"error": Override(paired=allowed)}
    return compare(now, baseline, {"error": METRICS["error"]}, overrides, **fields)


def test_the_interval_is_that_of_an_independent_bootstrap():
    draw = random.Random(3)
    changes = [draw.gauss(0.04, 0.05) for _ in range(24)]
    found = paired("error", rows(changes), BASE)
    assert found.mean == pytest.approx(statistics.fmean(changes))
    means = sorted(statistics.fmean(draw.choices(changes, k=24)) for _ in range(20_000))
    assert found.low == pytest.approx(means[500], abs=0.002)
    assert found.high == pytest.approx(means[19_500], abs=0.002)
    assert found.images == 24


def test_it_is_the_same_every_time_and_in_any_order():
    changes = [0.01 * ((7 * i) % 11) for i in range(24)]
    table = rows(changes)
    backwards = dict(reversed(table.items()))
    assert paired("error", table, BASE) == paired("error", backwards, BASE)
    # From the frozen stream of the seed: another figure is another promise.
    found = paired("error", table, BASE)
    assert (round(found.low, 6), round(found.high, 6)) == EXPECTED


EXPECTED = (0.03625, 0.061667)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30))
def test_the_interval_lies_within_the_changes(changes):
    base = {str(i): {"error": 0.0} for i in range(len(changes))}
    found = paired("error", rows(changes, base), base)
    slack = 1e-9
    assert min(changes) - slack <= found.low <= found.high <= max(changes) + slack


def test_tokens_and_lone_images_do_not_count():
    table = {"a": {"error": 1.0}, "b": {"error": LOSSLESS}, "c": {"error": NotApplicable("grey")}}
    assert paired("error", table, BASE | table) is None
    assert paired("error", {"a": {"error": 1.0}}, BASE) is None


def test_in_words():
    assert Paired(0.04, 0.03, 0.05, 24).text(2) == "+0.04 [+0.03, +0.05] over 24 images"


def test_a_paired_tolerance_forgives_single_images_but_not_their_mean(baseline):
    wild = [0.3 if i % 2 else -0.3 for i in range(24)]
    assert judged(wild, baseline, 0.15).verdict is Verdict.PASS
    assert judged([0.02] * 24, baseline, 0.03).verdict is Verdict.PASS
    assert judged([0.04] * 24, baseline, 0.03).verdict is Verdict.WORSE
    assert judged([-0.04] * 24, baseline, 0.03).verdict is Verdict.BETTER


def test_what_is_not_known_to_be_small_does_not_pass(baseline):
    """The mean is within the tolerance; the upper end of its interval is not."""
    changes = [0.5] * 2 + [0.0] * 22
    (verdict,) = judged(changes, baseline, 0.06).metrics
    assert verdict.change < 0.06 < verdict.paired.high
    assert verdict.verdict is Verdict.WORSE


def test_a_part_of_a_corpus_is_judged_by_its_own_interval(baseline):
    table = dict(list(rows([0.04] * 24).items())[:5])
    now = degradation({"error": 9.0}, images=table, rows=table, partial=True)
    overrides = {"error": Override(paired=0.03)}
    metrics = {"error": METRICS["error"]}
    assert compare(now, baseline, metrics, overrides).verdict is Verdict.WORSE
    alone = degradation({"error": 9.0}, images=["00"], rows=table, partial=True)
    found = compare(alone, baseline, metrics, overrides)
    assert found.verdict is Verdict.INCOMPARABLE
    assert "two images or more" in found.metrics[0].reason


def test_a_failing_aggregate_carries_its_interval(baseline):
    (verdict,) = compare(now_of([0.2] * 24), baseline, {"error": METRICS["error"]}).metrics
    assert verdict.verdict is Verdict.WORSE
    assert verdict.paired.text(2) == "+0.20 [+0.20, +0.20] over 24 images"
    (passing,) = compare(now_of([0.01] * 24), baseline, {"error": METRICS["error"]}).metrics
    assert passing.paired is None


def test_the_tolerance_is_written_in_limits_yaml():
    text = b"format: 1\ntolerances:\n- metrics:\n    error: {paired: 0.05}\n"
    found = load(text, "limits.yaml", {"error"}).overrides("jpeg", "photos")
    assert found == {"error": Override(paired=0.05)}
    with pytest.raises(ColordegError, match=r"limits.yaml:4: .*paired"):
        load(text.replace(b"0.05", b"-1"), "limits.yaml", {"error"})
