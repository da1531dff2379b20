"""The shipped experiments: run as users run them, and their claims on ladders of known colour."""

import re
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.experiments import graceful, learning, matched
from pytest_colordeg.experiments.claim import Claim, NotTestableError, evaluate
from pytest_colordeg.metrics.ladder import cumulative_change
from pytest_colordeg.records import Degradation
from pytest_colordeg.targets.crossing import Step, crossing
from pytest_colordeg.targets.target import target

LEARNED = graceful.LEARNED
CLASSICAL = ("jpeg", "jpeg2000", "jpegxl")
CLAIMS = {claim.id: claim for module in (graceful, matched, learning) for claim in module.CLAIMS}


@dataclass
class FakeLadder:
    """Rungs from lists of values, the smallest file first; counts an image from `counts`."""

    codec: str
    bpp: list
    metrics: dict = field(default_factory=dict)
    counts: dict = field(default_factory=dict)

    def steps(self):
        return [
            Step(f"r{i}", {"bpp": rate, **{name: row[i] for name, row in self.metrics.items()}})
            for i, rate in enumerate(self.bpp)
        ]

    @property
    def rungs(self):
        return {
            rung: Degradation(
                *(self.codec, rung, "", "", "", {}, {}, {}, {}, {}),
                {name: {"unique_ab.count": float(row[rung])} for name, row in self.counts.items()},
                {},
            )
            for rung in range(len(self.bpp))
        }

    def at(self, *, interpolate=False, **wanted):
        return crossing(self.codec, target(wanted), self.steps())

    def curve(self, metric):
        return [(step.values["bpp"], step.values[metric]) for step in self.steps()]

    def change(self):
        return cumulative_change({name: row[::-1] for name, row in self.counts.items()})


class FakeStudy(dict):
    def ladder(self, codec):
        if codec not in self:
            raise NotTestableError(f"there is no codec {codec} yet")
        return self[codec]


def counted(codec, *rows):
    return FakeLadder(codec, [0.1, 0.2, 0.4], counts=dict(zip("ab", rows, strict=True)))


def study(jpeg, jpeg2000, jpegxl):
    names = ("jpeg", "jpeg2000", "jpegxl")
    return FakeStudy(
        {n: counted(n, *rows) for n, rows in zip(names, (jpeg, jpeg2000, jpegxl), strict=True)}
    )


PAPER = study(
    ([200, 1100, 1000], [100, 1300, 1000]),
    ([700, 900, 1000], [650, 950, 1000]),
    ([950, 960, 1000], [980, 990, 1000]),
)
OTHERWISE = study(
    ([900, 950, 1000], [800, 900, 1000]),
    ([900, 900, 1000], [800, 950, 1000]),
    ([300, 960, 1000], [380, 990, 1000]),
)


@pytest.mark.parametrize("number", ["000-2", "000-3", "000-4"])
def test_claims_of_counts_hold_where_they_should_and_only_there(number):
    assert evaluate(CLAIMS[number], PAPER).word == "reproduced"
    assert evaluate(CLAIMS[number], OTHERWISE).word == "not reproduced"


def test_a_claim_that_needs_what_is_not_here_says_so():
    outcome = evaluate(CLAIMS["000-1"], PAPER)
    assert outcome.word == "not testable here"
    assert outcome.figures == "there is no codec bmshj2018-factorized yet"
    assert str(outcome).startswith("000-1 not testable here: the standard deviation")


def test_the_spread_of_learned_codecs():
    steady = {name: counted(name, [900, 950, 1000], [902, 951, 1000]) for name in graceful.LEARNED}
    assert evaluate(CLAIMS["000-1"], FakeStudy({**PAPER, **steady})).word == "reproduced"
    wild = {**steady, "mbt2018": counted("mbt2018", [1, 950, 1000], [900, 951, 1000])}
    assert evaluate(CLAIMS["000-1"], FakeStudy({**PAPER, **wild})).word == "not reproduced"


def test_learned_codecs_are_judged_at_the_rates_that_they_reach():
    def flat(codec, rates, delta):
        return FakeLadder(codec, rates, {"delta_e00.mean": [delta - i / 9 for i in range(4)]})

    classical = {name: flat(name, [0.1, 0.2, 0.4, 0.8], 5.0) for name in CLASSICAL}
    learned = {name: flat(name, [0.05, 0.2, 0.4, 0.8], 4.0) for name in LEARNED}
    short = flat("mbt2018", [0.15, 0.2, 0.4, 0.8], 4.0)
    ahead = evaluate(CLAIMS["000-7"], FakeStudy({**classical, **learned, "mbt2018": short}))
    assert ahead.word == "reproduced"
    assert ahead.figures.count("mbt2018 ") == 2
    behind = {**classical, **learned, "mbt2018": flat("mbt2018", [0.15, 0.2, 0.4, 0.8], 6.0)}
    assert evaluate(CLAIMS["000-7"], FakeStudy(behind)).word == "not reproduced"
    never = {**classical, **learned, "mbt2018": flat("mbt2018", [0.5, 0.6, 0.7, 0.8], 4.0)}
    outcome = evaluate(CLAIMS["000-7"], FakeStudy(never))
    assert (outcome.word, outcome.figures[:20]) == ("not testable here", "mbt2018 reaches none")


def test_colour_against_psnr():
    def at(codec, delta, psnr):
        rates = [0.1, 0.2, 0.4, 0.8]
        falling = {"delta_e00.mean": [delta, 3.0, 2.0, 1.0], "psnr.rgb": [psnr, 31.0, 33.0, 36.0]}
        return FakeLadder(codec, rates, falling)

    others = {name: at(name, 4.0, 28.0) for name in ("jpeg2000", "jpegxl")}
    worse = evaluate(CLAIMS["000-6"], FakeStudy(jpeg=at("jpeg", 8.0, 25.0), **others))
    assert worse.word == "reproduced"
    assert "2.00 times the ΔE00, 1.41 times the RMS error" in worse.figures
    alike = FakeStudy(jpeg=at("jpeg", 4.4, 25.0), **others)
    assert evaluate(CLAIMS["000-6"], alike).word == "not reproduced"


