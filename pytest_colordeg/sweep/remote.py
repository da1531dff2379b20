"""What runs on a Dask worker: the same measuring as at home, or a plain reason why not."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from pytest_colordeg.codecs.concurrency import concurrent
from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Image
from pytest_colordeg.metrics.model import Metric
from pytest_colordeg.metrics.registry import register
from pytest_colordeg.records import Measurement, Scalar
from pytest_colordeg.sweep.cell import measure_cell
from pytest_colordeg.sweep.keys import code_state

__all__ = ["Order", "Tools", "measure_there", "original", "tools"]

# References that a worker keeps: cells of one image mostly come together.
_KEPT = 8
_references: OrderedDict[str, Reference] = OrderedDict()
_lock = Lock()
_turns: dict[str, Lock] = {}


@dataclass(frozen=True)
class Tools:
    """A codec, metrics from outside the package, and what the sender measures with.

    Attributes
    ----------
    digest
        Of all of it: what it is sent and found by.
    state
        `code_state` at home; a worker with another would measure something else.
    provenance
        The codec's at home, for the same reason.
    """

    codec: Codec
    metrics: Sequence[Metric]
    state: Mapping[str, str]
    provenance: Mapping[str, Scalar]
    digest: str


@dataclass(frozen=True)
class Order:
    """Which cell to measure with a codec and an original."""

    rung: int
    image: str
    sha256: str
    corpus: str
    device: str


def tools(data: bytes) -> Tools:
    """Unpack a codec on the worker, once for all its cells.

    Raises
    ------
    ColordegError
        If the worker has other code than the sender: measuring would not be the same.
    """
    import cloudpickle

    unpacked: Tools = cloudpickle.loads(data)
    for metric in unpacked.metrics:
        register(metric)
    _agree(unpacked.state, code_state())
    _agree(unpacked.provenance, unpacked.codec.provenance())
    return unpacked


def original(data: bytes, shape: tuple[int, ...], sha256: str) -> Pixels:
    """Unpack an original on the worker, once for all its cells; it must be what was sent."""
    pixels = np.frombuffer(data, np.uint8).reshape(shape)
    if Image("", pixels).sha256 != sha256:
        raise ColordegError("the original arrived damaged")
    return pixels


def measure_there(held: Tools, pixels: Pixels, order: Order) -> Measurement:
    """Measure one cell; raises only for what is not the codec's doing."""
    image = Image(order.image, pixels)
    codec = held.codec
    with _lock:
        turn = nullcontext() if concurrent(codec) else _turns.setdefault(codec.id, Lock())
    with turn:
        return measure_cell(
            codec, order.rung, image, order.corpus, order.device, _reference(image, order.sha256)
        )


def digest_of(data: bytes) -> str:
    """The digest that tools are sent by."""
    return hashlib.sha256(data).hexdigest()


def _reference(image: Image, sha256: str) -> Reference:
    with _lock:
        if sha256 not in _references:
            _references[sha256] = Reference(image.pixels)
        _references.move_to_end(sha256)
        while len(_references) > _KEPT:
            _references.popitem(last=False)
        return _references[sha256]


def _agree(there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    for name in sorted({*there, *here}):
        if there.get(name) != here.get(name):
            raise ColordegError(
                f"a worker has another {name}: {json.dumps(here.get(name))}, "
                f"here is {json.dumps(there.get(name))}"
            )
