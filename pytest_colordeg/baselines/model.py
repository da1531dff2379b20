"""What a baseline holds: the stored degradations of one codec, and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pytest_colordeg.records import Scalar
from pytest_colordeg.values import Value

__all__ = ["FORMAT", "Baseline", "Change", "Section", "SectionKey", "StoredMetric", "StoredPoint"]

FORMAT = 1
"""The format version that this package writes and reads."""

SectionKey: TypeAlias = tuple[str, str]
"""Corpus and device."""


@dataclass(frozen=True, slots=True)
class StoredMetric:
    """How a stored metric was computed.

    Attributes
    ----------
    definition
        The metric's identity string when its values were stored.
    digits
        Decimals that its values are rounded to in the file.
    """

    definition: str
    digits: int


@dataclass(frozen=True, slots=True)
class StoredPoint:
    """One rung's stored degradation; attributes as in `records.Degradation`.

    Provenance stands here rather than at the section, because the points of a
    section may have been measured with different library versions.
    """

    parameters: Mapping[str, Scalar]
    facts: Mapping[str, Scalar]
    provenance: Mapping[str, Scalar]
    aggregates: Mapping[str, Value]
    covered: Mapping[str, int]
    rows: Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Section:
    """The points measured on one corpus and one device.

    Attributes
    ----------
    images
        Image name to the sha256 of its pixels.
    points
        Rung to stored point.
    """

    corpus: str
    device: str
    corpus_digest: str
    images: Mapping[str, str]
    points: Mapping[int, StoredPoint]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a baseline's history: when (ISO date), why, and what."""

    date: str
    reason: str
    edits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Everything stored for one codec.

    Attributes
    ----------
    metrics
        Metric name to its stored definition; one definition holds in the whole file.
    sections
        ``(corpus, device)`` to section.
    history
        Oldest first.
    """

    codec: str
    metrics: Mapping[str, StoredMetric] = field(default_factory=dict)
    sections: Mapping[SectionKey, Section] = field(default_factory=dict)
    history: tuple[Change, ...] = ()
