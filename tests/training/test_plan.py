"""Plans: what is refused, and the schedule."""

import argparse
import json
from itertools import pairwise

import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training import command
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
        ({"entropy": 200_000, "start": "x.pt"}, "chroma, entropy and colour_after must be"),
        ({"entropy": 10}, "entropy needs"),
        ({"entropy": 10, "start": "x.pt", "warm": 10}, "entropy needs"),
        ({"crop": 100}, "multiple of 64"),
        ({"metric": "ms-ssim", "crop": 128}, "at least 176"),
        ({"rate": float("nan")}, "rate"),
        ({"delta_e00": -1.0}, "delta_e00"),
        ({"delta_e00": float("inf")}, "delta_e00"),
        ({"structure": -1.0}, "structure"),
        ({"structure": 1.0, "crop": 128}, "at least 176"),
        ({"colour_after": 200_000}, "colour_after"),
        ({"qualities": (1, 2), "multipliers": (0.1,)}, "as many as qualities"),
        ({"qualities": (1, 2), "multipliers": (0.2, 0.1)}, "rise"),
        ({"qualities": (1, 2), "multipliers": (0.0, 0.1)}, "rise"),
        ({"family": "color-learning", "qualities": (1,), "n": 2}, "at least 4"),
        ({"chroma": 200_000}, "chroma, entropy and colour_after"),
        ({"chroma": 10}, "mbt2018 has no branches"),
        ({"part_rate": -1.0}, "part_rate"),
        ({"family": "b2018-gdn-128", "metric": "ms-ssim"}, "metric 'ms-ssim' is none of mse"),
    ],
)
def test_wrong_plans(wrong, words):
    with pytest.raises(ColordegError, match=words):
        Plan(**{"family": "mbt2018", **wrong})


def test_parts_that_learn_alone_have_a_rate_of_their_own():
    plan = Plan(
        "color-learning", qualities=(1,), steps=1000, chroma=300, entropy=200, start="x.pt",
        rate=1e-4, part_rate=1e-3,
    )  # fmt: skip
    assert [plan.learning_rate(step) for step in (250, 499)] == [1e-3, 1e-3]
    assert plan.learning_rate(500) == pytest.approx(1e-4)


def test_learning_rate_rises_stays_and_falls():
    plan = Plan("mbt2018", steps=10_000, rate=1e-3)
    rates = [plan.learning_rate(step) for step in range(10_000)]
    assert rates[0] < rates[100] < rates[200] == rates[5000] == pytest.approx(1e-3)
    assert all(a >= b for a, b in pairwise(rates[5000:]))
    assert 0 < rates[-1] < 3e-5


def test_lambdas_are_compressais_or_the_familys_or_typed():
    general = FAMILIES["mbt2018"]
    assert (lambda_of(general, "mse", 1), lambda_of(general, "mse", 8)) == (0.0018, 0.18)
    assert lambda_of(general, "ms-ssim", 3) == 8.73
    own = Plan("color-learning", qualities=(1, 4)).lambdas
    assert own == (FAMILIES["color-learning"].lambdas[0], FAMILIES["color-learning"].lambdas[3])
    assert Plan("mbt2018", qualities=(1, 4), multipliers=(0.1, 0.2)).lambdas == (0.1, 0.2)


def test_plans_survive_json_and_older_ones_have_the_defaults():
    plan = Plan("color-learning", qualities=(1, 3), multipliers=(0.01, 0.02), delta_e00=3.0)
    assert Plan.of_json(plan.to_json()) == plan
    older = {k: v for k, v in json.loads(plan.to_json()).items() if k != "colour_after"}
    assert Plan.of_json(json.dumps(older)) == plan


def test_shorter_plans_keep_the_share_of_their_warm_up():
    plan = Plan("mbt2018", steps=1000, warm=200).with_steps(100)
    assert (plan.steps, plan.warm) == (100, 20)
    plan = Plan("mbt2018", steps=1000, entropy=500, start="x.pt").with_steps(100)
    assert (plan.steps, plan.entropy) == (100, 50)


def test_mini_has_all_families_and_leaders_first():
    jobs = PRESETS["mini"]
    seen = []
    for job in jobs:
        assert job.plan.m >= 96
        most = min(6, len(job.plan.architecture.widths))
        assert job.plan.qualities == tuple(range(1, most + 1))
        assert job.after is None or job.after in seen
        seen.append(job.plan.family)
    assert len(set(seen)) == 8


def test_every_weight_of_the_loss_can_be_typed():
    parser = argparse.ArgumentParser()
    command.configure(parser)
    words = "images --family color-learning --qualities 1,2 --lambdas 0.1,0.2 --structure 3"
    more = " --delta-e00 24 --colour-after 10 --crop 192 --chroma 5 --part-rate 0.01"
    typed = parser.parse_args((words + more).split())
    plan = command._plan(Plan("color-learning", qualities=(1, 2, 3, 4)), typed)
    assert plan.lambdas == (0.1, 0.2)
    assert (plan.structure, plan.delta_e00, plan.colour_after) == (3.0, 24.0, 10)
    assert (plan.chroma, plan.part_rate) == (5, 0.01)
    typed.lambdas = "a,b"
    with pytest.raises(ColordegError, match="--lambdas 'a,b': such as"):
        command._plan(Plan("color-learning", qualities=(1, 2)), typed)
