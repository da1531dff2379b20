"""Impulse responses: bits that add up to the strings, branches that leave each other alone."""

import csv
import io

import numpy as np
import pytest

from pytest_colordeg.cli import main
from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.images.png import write_png

torch = pytest.importorskip("torch")
pytest.importorskip("compressai")

from pytest_colordeg.codecs.neural.definition import read_learned  # noqa: E402
from pytest_colordeg.codecs.neural.planes import to_planes  # noqa: E402
from pytest_colordeg.codecs.neural.tables import Tables  # noqa: E402
from pytest_colordeg.impulse.bits import code_lengths  # noqa: E402
from pytest_colordeg.impulse.command import table  # noqa: E402
from pytest_colordeg.impulse.figure import ACROSS, mosaic  # noqa: E402
from pytest_colordeg.impulse.response import TILE, impulses  # noqa: E402


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Family to a small network's file, of three rungs and random weights."""
    from pytest_colordeg.codecs.neural.weights.card import Card
    from pytest_colordeg.training.export import export
    from pytest_colordeg.training.network import VariableRate
    from pytest_colordeg.training.plan import Plan

    folder = tmp_path_factory.mktemp("nets")
    made = {}
    for name in ("b2018-gdn-128", "bmshj2018-hyperprior", "mbt2018", "color-learning"):
        plan = Plan(name, n=8, m=12, qualities=(1, 2, 3))
        torch.manual_seed(2)
        network = VariableRate(plan)
        halving = [
            m for m in network.net.g_a.modules()
            if isinstance(m, torch.nn.Conv2d) and m.stride == (2, 2)
        ]  # fmt: skip
        for last in halving if FAMILIES[name].branches else halving[-1:]:
            if last.out_channels in (12, 6):
                last.weight.data.mul_(60)
        made[name] = folder / f"{name}.safetensors"
        card = Card(name, "mse", 8, 12, plan.qualities, plan.lambdas)
        export(network, card, made[name])
    return made


@pytest.fixture(scope="module")
def picture():
    rows, columns = np.mgrid[0:128, 0:192]
    smooth = np.stack([1.3 * columns, 2.0 * rows, 128 + 100 * np.sin(columns / 9)], axis=2)
    noise = np.random.default_rng(3).normal(0, 12, smooth.shape)
    return np.clip(np.rint(smooth + noise), 0, 255).astype(np.uint8)


def codec_of(files, name):
    return read_learned(name, {"weights": str(files[name])}, files[name].parent)


@pytest.mark.parametrize(
    "name", ["b2018-gdn-128", "bmshj2018-hyperprior", "mbt2018", "color-learning"]
)
def test_the_ranking_sums_to_the_bits_of_the_strings(name, files, picture):
    """To a word of 32 bits or so a string, which the coder rounds up to."""
    codec = codec_of(files, name)
    found = impulses(codec, 2, picture)
    data = codec.encode(picture, codec.ladder[2])
    strings = FAMILIES[name].strings
    real = 8 * codec.payload(data)
    ideal = sum(channel.bits for channel in found.channels) + found.side_bits
    assert found.bits == pytest.approx(ideal)
    assert real - 64 * strings <= ideal <= real
    assert ideal > 1000
    bits = [channel.bits for channel in found.channels]
    assert bits == sorted(bits, reverse=True)
    assert bits[0] > bits[-1]
    assert (found.side_bits > 0) == (strings > 1)


def test_each_branch_has_the_bits_of_its_strings(files, picture):
    codec = codec_of(files, "color-learning")
    found = impulses(codec, 3, picture)
    facts = codec.inspect(codec.encode(picture, codec.ladder[3]))
    assert sorted(found.branches) == ["chroma", "luma"]
    assert [len(found.of(name)) for name in ("luma", "chroma")] == [12, 6]
    real = {name: 8 * facts[f"{name}_payload_bytes"] for name in found.branches}
    for name in found.branches:
        assert sum(channel.bits for channel in found.of(name)) < real[name]
    assert found.bits == pytest.approx(sum(real.values()), abs=256)


def test_luma_leaves_chroma_alone_and_chroma_luma(files, picture):
    found = impulses(codec_of(files, "color-learning"), 2, picture)
    for branch, silent in (("luma", slice(1, 3)), ("chroma", slice(0, 1))):
        for channel in found.of(branch):
            response = torch.from_numpy(channel.response).permute(2, 0, 1)[None].double()
            planes = to_planes(response, "yuv")[0]
            assert float(planes[silent].abs().max()) < 1e-6
        loudest = max(found.of(branch), key=lambda channel: np.abs(channel.response).max())
        assert np.abs(loudest.response).max() > 1e-3


