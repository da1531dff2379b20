"""Learned codecs as the plugin drives them: protocol, definitions, the spot check, a gated run."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from pytest_colordeg.codecs.neural import backend, sources
from pytest_colordeg.codecs.neural.definition import built_in, read_learned
from pytest_colordeg.codecs.neural.families import FAMILIES, IDS
from pytest_colordeg.codecs.registry import Registry, unavailable
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Image
from pytest_colordeg.sweep.cell import code


def table(checkpoints, name, *qualities, **more):
    return {"weights": {str(q): str(checkpoints[name]) for q in qualities}, **more}


@pytest.fixture
def codec(checkpoints, tmp_path):
    return read_learned("mbt2018", table(checkpoints, "mbt2018", 2, 5, 7), tmp_path)


# -- ids, ladders, definitions: no torch ----------------------------------------------


def test_all_ids_are_registered_and_import_no_torch():
    script = (
        "import sys; from pytest_colordeg.codecs.registry import Registry, unavailable\n"
        f"for name in {IDS!r}:\n"
        "    codec = Registry().find(name); codec.ladder; unavailable(codec)\n"
        "heavy = {'torch', 'compressai', 'safetensors'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_the_extra_the_listing_says_how_to_get_it(monkeypatch, capsys):
    from pytest_colordeg.cli import main

    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    assert "pip install 'pytest-colordeg[neural]'" in unavailable(built_in("mbt2018"))
    assert main(["codecs"]) == 0
    out = capsys.readouterr().out
    assert out.count("compressai and torch and safetensors and platformdirs are not") == len(IDS)


def test_without_mini_weights_the_codec_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(backend, "missing", lambda: None)
    monkeypatch.setattr(sources, "MINI_FOLDER", tmp_path)
    reason = unavailable(built_in("mbt2018-mean-msssim"))
    assert "colordeg train FOLDER --preset mini" in reason
    assert 'weights = "official" in [tool.colordeg.codecs.mbt2018-mean-msssim]' in reason


@pytest.mark.parametrize(("name", "rungs"), [("mbt2018-msssim", 8), ("cheng2020-attn", 6)])
def test_rungs_are_compressais_quality_numbers(name, rungs, tmp_path):
    codec = read_learned(name, {"weights": "official", "padding": "replicate"}, tmp_path)
    wanted = {
        q: {"weights": "official", "quality": q, "padding": "replicate"}
        for q in range(1, rungs + 1)
    }
    assert codec.ladder == wanted


def test_a_table_gives_a_built_in_id_other_weights_and_adds_new_ids(checkpoints, tmp_path):
    registry = Registry()
    path = str(checkpoints["mbt2018"])
    registry.add_commands(
        {
            "mbt2018": {"weights": {"3": path}},
            "mine": {"family": "mbt2018", "metric": "ms-ssim", "weights": {"1": path}},
        },
        tmp_path,
    )
    assert list(registry.get("mbt2018").ladder) == [3]
    assert registry.get("mine").source.metric == "ms-ssim"
    assert registry.default_ids() == ("mbt2018", "mine")
    with pytest.raises(ColordegError, match="is taken"):
        registry.add_commands({"mine": {"family": "mbt2018", "weights": "official"}}, tmp_path)


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("mbt2018", {"weigths": "mini"}, "unknown key 'weigths'; did you mean weights"),
        ("mbt2018", {"weights": 3}, "weights cannot be 3; such as"),
        ("mbt2018", {"weights": {}}, "weights cannot be"),
        ("mbt2018", {"weights": {"x": "a"}}, "weights x = 'a'"),
        ("mbt2018", {"weights": {"0": "a"}}, "weights 0 = 'a'"),
        ("mbt2018", {"weights": {"1": 7}}, "weights 1 = 7"),
        ("mbt2018", {"weights": "a.pth.tar"}, "needs its quality"),
        ("mbt2018", {"family": "mbt2018-mean"}, "has the family mbt2018"),
        ("mbt2018", {"padding": "mirror"}, "'mirror' is none of zero, replicate"),
        ("mine", {"weights": "official"}, "family is missing"),
        ("mine", {"family": "vgg", "weights": "mini"}, "'vgg' is none of bmshj2018-factorized"),
    ],
)
def test_wrong_definitions_are_named(name, wrong, words, tmp_path):
    with pytest.raises(ColordegError, match=rf"\[tool.colordeg.codecs.{name}\].*{words}"):
        read_learned(name, wrong, tmp_path)


def test_absent_files_make_the_codec_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "missing", lambda: None)
    for weights in ({"1": "no.pth"}, "no.safetensors"):
        codec = read_learned("mbt2018", {"weights": weights}, tmp_path)
        assert "weights not found" in unavailable(codec)


# -- coding ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAMILIES)
def test_rate_is_the_strings_and_facts_are_read_back(name, checkpoints, tmp_path, crop):
    codec = read_learned(name, table(checkpoints, name, 4), tmp_path)
    coded = code(codec, 4, Image("crop", crop[:50, :70]))
    assert coded.decoded.shape == (50, 70, 3)
    assert coded.payload_bytes + coded.facts["container_bytes"] == len(coded.data)
    assert coded.facts["container_bytes"] == 29 + 4 * coded.facts["strings"]
    assert coded.facts["family"] == name
    assert codec.encode(crop[:50, :70], codec.ladder[4]) == coded.data


def test_first_image_of_a_point_is_decoded_for_real_and_then_none(codec, crop, monkeypatch):
    real = counted(codec, monkeypatch)
    for quality in (2, 5):
        data = [codec.encode(crop[i:], codec.ladder[quality]) for i in range(3)]
        for one in data:
            codec.decode(one)
    assert real == [2, 5]


def test_full_decoding_decodes_everything_to_the_same_pixels(codec, crop, monkeypatch):
    full = codec.on("cpu", "full")
    real = counted(full, monkeypatch)
    for i in range(3):
        data = [one.encode(crop[i:], codec.ladder[2]) for one in (codec, full)]
        assert data[0] == data[1]
        assert np.array_equal(codec.decode(data[0]), full.decode(data[1]))
    # Of the other codec, the first.
    assert real == [2, 2, 2, 2]


def test_bytes_from_elsewhere_are_decoded(codec, checkpoints, tmp_path, crop):
    again = read_learned("mbt2018", table(checkpoints, "mbt2018", 2, 5), tmp_path)
    data = codec.encode(crop, codec.ladder[2])
    assert np.array_equal(again.decode(data), codec.decode(data))


def test_a_decoder_that_differs_fails(codec, crop, monkeypatch):
    from pytest_colordeg.codecs.neural.model import Model

    original = Model.latents

    def off_by_one(self, *arguments):
        latents = original(self, *arguments).clone()
        latents[0, 3, 1, 1] += 1e-9
        return latents

    monkeypatch.setattr(Model, "latents", off_by_one)
    data = codec.encode(crop, codec.ladder[2])
    with pytest.raises(ColordegError, match="latents differ from the encoder's in 1 of"):
        codec.decode(data)


def test_other_weights_and_other_families_are_refused(codec, make_net, tmp_path, crop):
    import torch

    data = codec.encode(crop, codec.ladder[2])
    torch.save(make_net("mbt2018", seed=2).state_dict(), tmp_path / "other.pth")
    other = read_learned("mbt2018", {"weights": {"2": "other.pth"}}, tmp_path)
    with pytest.raises(ColordegError, match="was written with weights"):
        other.decode(data)
    for name in ("mbt2018-mean", "mbt2018-msssim"):
        stranger = read_learned(name, {"weights": {"2": "other.pth"}}, tmp_path)
        with pytest.raises(ColordegError, match="a file of mbt2018 for mse"):
            stranger.decode(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quality": 3}, "no quality 3"),
        ({"quality": True}, "no quality True"),
        ({"weights": "mini"}, "of weights 'mini'"),
        ({"padding": "mirror"}, "padding 'mirror'"),
        ({"level": 3}, "takes the parameters"),
    ],
)
def test_wrong_parameters(change, words, codec, crop):
    with pytest.raises(ColordegError, match=words):
        codec.encode(crop, {**codec.ladder[2], **change})


def test_threads_at_two_points_change_nothing(codec, checkpoints, tmp_path, crop):
    other = read_learned("mbt2018", table(checkpoints, "mbt2018", 2, 5), tmp_path)
    cells = [(quality, crop[i:]) for i in range(4) for quality in (2, 5)]

    def through(one, cell):
        data = one.encode(cell[1], one.ladder[cell[0]])
        return data, one.decode(data).tobytes()

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda cell: through(codec, cell), cells))
    assert together == [through(other, cell) for cell in cells]


def test_the_last_networks_are_held(codec, crop, monkeypatch):
    monkeypatch.setattr("pytest_colordeg.codecs.neural.memory._MODELS", 2)
    for quality in (2, 5, 2, 7):
        codec.encode(crop, codec.ladder[quality])
    assert [quality for _, quality in codec._memory._models] == [2, 7]


def test_replicate_padding_is_its_own_result(codec, crop):
    other = replace(codec, padding="replicate")
    pixels = crop[:50, :70]
    data = [one.encode(pixels, one.ladder[2]) for one in (codec, other)]
    assert data[0] != data[1]
    assert other.decode(data[1]).shape == pixels.shape


def test_cuda_without_a_gpu_is_one_clear_error(codec, crop):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(ColordegError, match="torch sees no CUDA device"):
        codec.on("cuda", "spot").encode(crop, codec.ladder[2])


def test_what_one_device_wrote_the_other_reads(codec, crop):
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device: cross-device decoding is not tested here")
    gpu = codec.on("cuda", "full")
    for writer, reader in ((codec, gpu), (gpu, codec)):
        data = writer.encode(crop, codec.ladder[2])
        there, back = reader.decode(data), writer.decode(data)
        # Only g_s differs: in the last bits of float32, so in codes that lay at a half.
        assert np.abs(there.astype(int) - back).max() <= 1
        assert (there != back).mean() < 1e-3


def test_a_gated_run(pytester, checkpoints):
    # Loaded by an inner run they would be forgotten after it, and C parts load once.
    import pytest_colordeg.controller
    import pytest_colordeg.session  # noqa: F401
    from pytest_colordeg.testing import Project

    project = Project(pytester)
    path = checkpoints["mbt2018-mean"]
    project.write(**{
        "conftest.py": "",
        "pyproject.toml": f"""
            [tool.colordeg]
            images = "pictures"
            [tool.colordeg.codecs.mine]
            family = "mbt2018-mean"
            weights = {{2 = "{path}"}}
        """,
    })  # fmt: skip
    project.bless()
    for mode in ("spot", "full"):
        project.run(f"--colordeg-decode={mode}", "-v").assert_outcomes(passed=1)
    text = (project.path / "baselines" / "mine.yaml").read_text()
    assert "container_bytes" in text
    assert "compressai" in text


def counted(codec, monkeypatch):
    """Fills with the quality that `codec` has loaded whenever latents are decoded from bytes."""
    from pytest_colordeg.codecs.neural.model import Model

    real, original = [], Model.latents

    def count(self, *arguments):
        real.append([*codec._memory._models][-1][1])
        return original(self, *arguments)

    monkeypatch.setattr(Model, "latents", count)
    return real
