"""Runs: resumed equals uninterrupted, losses fall, whatever is wrong is said."""

import json

import pytest

from pytest_colordeg.errors import ColordegError

torch = pytest.importorskip("torch")
pytest.importorskip("compressai")

from pytest_colordeg.training.crops import Crops, generator  # noqa: E402
from pytest_colordeg.training.finish import Finish, finish  # noqa: E402
from pytest_colordeg.training.loop import CHECKPOINT, LOG, TRAINED, Run  # noqa: E402


@pytest.fixture(scope="module")
def crops(pictures):
    return Crops(pictures, 64)


@pytest.mark.parametrize(
    "family", ["bmshj2018-factorized", "mbt2018", "color-learning", "color-learning-lab"]
)
def test_a_resumed_run_is_bit_equal_to_an_uninterrupted_one(family, small, crops, tmp_path):
    plan = small(family, steps=5, warm=2, delta_e00=24.0, colour_after=3)
    whole = Run(plan, tmp_path / "whole", crops)
    assert whole.train(every=5)
    for until in (1, 3, 4, 5):  # before, after and away from the end of the warm-up
        part = Run(plan, tmp_path / "parts", crops)
        assert part.train(until=until, every=1) == (until == 5)
    a, b = whole._state(), part._state()
    assert a["network"].keys() == b["network"].keys()
    assert all(torch.equal(a["network"][key], b["network"][key]) for key in a["network"])
    for name in ("main", "quantiles"):
        for key, state in a[name]["state"].items():
            for field, value in state.items():
                assert torch.equal(value, b[name]["state"][key][field])
    lines = (tmp_path / "parts" / LOG).read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2, 3, 4, 5]
    last = (tmp_path / "whole" / LOG).read_text().splitlines()[-1]
    assert json.loads(lines[-1]) == json.loads(last)


def test_training_lowers_the_loss(small, crops, tmp_path):
    plan = small("bmshj2018-factorized", qualities=(3,), steps=30, rate=1e-2, groups=1)
    losses = []
    Run(plan, tmp_path, crops).train(
        every=1000, on_step=lambda step, loss: losses.append(loss.total.item())
    )
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_a_killed_write_leaves_the_checkpoint_before_it(small, crops, tmp_path, monkeypatch):
    plan = small(steps=3)
    Run(plan, tmp_path, crops).train(until=1)
    before = (tmp_path / CHECKPOINT).read_bytes()

    def killed(content, file):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        Run(plan, tmp_path, crops).train(until=2)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_a_checkpoint_of_other_settings_is_refused(small, crops, tmp_path):
    Run(small(), tmp_path, crops).train(until=1)
    with pytest.raises(ColordegError, match="run with other settings"):
        Run(small(rate=2e-3), tmp_path, crops)
    (tmp_path / CHECKPOINT).write_bytes(b"nothing")
    with pytest.raises(ColordegError, match="not a checkpoint of colordeg train"):
        Run(small(), tmp_path, crops)


def test_followers_start_from_the_leader(small, crops, tmp_path):
    leader = Run(small(steps=1), tmp_path / "leader", crops)
    assert leader.train()
    follower = Run(small("mbt2018", start=f"../leader/{TRAINED}"), tmp_path / "follower", crops)
    for name in ("g_a.0.weight", "g_s.6.weight", "h_a.0.weight"):
        own, other = (dict(run.network.net.named_parameters())[name] for run in (follower, leader))
        assert torch.equal(own, other)
    torch.save({"x": torch.zeros(1)}, tmp_path / "x.pth")
    with pytest.raises(ColordegError, match="no tensor of it has a place"):
        Run(small(start=str(tmp_path / "x.pth")), tmp_path / "other", crops)