def test_a_response_is_linear_in_nothing_but_what_the_synthesis_draws(files, picture):
    """Against the network itself: one latent among zeros, less zeros."""
    from pytest_colordeg.codecs.neural.backend import torch_state
    from pytest_colordeg.codecs.neural.model import Model
    from pytest_colordeg.codecs.neural.weights import load

    name = "bmshj2018-hyperprior"
    found = impulses(codec_of(files, name), 1, picture)
    model = Model(load(files[name], FAMILIES[name], "mse", 1), 1)
    y_hat = model.encode(picture, "zero").y_hat
    channel = found.channels[3]
    plane = y_hat[0, channel.index]
    assert abs(channel.amplitude) == float(plane.abs().max())
    assert channel.amplitude in plane
    field = torch.zeros(1, 12, 9, 9, dtype=torch.float64)
    with torch_state():
        rest = model.synthesis(field)
        field[0, channel.index, 4, 4] = channel.amplitude
        drawn = (model.synthesis(field) - rest)[0, :, 64:80, 64:80].permute(1, 2, 0)
    assert channel.response.shape == (TILE, TILE, 3)
    assert np.allclose(channel.response, drawn.numpy(), atol=1e-6)


def test_code_lengths_are_those_of_the_coder():
    """Long strings of each kind of symbol, those beyond their table among them."""
    tables = Tables(([0, 30000, 60000, 65000, 65536], [0, 1, 65535, 65536]), (-1, 3))
    random = np.random.default_rng(5)
    for symbols in (
        random.integers(-1, 2, 4000),
        random.integers(-40, 40, 4000),
        random.integers(-70000, 70000, 4000),
    ):
        indexes = random.integers(0, 2, 4000)
        data = tables.encode(symbols.tolist(), indexes.tolist())
        ideal = code_lengths(tables, symbols.tolist(), indexes.tolist())
        assert len(ideal) == 4000
        assert 8 * len(data) == pytest.approx(float(ideal.sum()), rel=2e-3, abs=64)


def test_tiles_are_in_order_and_grey_is_no_change(files, picture):
    found = impulses(codec_of(files, "mbt2018"), 3, picture)
    common, each = (mosaic(found.channels, scale, across=5) for scale in ("common", "each"))
    assert common.shape == each.shape == (3 * 19 - 3, 5 * 19 - 3, 3)
    assert common.min() >= 0
    assert common.max() <= 1
    widest = max(np.abs(channel.response).max() for channel in found.channels)
    sixth = found.channels[5].response
    assert np.allclose(common[19:35, :16], 0.5 + sixth / (2 * widest))
    assert np.allclose(each[19:35, :16], 0.5 + sixth / (2 * np.abs(sixth).max()))
    assert (common[:, 16:19] == 1).all()


def test_command_writes_pictures_and_the_ranking(files, picture, tmp_path, monkeypatch, capsys):
    write_png(tmp_path / "waves.png", picture)
    path = files["color-learning"]
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.colordeg.codecs.color-learning]\nweights = '{path}'\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["impulse", "color-learning", "waves.png", "--out", "made", "--rung", "2"]) == 0
    out = capsys.readouterr().out
    assert "luma: 12 channels, " in out
    assert "chroma: 6 channels, " in out
    stem = tmp_path / "made" / "impulse-color-learning-r2-waves"
    assert stem.with_suffix(".svg").read_text().startswith("<?xml")
    assert stem.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.DictReader(io.StringIO(stem.with_suffix(".csv").read_text())))
    assert len(rows) == 12 + 6 + 1
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1, abs=1e-3)
    codec = codec_of(files, "color-learning")
    assert rows[0]["bits"] == next(iter(list(table(impulses(codec, 2, picture)))[1:])).split(",")[2]
    assert len(rows) > ACROSS


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["jpeg", "waves.png"], "jpeg is no learned codec"),
        (["color-learning", "waves.png", "--rung", "9"], "no rung 9; it has 1, 2, 3"),
        (["color-learning", "waves.png", "--channels", "0"], "--channels must be at least 1"),
        (["color-learning", "none.png"], "none.png"),
        (["colour-learning", "waves.png"], "did you mean color-learning"),
    ],
)
def test_what_is_refused(words, told, files, picture, tmp_path, monkeypatch, capsys):
    write_png(tmp_path / "waves.png", picture)
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.colordeg.codecs.color-learning]\nweights = '{files['color-learning']}'\n"
    )
    monkeypatch.chdir(tmp_path)
    assert main(["impulse", *words]) == 2
    assert told in capsys.readouterr().err
