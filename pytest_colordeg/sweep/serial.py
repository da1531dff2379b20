"""Measurements as plain JSON objects: for test reports across processes, and for record files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.spool import Spooled, by_image
from pytest_colordeg.values import from_text, to_text

__all__ = ["SCHEMA", "from_json", "record_lines", "to_json"]

SCHEMA = 1


def to_json(cell: Measurement) -> dict[str, Any]:
    """Give the JSON object of one cell; keys as in `Measurement`, plus ``schema``."""
    return {
        "schema": SCHEMA,
        "codec": cell.codec,
        "rung": cell.rung,
        "image": cell.image,
        "corpus": cell.corpus,
        "device": cell.device,
        "image_sha256": cell.image_sha256,
        "parameters": dict(cell.parameters),
        "facts": dict(cell.facts),
        "provenance": dict(cell.provenance),
        "metrics": {name: to_text(value) for name, value in cell.metrics.items()},
        "error": cell.error,
    }


def from_json(record: Mapping[str, Any]) -> Measurement:
    """Read one cell back.

    Raises
    ------
    ValueError
        If the schema is another one, or a key is missing or malformed.
    """
    if record.get("schema") != SCHEMA:
        raise ValueError(f"schema {record.get('schema')!r}, expected {SCHEMA}")
    try:
        fields = {name: record[name] for name in Measurement.__slots__}
        fields["metrics"] = {name: from_text(text) for name, text in record["metrics"].items()}
    except (KeyError, AttributeError) as error:
        raise ValueError(f"not a cell record: {error}") from None
    return Measurement(**fields)


def record_lines(cells: Iterable[Measurement]) -> Iterator[str]:
    """One JSON line a cell, sorted by codec, rung, corpus, image and device.

    Spooled cells are those of one point, and are read one at a time.
    """
    if isinstance(cells, Spooled):
        ordered: Iterable[Measurement] = by_image(cells)
    else:
        ordered = sorted(cells, key=lambda c: (c.codec, c.rung, c.corpus, c.image, c.device))
    for cell in ordered:
        yield json.dumps(to_json(cell), ensure_ascii=False, allow_nan=False)
