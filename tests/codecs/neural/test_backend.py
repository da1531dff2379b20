"""What provenance says of threads and precision is what the networks run under."""

import pytest

from pytest_colordeg.codecs.neural.backend import torch_state
from pytest_colordeg.codecs.neural.definition import read_learned
from pytest_colordeg.images.model import Image
from pytest_colordeg.sweep.cell import code


def state():
    import torch

    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    return {
        "threads": torch.get_num_threads(),
        "tf32": matmul.allow_tf32 or cudnn.allow_tf32,
        "deterministic": torch.are_deterministic_algorithms_enabled() and cudnn.deterministic,
    }


@pytest.fixture
def loose():
    """Everything the other way round, as a user's own code may have left it."""
    torch = pytest.importorskip("torch")
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = torch.get_num_threads(), matmul.allow_tf32, cudnn.allow_tf32
    torch.set_num_threads(2)
    matmul.allow_tf32 = cudnn.allow_tf32 = True
    yield state()
    torch.set_num_threads(before[0])
    matmul.allow_tf32, cudnn.allow_tf32 = before[1:]


def test_provenance_tells_what_networks_run_under(checkpoints, crop, tmp_path, loose, monkeypatch):
    import torch

    assert loose == {"threads": 2, "tf32": True, "deterministic": False}
    table = {"weights": {"2": str(checkpoints["mbt2018-mean"])}}
    codec = read_learned("mbt2018-mean", table, tmp_path)
    told = codec.provenance()
    wanted = {"threads": 1, "tf32": False, "deterministic": True}
    assert {name: told[name] for name in wanted} == wanted
    seen = []
    plain = torch.nn.functional.conv2d

    def conv2d(*args, **more):
        seen.append(state())
        return plain(*args, **more)

    monkeypatch.setattr(torch.nn.functional, "conv2d", conv2d)
    code(codec, 2, Image("crop", crop))
    assert len(seen) > 3
    assert [one for one in seen if one != wanted] == []
    assert state() == loose


def test_what_was_set_comes_back_after_an_error(loose):
    with pytest.raises(ZeroDivisionError), torch_state():
        _ = 1 / 0
    assert state() == loose
