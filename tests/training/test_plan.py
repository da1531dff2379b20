"""Plans: what is refused, and the schedule."""

from itertools import pairwise

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.plan import Plan, lambda_of
from pytest_colordeg.training.presets import PRESETS


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"family": "vgg"}, "family 'vgg'"),
        ({"metric": "psnr"}, "metric 'psnr'"),
        ({"qualities": (9,)}, "qualities of mbt2018 are 1 to 8"),
        ({"qualities": ()}, "qualities of"),
        ({"qualities": (2, 1)}, "must rise"),
        ({"n": 7}, "even"),
        ({"steps": 0}, "at least 1"),
        ({"warm": 200_000}, "warm"),
        ({"entropy": 200_000, "start": "x.pt"}, "entropy must be"),
        ({"entropy": 10}, "entropy needs"),
        ({"entropy": 10, "start": "x.pt", "warm": 10}, "entropy needs"),
        ({"crop": 100}, "multiple of 64"),
        ({"metric": "ms-ssim", "crop": 128}, "at least 176"),
        ({"rate": float("nan")}, "rate"),
        ({"delta_e00": -1.0}, "delta_e00"),
    ],
)
def test_wrong_plans(wrong, words):
    with pytest.raises(ColordegError, match=words):
        Plan(**{"family": "mbt2018", **wrong})


def test_learning_rate_rises_stays_and_falls():
    plan = Plan("mbt2018", steps=10_000, rate=1e-3)
    rates = [plan.learning_rate(step) for step in range(10_000)]
    assert rates[0] < rates[100] < rates[200] == rates[5000] == pytest.approx(1e-3)
    assert all(a >= b for a, b in pairwise(rates[5000:]))
    assert 0 < rates[-1] < 3e-5


def test_lambdas_are_compressais():
    assert (lambda_of("mse", 1), lambda_of("mse", 8)) == (0.0018, 0.18)
    assert lambda_of("ms-ssim", 3) == 8.73


def test_shorter_plans_keep_the_share_of_their_warm_up():
    plan = Plan("mbt2018", steps=1000, warm=200).with_steps(100)
    assert (plan.steps, plan.warm) == (100, 20)
    plan = Plan("mbt2018", steps=1000, entropy=500, start="x.pt").with_steps(100)
    assert (plan.steps, plan.entropy) == (100, 50)


def test_mini_has_all_families_and_leaders_first():
    jobs = PRESETS["mini"]
    seen = []
    for job in jobs:
        assert job.plan.m >= 128
        assert job.plan.qualities == (1, 2, 3, 4, 5, 6)
        assert job.after is None or job.after in seen
        seen.append(job.plan.family)
    assert len(set(seen)) == 6