def test_at_first_only_what_codes_the_latents_learns(small, crops, tmp_path):
    Run(small(steps=1), tmp_path / "leader", crops).train()
    plan = small("mbt2018", start=f"../leader/{TRAINED}", steps=12, entropy=10, rate=1e-2)
    run = Run(plan, tmp_path / "follower", crops)
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    rates = []
    run.train(until=10, on_step=lambda step, loss: rates.append(loss.bpp.item()))
    changed = {
        name for name, value in run.network.state_dict().items() if (value != before[name]).any()
    }
    assert not any(name.startswith(("net.g_", "y_")) for name in changed)
    assert {"net.h_a.0.weight", "net.context_prediction.weight", "z_gain"} <= changed
    assert sum(rates[-3:]) < sum(rates[:3])
    run.train()
    after = run.network.state_dict()
    assert any((after[name] != before[name]).any() for name in after if "g_s" in name)


def test_attention_is_added_to_the_anchor_nearly_shut(small, crops, tmp_path):
    leader = Run(small("cheng2020-anchor", steps=1), tmp_path / "leader", crops)
    leader.train()
    follower = Run(
        small("cheng2020-attn", start=f"../leader/{TRAINED}"), tmp_path / "follower", crops
    )
    fresh = Run(small("cheng2020-attn"), tmp_path / "fresh", crops)
    x = crops.batch(2, generator(1, 0))
    with torch.no_grad():
        latents, own, other = (run.network.net.g_a(x) for run in (leader, follower, fresh))
        assert (own - latents).norm() < 0.1 * latents.norm() < (other - latents).norm()
        pictures = [run.network.net.g_s(latents) for run in (leader, follower)]
    assert (pictures[0] - pictures[1]).norm() < 0.1 * pictures[0].norm()


def test_a_loss_that_is_not_finite_stops_the_run(small, crops, tmp_path):
    run = Run(small(), tmp_path, crops)
    run.train(until=1)
    before = (tmp_path / CHECKPOINT).read_bytes()
    with torch.no_grad():
        run.network.y_gain.fill_(float("nan"))
    with pytest.raises(ColordegError, match="the loss is nan at step 2"):
        run.train(until=2)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_every_rung_takes_part_and_steps_do_not_depend_on_history(small, crops, tmp_path):
    run = Run(small(steps=40), tmp_path, crops)
    seen = [run._rungs(False, generator(1, step)) for step in range(40)]
    assert {rung for rungs in seen for rung in rungs} == {0, 1, 2}
    assert all(rungs == sorted(rungs) and len(set(rungs)) == 2 for rungs in seen)
    batches = [crops.batch(2, generator(1, 7)) for _ in range(2)]
    assert torch.equal(*batches)
    assert not torch.equal(batches[0], crops.batch(2, generator(1, 8)))


def test_crops_refuse_folders_without_images_of_that_size(pictures, tmp_path):
    with pytest.raises(ColordegError, match="both sides of at least 96"):
        Crops(pictures, 96)
    with pytest.raises(ColordegError, match="no such folder"):
        Crops(tmp_path / "none", 64)


def test_rungs_beyond_the_ceiling_are_left_out_and_the_card_says_so(
    small, crops, pictures, tmp_path
):
    from pytest_colordeg.codecs.neural.sources import qualities_of
    from pytest_colordeg.codecs.neural.weights import card

    run = Run(small(steps=2), tmp_path / "run", crops)
    run.train()
    with torch.no_grad():  # the second rung no better than the first
        for name in ("y_gain", "y_back", "z_gain", "z_back"):
            getattr(run.network, name)[1:] = getattr(run.network, name)[:1]
        for prior in run.network.bottlenecks[1:]:
            prior.load_state_dict(run.network.bottlenecks[0].state_dict())
    path = finish(run, Finish(tmp_path / "out", "waves", pictures, 2))
    assert qualities_of(path, run.plan.architecture, "mse") == (1,)
    text = path.with_suffix(".json").read_text()
    facts = card.parse(text, "x")
    assert "qualities 4, 6" in facts.training["left out"]
    assert facts.validation_data == f"2 images of {pictures.name}"
    assert facts.validation[0]["bpp"] > 0
    assert (facts.steps, facts.data, facts.lambdas) == (2, "waves", (0.0018,))
    page = path.with_suffix(".md").read_text()
    assert "| quality | λ | bpp | psnr.rgb |" in page
    assert "| 1 | 0.0018 |" in page
