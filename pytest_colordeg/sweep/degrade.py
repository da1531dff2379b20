"""From the measurements of one operating point to its degradation over the corpus."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Degradation, Measurement, Scalar
from pytest_colordeg.sweep.spool import rows_of
from pytest_colordeg.values import NotApplicable, Value

__all__ = ["degrade"]

_SHARE = "_payload_bytes"  # ends the names of what parts of one file take


def degrade(
    measurements: Sequence[Measurement], corpus_digest: str, partial: bool = False
) -> Degradation:
    """Aggregate measured cells of one codec, rung, corpus and device.

    Each metric becomes the mean over images (``max`` metrics: the maximum) of
    the images that gave a number; without any, it keeps the token that all
    images gave, and is ``n/a`` where they differ.

    Raises
    ------
    ValueError
        If there is no measurement or one of them failed.
    """
    if not measurements:
        raise ValueError("a degradation is made of at least one measured cell")
    first = measurements[0]
    # One pass, and a number a value: there may be more cells than memory should hold.
    numbers = {name: array("d") for name in first.metrics}
    tokens: dict[str, dict[Value, None]] = {name: {} for name in first.metrics}
    facts: dict[str, dict[Scalar, None]] = {}
    digests: dict[str, str] = {}
    for cell in measurements:
        if cell.error:
            raise ValueError("a degradation is made of measured cells only")
        for name in numbers:
            value = cell.metrics[name]
            if isinstance(value, float):
                numbers[name].append(value)
            else:
                tokens[name][value] = None
        for name, fact in cell.facts.items():
            # Sizes of parts of a file are each image's own.
            if not name.endswith(_SHARE):
                facts.setdefault(name, {})[fact] = None
        digests[cell.image] = cell.image_sha256
    return Degradation(
        codec=first.codec,
        rung=first.rung,
        corpus=first.corpus,
        device=first.device,
        corpus_digest=corpus_digest,
        parameters=first.parameters,
        facts={name: _told(list(seen)) for name, seen in sorted(facts.items())},
        provenance=first.provenance,
        aggregates={name: _aggregate(name, numbers[name], list(tokens[name])) for name in numbers},
        covered={name: len(values) for name, values in numbers.items()},
        rows=rows_of(measurements),
        image_digests=digests,
        partial=partial,
    )


def _aggregate(name: str, numbers: Sequence[float], tokens: Sequence[Value]) -> Value:
    if numbers:
        if METRICS[name].aggregate == "max":
            return max(numbers)
        return sum(numbers) / len(numbers)
    return tokens[0] if len(tokens) == 1 else NotApplicable("on every image")


def _told(seen: Sequence[Scalar]) -> Scalar:
    """A fact of the point: its one value, or all that were seen, in order of sight."""
    return seen[0] if len(seen) == 1 else " and ".join(map(str, seen))
