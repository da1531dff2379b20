"""One cell: encode, read back, decode, check, measure. Whatever goes wrong becomes its error."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded_facts
from pytest_colordeg.images.model import Image
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.records import Measurement, Scalar
from pytest_colordeg.sweep.coding import SIZE, Coded, code
from pytest_colordeg.sweep.repeat import flapping

__all__ = ["Coded", "code", "measure_cell", "unreadable"]


def measure_cell(
    codec: Codec,
    rung: int,
    image: Image,
    corpus: str,
    device: str,
    reference: Reference,
    repeat: int = 1,
) -> Measurement:
    """Measure one cell; never raises for what a codec does.

    Parameters
    ----------
    reference
        What metrics need of the original, shared by all rungs and codecs.
    repeat
        How often to code it; bytes or pixels that differ are the cell's error.
    """
    parameters = dict(codec.ladder[rung])
    provenance: Mapping[str, Scalar] = {}
    facts: Mapping[str, Scalar] = {}
    metrics: Mapping[str, Any] = {}
    error = None
    try:
        provenance = guarded_facts("provenance", codec.provenance)
        coded = code(codec, rung, image)
        facts = {name: fact for name, fact in coded.facts.items() if name not in SIZE}
        error = flapping(codec, rung, image, coded, repeat) if repeat > 1 else None
        if error is None:
            metrics = measure(Pair(image.pixels, coded.decoded, coded.payload_bytes, reference))
    except ColordegError as failure:
        error = str(failure)
    return Measurement(
        codec=codec.id,
        rung=rung,
        image=image.name,
        corpus=corpus,
        device=device,
        image_sha256=image.sha256,
        parameters=parameters,
        facts=facts,
        provenance=provenance,
        metrics=metrics,
        error=error,
    )


def unreadable(
    codec: Codec, rung: int, image: str, corpus: str, device: str, error: str
) -> Measurement:
    """The failed cell of an image that could not be loaded."""
    provenance: Mapping[str, Scalar] = {}
    with suppress(ColordegError):
        provenance = guarded_facts("provenance", codec.provenance)
    return Measurement(
        codec=codec.id,
        rung=rung,
        image=image,
        corpus=corpus,
        device=device,
        image_sha256="",
        parameters=dict(codec.ladder[rung]),
        facts={},
        provenance=provenance,
        metrics={},
        error=error,
    )