@pytest.mark.parametrize(
    ("name", "bpp", "ratio"),
    [
        ("JPEG, quality 60", 0.865, 0.0360),
        ("b2018-gdn-128-4", 0.878, 0.0366),
        ("bmshj2018-factorized-msssim-6", 0.691, 0.0288),
        ("mbt2018-mean-msssim-5", 0.407, 0.0169),
    ],
)
def test_the_article_s_coefficient_is_a_third_of_the_rate_and_eight_ratios(name, bpp, ratio):
    n = matched.ARTICLE[name].n
    assert 3 * n == pytest.approx(bpp, abs=6e-4)
    assert matched.coefficient(3 * n) == pytest.approx(n)
    assert matched.true_ratio(3 * n) == pytest.approx(ratio, abs=6e-5)
    # As the notebooks count: bytes over 1,327,104, times eight.
    size = 3 * n * 768 * 576 / 8
    assert 8 * size / 1_327_104 == pytest.approx(n)


def quality(codec, factor):
    rates = [0.2 * factor, 0.4 * factor, 0.8 * factor, 1.6 * factor]
    return FakeLadder(
        codec,
        rates,
        {
            "ssim.rgb": [0.90, 0.95, 0.975, 0.99],
            "psnr.rgb": [28.0, 31.0, 34.0, 37.0],
            "ms_ssim.rgb": [0.92, 0.96, 0.98, 0.99],
            "delta_e00.mean": [4.0, 3.0, 2.0, 1.0],
        },
    )


def test_equal_ssim_takes_the_nearest_setting():
    step = matched.nearest(FakeStudy(jpeg=quality("jpeg", 1)), "jpeg")
    assert step.label == "r2"
    text = matched.shown("jpeg", step)
    assert text == ("jpeg r2: SSIM 0.9750, PSNR 34.00 dB, N 0.2667, true ratio 0.0333, 0.800 bpp")


def test_sizes_at_equal_ssim():
    both = {
        name: quality(name, 0.7) for name in ("bmshj2018-factorized-msssim", "mbt2018-mean-msssim")
    }
    here = FakeStudy(jpeg=quality("jpeg", 1), vvc=quality("vvc", 0.5), **both)
    words = {
        number: evaluate(CLAIMS[number], here).word for number in CLAIMS if number[:3] == "001"
    }
    assert words["001-1"] == words["001-2"] == words["001-3"] == "reproduced"
    assert words["001-4"] == "not testable here"
    assert words["001-6-jpeg"] == "reproduced"
    assert words["001-6-vvc"] == "not reproduced"
    alone = evaluate(CLAIMS["001-6-jpeg"], FakeStudy(jpeg=quality("jpeg", 1)))
    assert alone.word == "not testable here"
    assert "N 0.2667" in alone.figures


def test_the_comparison_set():
    here = FakeStudy(jpeg=quality("jpeg", 1), vvc=quality("vvc", 0.6))
    ahead = evaluate(CLAIMS["003-1"], here)
    assert ahead.word == "reproduced"
    assert "(rate -40.0 %), MS-SSIM +0." in ahead.figures
    behind = FakeStudy(jpeg=quality("jpeg", 1), vvc=quality("vvc", 1.2))
    assert evaluate(CLAIMS["003-1"], behind).word == "not reproduced"
    assert evaluate(CLAIMS["003-4"], here).word == "not testable here"


def test_what_cannot_be_evaluated_is_an_error():
    broken = Claim("x-1", "", lambda study: (_ for _ in ()).throw(ColordegError("no number")))
    with pytest.raises(ColordegError, match="no number"):
        evaluate(broken, FakeStudy())


def test_one_command_evaluates_every_claim_of_a_paper(pytester):
    from pytest_colordeg.testing import Project

    Project(pytester)
    result = pytester.runpytest_inprocess(
        *("--colordeg", "--colordeg-images=pictures", "-p", "no:cacheprovider"),
        *("--pyargs", "pytest_colordeg.experiments.test_graceful_degradation"),
    )
    result.assert_outcomes(passed=7)
    for number in range(1, 8):
        result.stdout.fnmatch_lines([f"colordeg: pictures: 000-{number} *: *"])
    text = result.stdout.str()
    learned = find_spec("compressai") is not None
    for number in (1, 5) if learned else (1, 5, 7):  # 7 depends on how far networks reach
        assert (f"000-{number} not testable here" in text) is not learned
    assert not {f"000-{number} not testable here" for number in (2, 3, 4, 6)} & set(
        re.findall("000-. not testable here", text)
    )
    assert "FAILED" not in text


def test_experiments_are_off_without_the_flag(pytester):
    result = pytester.runpytest_inprocess("--pyargs", "pytest_colordeg.experiments")
    assert result.parseoutcomes()["skipped"] == len(CLAIMS)


def test_curves_without_rates_in_common_make_a_claim_not_testable():
    low, high = [0.1, 0.12, 0.14, 0.16], [0.8, 0.9, 1.0, 1.1]
    falling = {"delta_e00.mean": [5.0, 4.0, 3.0, 2.0]}
    found = FakeStudy(
        {
            "color-learning": FakeLadder("color-learning", high, falling),
            "cheng2020-attn": FakeLadder("cheng2020-attn", low, falling),
        }
    )
    outcome = evaluate(CLAIMS["003-5"], found)
    assert outcome.word == "not testable here"
    assert "in common" in outcome.figures
