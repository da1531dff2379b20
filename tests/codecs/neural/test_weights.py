"""Checkpoints of every kind, right and wrong."""

import hashlib
import io
import pickle

import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES, IDS, parse_id
from pytest_colordeg.codecs.neural.weights import official
from pytest_colordeg.errors import ColordegError

torch = pytest.importorskip("torch")
pytest.importorskip("compressai")

from pytest_colordeg.codecs.neural.model import Model  # noqa: E402
from pytest_colordeg.codecs.neural.weights import load  # noqa: E402
from pytest_colordeg.codecs.neural.weights.download import fetch  # noqa: E402

FACTORIZED, HYPER = FAMILIES["bmshj2018-factorized"], FAMILIES["bmshj2018-hyperprior"]


def state(path):
    return torch.load(path, weights_only=True)


def refused(path, family=FACTORIZED):
    with pytest.raises(ColordegError) as caught:
        load(path, family, "mse", 1)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


def test_safetensors_and_training_checkpoints_are_the_same_weights(checkpoints, tmp_path, crop):
    safetensors = pytest.importorskip("safetensors.torch")
    plain = state(checkpoints[FACTORIZED.name])
    safetensors.save_file(dict(plain), tmp_path / "a.safetensors")
    # What CompressAI's training example writes.
    torch.save({"epoch": 3, "state_dict": plain, "loss": 1.0}, tmp_path / "b.pth.tar")
    parallel = {f"module.{key}": value for key, value in plain.items()}
    torch.save(parallel, tmp_path / "c.pth")
    wanted = Model(load(checkpoints[FACTORIZED.name], FACTORIZED, "mse", 1), 1)
    strings = wanted.encode(crop, "zero").strings
    for name in ("a.safetensors", "b.pth.tar", "c.pth"):
        model = Model(load(tmp_path / name, FACTORIZED, "mse", 1), 1)
        assert model.encode(crop, "zero").strings == strings


@pytest.mark.parametrize("name", FAMILIES)
def test_every_other_family_is_named(name, checkpoints):
    family = FAMILIES[name]
    for other in FAMILIES.values():
        if (other.like or other.name) != (family.like or name):
            assert f"weights of {family.like or name}, not of {other.name}" in refused(
                checkpoints[name], other
            )


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_truncated(share, checkpoints, tmp_path):
    data = checkpoints[FACTORIZED.name].read_bytes()
    path = tmp_path / "cut.pth.tar"
    path.write_bytes(data[: int(len(data) * share)])
    assert "cut short" in refused(path)


def test_nothing_in_a_file_is_executed(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    path = tmp_path / "trap.pth.tar"
    torch.save({"g_a.0.weight": Trap()}, path)
    refused(path)
    path.write_bytes(pickle.dumps(Trap()))
    refused(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "not named tensors"),
        ([1, 2], "not named tensors"),
        ({"a": 1}, "not a tensor"),
        ({"a": torch.zeros(2)}, "nor of any family"),
    ],
)
def test_no_checkpoint(content, words, tmp_path):
    torch.save(content, tmp_path / "x.pth")
    assert words in refused(tmp_path / "x.pth")


def test_absent(tmp_path):
    assert "no such weights file" in refused(tmp_path / "x.pth")


@pytest.mark.parametrize("how", ["missing", "shape", "nan", "tables", "order"])
def test_mismatched(how, checkpoints, tmp_path):
    plain = state(checkpoints[FACTORIZED.name])
    if how == "missing":
        del plain["g_s.2.bias"]
    elif how == "shape":
        plain["g_s.2.weight"] = plain["g_s.2.weight"][:, 1:]
    elif how == "nan":
        plain["g_s.2.weight"][0, 0, 0, 0] = float("nan")
    elif how == "tables":
        plain["entropy_bottleneck._cdf_length"] += 1000
    else:
        plain["entropy_bottleneck._quantized_cdf"][0, 1] = 0
    torch.save(plain, tmp_path / "x.pth")
    words = {
        "missing": "g_s.2.bias",
        "shape": "g_s.2.weight",
        "nan": "holds NaN or infinity",
        "tables": "impossible lengths",
        "order": "no cumulative distributions",
    }
    assert words[how] in refused(tmp_path / "x.pth")


