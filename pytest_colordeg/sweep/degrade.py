"""From the measurements of one operating point to its degradation over the corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Degradation, Measurement, Scalar
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
    if not measurements or any(cell.error for cell in measurements):
        raise ValueError("a degradation is made of measured cells only, and of at least one")
    first = measurements[0]
    aggregates: dict[str, Value] = {}
    covered: dict[str, int] = {}
    for name in first.metrics:
        values = [cell.metrics[name] for cell in measurements]
        numbers = [value for value in values if isinstance(value, float)]
        covered[name] = len(numbers)
        aggregates[name] = _aggregate(name, numbers, values)
    return Degradation(
        codec=first.codec,
        rung=first.rung,
        corpus=first.corpus,
        device=first.device,
        corpus_digest=corpus_digest,
        parameters=first.parameters,
        facts=_common(measurements),
        provenance=first.provenance,
        aggregates=aggregates,
        covered=covered,
        rows={cell.image: cell.metrics for cell in measurements},
        image_digests={cell.image: cell.image_sha256 for cell in measurements},
        partial=partial,
    )


def _aggregate(name: str, numbers: list[float], values: list[Value]) -> Value:
    if numbers:
        if METRICS[name].aggregate == "max":
            return max(numbers)
        return sum(numbers) / len(numbers)
    if all(value == values[0] for value in values):
        return values[0]
    return NotApplicable("on every image")


def _common(measurements: Sequence[Measurement]) -> Mapping[str, Scalar]:
    """Facts of the point: one value each, or all that were seen, in order of sight.

    Sizes of parts of a file are each image's own.
    """
    merged: dict[str, Scalar] = {}
    names = {name for cell in measurements for name in cell.facts if not name.endswith(_SHARE)}
    for name in sorted(names):
        seen = list(dict.fromkeys(cell.facts[name] for cell in measurements if name in cell.facts))
        merged[name] = seen[0] if len(seen) == 1 else " and ".join(map(str, seen))
    return merged
