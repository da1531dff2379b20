"""The fixtures. Only the private `colordeg_point` is parametrized; the others read it.

So a suite that has fixtures or parameters of its own named ``codec``, ``quality``
or ``image`` keeps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_colordeg.codecs.protocol import Codec
    from pytest_colordeg.gate.handle import Colordeg
    from pytest_colordeg.gate.ladder import Ladder
    from pytest_colordeg.images.model import Image
    from pytest_colordeg.selection import Point
    from pytest_colordeg.throughput.handle import Throughput

__all__ = [
    "DEVICE",
    "FIXTURE",
    "PARTS",
    "codec",
    "colordeg",
    "colordeg_device",
    "colordeg_ladder",
    "colordeg_point",
    "image",
    "quality",
    "throughput",
]

FIXTURE = "_colordeg_point"
DEVICE = "_colordeg_device"
#: What each public fixture needs to be told apart in the parametrization.
PARTS = {
    "codec": "codec",
    "quality": "quality",
    "image": "image",
    "colordeg": "corpus",
    "colordeg_ladder": "ladder",
}


@pytest.fixture(name=FIXTURE)
def colordeg_point(request: pytest.FixtureRequest) -> Any:
    """The (codec, rung, image) of this item, set by the plugin."""
    return request.param


@pytest.fixture
def codec(
    _colordeg_point: Point, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Codec:
    """The codec under test: ``encode(image, parameters)``, ``decode(data)``, ``ladder``."""
    from pytest_colordeg.session import run_of

    return run_of(pytestconfig).codec(_colordeg_point, request.node)


@pytest.fixture
def quality(_colordeg_point: Point) -> int:
    """The rung under test, 1 = smallest file."""
    assert _colordeg_point.rung is not None
    return _colordeg_point.rung


@pytest.fixture
def image(_colordeg_point: Point) -> Image:
    """The image under test: ``name``, ``pixels`` (H, W, 3) uint8 sRGB, ``sha256``."""
    selection, name = _colordeg_point.selection, _colordeg_point.image
    assert selection is not None
    return next(source.image for source in selection.sources if source.name == name)


@pytest.fixture
def colordeg(
    _colordeg_point: Point, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Colordeg:
    """The degradation of one codec at one rung over a corpus.

    ``colordeg.check()`` judges it against baseline and limits;
    ``colordeg["delta_e00.mean"]`` reads an aggregate for a plain assert.
    """
    from pytest_colordeg.session import run_of

    return run_of(pytestconfig).handle(_colordeg_point, request.node)


@pytest.fixture
def colordeg_ladder(
    _colordeg_point: Point, pytestconfig: pytest.Config, request: pytest.FixtureRequest
) -> Ladder:
    """A codec at all of its rungs, and between them, over a corpus: one item a codec.

    ``colordeg_ladder.at(bpp=0.5)["delta_e00.mean"]`` reads a metric at equal rate.
    """
    from pytest_colordeg.session import run_of

    return run_of(pytestconfig).ladder(_colordeg_point, request.node)


@pytest.fixture(name=DEVICE)
def colordeg_device(request: pytest.FixtureRequest) -> Any:
    """The device of this item, set by the plugin."""
    return request.param


@pytest.fixture
def throughput(
    _colordeg_point: Point,
    _colordeg_device: str,
    codec: Codec,
    quality: int,
    image: Image,
    pytestconfig: pytest.Config,
    request: pytest.FixtureRequest,
) -> Throughput:
    """Times a step of a codec on an image: ``throughput.encode()``, ``.decode()``, ``.convert()``.

    Over pytest-benchmark, whose options all work: ``--benchmark-json``, ``--benchmark-compare``.
    """
    from pytest_colordeg.session import run_of

    return run_of(pytestconfig).throughput(codec, quality, image, _colordeg_device, request)