def test_tables_that_were_never_made_are_made(make_net, tmp_path, crop):
    net = make_net(FACTORIZED.name)
    plain = {k: v[:0] if k.endswith(("_cdf", "_length", "_offset")) else v
             for k, v in net.state_dict().items()}  # fmt: skip
    torch.save(plain, tmp_path / "x.pth")
    made = Model(load(tmp_path / "x.pth", FACTORIZED, "mse", 1), 1)
    torch.save(net.state_dict(), tmp_path / "y.pth")
    held = Model(load(tmp_path / "y.pth", FACTORIZED, "mse", 1), 1)
    assert made.encode(crop, "zero").strings == held.encode(crop, "zero").strings


# -- official weights ------------------------------------------------------------------


@pytest.fixture
def server(tmp_path, monkeypatch, checkpoints):
    """A folder that stands in for CompressAI's server, with a checkpoint of the test's."""
    data = checkpoints[FACTORIZED.name].read_bytes()
    digest = hashlib.sha256(data).hexdigest()[:8]
    hashes = {**official.HASHES, (FACTORIZED.name, "mse"): ("stem", f"{digest} 00000000")}
    monkeypatch.setattr(official, "HASHES", hashes)
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / f"stem-1-{digest}.pth.tar").write_bytes(data)
    (folder / "stem-2-00000000.pth.tar").write_bytes(data)
    monkeypatch.setenv(official.URL_VARIABLE, folder.as_uri())
    monkeypatch.setenv(official.CACHE_VARIABLE, str(tmp_path / "cache"))
    return folder


def test_official_weights_are_fetched_once_and_checked_each_time(server):
    path = official.official(FACTORIZED, "mse", 1)
    original = path.read_bytes()
    assert load(path, FACTORIZED, "mse", 1).family is FACTORIZED
    for file in server.iterdir():
        file.unlink()
    assert official.official(FACTORIZED, "mse", 1) == path
    path.write_bytes(original[:-1])
    with pytest.raises(ColordegError, match=r"file://.*cannot be downloaded"):
        official.official(FACTORIZED, "mse", 1)


def test_another_file_than_the_published_is_refused_and_not_kept(server, tmp_path):
    with pytest.raises(ColordegError, match="must begin 00000000: not the published file"):
        official.official(FACTORIZED, "mse", 2)
    left = [file.name for file in (tmp_path / "cache" / "weights").iterdir()]
    assert not [name for name in left if not name.endswith(".lock")]


def test_downloads_are_bounded_and_their_length_is_checked(tmp_path, monkeypatch):
    from pytest_colordeg.codecs.neural.weights import download

    source = tmp_path / "source"
    source.write_bytes(b"x" * 1000)
    with pytest.raises(ColordegError, match="given up"):
        fetch(source.as_uri(), tmp_path / "a" / "b", "", limit=999)

    class Answer(io.BytesIO):
        @property
        def headers(self):
            return {"Content-Length": "2000"}

    def short(*arguments, **options):
        return Answer(b"x" * 1000)

    monkeypatch.setattr(download.urllib.request, "urlopen", short)
    with pytest.raises(ColordegError, match="cut short: 1000 bytes of 2000"):
        fetch("http://example.org/x", tmp_path / "a" / "b", "")


def test_every_id_has_published_weights_for_every_quality():
    urls = set()
    for name in IDS:
        family, metric = parse_id(name)
        if not family.published:
            with pytest.raises(ColordegError, match=f"publishes no weights of {name}"):
                official.file_name(family, metric, 1)
            continue
        for quality in family.qualities:
            urls.add(official.file_name(family, metric, quality))
    assert len(urls) == 2 * (4 * 8 + 2 * 6)
    assert official.file_name(HYPER, "mse", 4) == "bmshj2018-hyperprior-4-de1b779c.pth.tar"


def test_published_names_are_those_of_compressai():
    from compressai.zoo import image

    wanted = {
        url.rpartition("/")[2]
        for name in {name for name, _ in official.HASHES}
        for by_quality in image.model_urls[name].values()
        for url in by_quality.values()
    }
    ours = {
        official.file_name(family, metric, quality)
        for family, metric in map(parse_id, IDS)
        if (family.name, metric) in official.HASHES
        for quality in family.qualities
    }
    assert ours == wanted
    assert next(iter(image.model_urls["mbt2018"]["mse"].values())).startswith(official.ROOT_URL)
