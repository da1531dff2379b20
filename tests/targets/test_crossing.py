"""Targets on a ladder and on a dial."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.targets.crossing import Step, crossing
from pytest_colordeg.targets.search import search
from pytest_colordeg.targets.target import Target, target
from pytest_colordeg.values import LOSSLESS, NotApplicable

LADDER = [
    Step("r1", {"bpp": 0.25, "psnr.rgb": 28.0, "delta_e00.mean": 4.0}),
    Step("r2", {"bpp": 0.50, "psnr.rgb": 31.0, "delta_e00.mean": 3.0}),
    Step("r3", {"bpp": 1.00, "psnr.rgb": 34.0, "delta_e00.mean": 2.0}),
]


def test_a_rate_is_interpolated_by_its_logarithm():
    found = crossing("c", target({"bpp": math.sqrt(0.5)}), LADDER)
    assert found["psnr.rgb"] == pytest.approx(32.5)
    assert found["delta_e00.mean"] == pytest.approx(2.5)
    assert (found.below.label, found.above.label) == ("r2", "r3")
    assert str(found) == "c at bpp 0.707107: between r2 (0.5) and r3 (1)"
    assert found.between("delta_e00.mean") == "2.5, between r2 3 and r3 2"


def test_another_metric_is_interpolated_as_it_is():
    found = crossing("c", target({"delta_e00": 3.25}), LADDER)
    assert found["delta_e00.mean"] == 3.25
    assert found["psnr.rgb"] == pytest.approx(30.25)
    assert found["bpp"] == pytest.approx(0.25 * 2**0.75)


def test_a_rung_that_is_met_is_given_as_it_is():
    found = crossing("c", target({"bpp": 0.5}), LADDER)
    assert dict(found.values) == LADDER[1].values
    assert found.below is found.above
    assert str(found) == "c at bpp 0.5: r2"


@pytest.mark.parametrize("wanted", [{"bpp": 0.2}, {"psnr": 34.1}, {"delta_e00": 1.0}])
def test_out_of_reach_is_said_with_the_reach(wanted):
    with pytest.raises(ColordegError, match=r"c reaches \S+ \S+ to \S+: \S+ is out of reach"):
        crossing("c", target(wanted), LADDER)


def test_a_ladder_that_turns_back_has_no_one_point():
    ladder = [*LADDER, Step("r4", {"bpp": 0.9, "psnr.rgb": 35.0, "delta_e00.mean": 1.5})]
    with pytest.raises(ColordegError, match=r"bpp does not rise from r3 \(1\) to r4 \(0.9\)"):
        crossing("c", target({"bpp": 0.4}), ladder)
    assert crossing("c", target({"psnr": 29.5}), ladder)["psnr.rgb"] == 29.5


def test_tokens_never_become_numbers():
    ladder = [
        LADDER[0],
        Step("r2", {"bpp": 1.0, "psnr.rgb": LOSSLESS, "delta_e00.mean": 0.0}),
    ]
    found = crossing("c", target({"bpp": 0.5}), ladder)
    assert found["psnr.rgb"] == NotApplicable("between 28.0 and lossless there is no number")
    with pytest.raises(ColordegError, match="r2 gave lossless"):
        crossing("c", target({"psnr": 30}), ladder)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({}, "one metric and its value"),
        ({"bpp": 1, "ssim": 0.9}, "one metric and its value"),
        ({"bbp": 1}, "no metric 'bbp'"),
        ({"delta_c": 1}, "orders no ladder"),
        ({"bpp": 0}, "cannot be 0"),
        ({"ssim": float("nan")}, "cannot be nan"),
    ],
)
def test_what_is_no_target(wanted, message):
    with pytest.raises(ColordegError, match=message):
        target(wanted)


@given(st.integers(2, 300), st.floats(0.02, 0.98), st.lists(st.integers(0, 299), max_size=8))
def test_bisection_finds_the_neighbours_in_few_looks(count, share, known):
    steps = tuple(range(count, 0, -1))  # a quantiser: 1 makes the largest file
    looked = []

    def measure(value):
        looked.append(value)
        bpp = 8.0 / value
        return {"bpp": bpp, "psnr.rgb": 20 + 10 * bpp}

    wanted = 8.0 * (1 / count) ** share
    found = search("c", Target("bpp", wanted), Dial("q", steps), measure, known)
    assert len(looked) == len(set(looked)) <= 2 * math.log2(count) + 4 + math.log2(len(known) + 1)
    assert found.below.values["bpp"] <= wanted * (1 + 1e-12)
    assert found.above.values["bpp"] >= wanted * (1 - 1e-12)
    sides = [int(step.label.removeprefix("q=")) for step in (found.below, found.above)]
    assert sides[0] - sides[1] in (0, 1)


def test_a_curve_that_is_nearly_even_needs_few_looks():
    looked = []

    def measure(value):
        looked.append(value)
        return {"bpp": 0.05 * 1.08**value * (1 + 0.1 * math.sin(value / 9))}

    for wanted in (0.1, 0.5, 1.7):
        looked.clear()
        search("c", Target("bpp", wanted), Dial("q", range(100)), measure)
        assert len(looked) <= 7  # of 100; halving alone takes 8 or 9


def test_ripples_of_a_dial_do_no_harm_away_from_the_target():
    steps = [Step(f"q={i}", {"bpp": bpp}) for i, bpp in enumerate([0.1, 0.4, 0.38, 0.6])]
    found = crossing("c", Target("bpp", 0.2), steps, ripple=0.15)
    assert (found.below.label, found.above.label) == ("q=0", "q=1")
    with pytest.raises(ColordegError, match=r"bpp crosses 0.39 more than once: q=0 0.1, q=1 0.4"):
        crossing("c", Target("bpp", 0.39), steps, ripple=0.15)
    with pytest.raises(ColordegError, match=r"bpp does not rise from q=1 \(0.4\) to q=2"):
        crossing("c", Target("bpp", 0.2), steps)


def test_bisection_sees_a_dial_that_turns_back():
    dial = Dial("q", range(9))
    rates = [0.1, 0.2, 0.05, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    with pytest.raises(ColordegError, match=r"does not rise from q=0 \(0.1\) to q=2"):
        search("c", Target("bpp", 0.35), dial, lambda value: {"bpp": rates[value]})


def test_bisection_says_the_reach():
    with pytest.raises(ColordegError, match="c reaches bpp 1 to 9: 10 is out of reach"):
        search("c", Target("bpp", 10), Dial("q", range(1, 10)), lambda value: {"bpp": float(value)})
