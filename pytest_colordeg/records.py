"""The records that flow through a run: what a cell measured, what a point amounts to.

Nothing in a record depends on when, where or in which process it was made, so
that serial, parallel and merged runs give equal records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pytest_colordeg.values import Value

__all__ = ["Degradation", "Measurement", "Scalar"]

Scalar: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Measurement:
    """One cell: a codec at a rung, on one image, on one device.

    Attributes
    ----------
    codec, rung, image, corpus, device
        The cell's coordinates. `rung` counts from 1, the smallest file.
    image_sha256
        Digest of the original's pixels.
    parameters
        The native parameters asked of the encoder.
    facts
        What the file really holds, read back from its bytes.
    provenance
        Library versions and threads that made it; no times, no host names.
    metrics
        Metric name to value; empty when `error` is set.
    error
        One plain line when the cell could not be measured, else ``None``.
    """

    codec: str
    rung: int
    image: str
    corpus: str
    device: str
    image_sha256: str
    parameters: Mapping[str, Scalar]
    facts: Mapping[str, Scalar]
    provenance: Mapping[str, Scalar]
    metrics: Mapping[str, Value]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Degradation:
    """The measurements of one operating point over a corpus.

    Attributes
    ----------
    aggregates
        Metric name to its mean over images (``max`` metrics: the maximum).
    covered
        Metric name to the number of images that gave a number.
    rows
        Image name to that image's metric values, in corpus order.
    image_digests
        Image name to the sha256 of its pixels, in corpus order.
    corpus_digest
        Digest of the whole corpus, also when `partial`.
    partial
        True when only some of the corpus's images were selected; aggregates
        then mean nothing against a baseline of the whole.
    """

    codec: str
    rung: int
    corpus: str
    device: str
    corpus_digest: str
    parameters: Mapping[str, Scalar]
    facts: Mapping[str, Scalar]
    provenance: Mapping[str, Scalar]
    aggregates: Mapping[str, Value]
    covered: Mapping[str, int]
    rows: Mapping[str, Mapping[str, Value]]
    image_digests: Mapping[str, str]
    partial: bool = False
