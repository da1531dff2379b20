"""Text to baseline: everything is checked, and every error has a file and a line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pytest_colordeg.baselines.model import (
    FORMAT,
    Baseline,
    Change,
    Section,
    SectionKey,
    StoredMetric,
    StoredPoint,
)
from pytest_colordeg.baselines.syntax import Node, parse
from pytest_colordeg.baselines.table import split
from pytest_colordeg.baselines.text import END
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar
from pytest_colordeg.values import Value, from_text

__all__ = ["MAX_DIGITS", "MAX_RUNG", "check_format", "load"]

MAX_DIGITS = 12
MAX_RUNG = 10_000
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_UNDERSCORED = re.compile("_(?<=[0-9]_)[0-9]")
"""Python reads ``1_0`` as a number; a baseline does not. Led by ``_`` for a quick search."""
_T = TypeVar("_T")


def load(data: bytes, source: str, codec: str) -> Baseline:
    """Read a baseline from the bytes of its file.

    Parameters
    ----------
    data
        UTF-8 text as `text.dump` writes it; CRLF and a byte order mark are accepted.
    source
        The file's name, for messages.
    codec
        The codec that the file must be of.

    Raises
    ------
    ColordegError
        ``source:line: name: expected X, found Y``.
    """
    tree = parse(data, source)
    check_format(tree)
    if not data.rstrip().endswith(f"\n{END}".encode()):
        last = data.rstrip().count(b"\n") + 1
        raise ColordegError(
            f"{source}:{last}: expected '{END}' on the last line, found something else: "
            "the file is cut short; restore it from version control"
        )
    top = tree.mapping(("format", "codec", "history", "metrics", "sections"))
    if top["codec"].text() != codec:
        top["codec"].fail(f"'{codec}', as the file's name says")
    metrics = {name: _metric(node) for name, node in top["metrics"].mapping(optional=None).items()}
    sections: dict[SectionKey, Section] = {}
    for corpus, devices in top["sections"].mapping(optional=None).items():
        for device, node in devices.mapping(optional=None).items():
            sections[corpus, device] = _section(node, corpus, device, metrics)
    history = tuple(_change(node) for node in top["history"].items())
    return Baseline(codec, metrics, sections, history)


def check_format(tree: Node) -> None:
    """Refuse a file that another version of this package wrote."""
    node = tree.mapping(("format",), None)["format"]
    if node.content != FORMAT or isinstance(node.content, bool):
        found = node.content
        newer = isinstance(found, int) and found > FORMAT
        hint = "; upgrade pytest-colordeg to read it" if newer else ""
        node.fail(f"{FORMAT}, the format that this version compares{hint}")


def _metric(node: Node) -> StoredMetric:
    fields = node.mapping(("digits", "definition"))
    return StoredMetric(fields["definition"].text(), fields["digits"].integer(0, MAX_DIGITS))


def _change(node: Node) -> Change:
    fields = node.mapping(("date", "reason", "changes"))
    edits = tuple(edit.text() for edit in fields["changes"].items())
    return Change(fields["date"].text(), fields["reason"].text(), edits)


def _section(node: Node, corpus: str, device: str, metrics: Mapping[str, StoredMetric]) -> Section:
    fields = node.mapping(("corpus_digest", "images", "points"))
    images: dict[str, str] = {}
    for line, cells in _table(fields["images"], ("image", "sha256"))[1]:
        if len(cells) != 2 or not cells[1]:
            fields["images"].fail("an image and its sha256", line, ", ".join(cells))
        _add(images, cells[0], cells[1], fields["images"], line)
    points: dict[int, StoredPoint] = {}
    for text, point in fields["points"].mapping(optional=None).items():
        if not re.fullmatch("[1-9][0-9]{0,4}", text) or int(text) > MAX_RUNG:
            point.fail(f"a rung from 1 to {MAX_RUNG}", found=repr(text))
        points[int(text)] = _point(point, metrics, images)
    return Section(corpus, device, fields["corpus_digest"].text(), images, points)


def _point(
    node: Node, metrics: Mapping[str, StoredMetric], images: Mapping[str, str]
) -> StoredPoint:
    fields = node.mapping(("parameters", "facts", "provenance", "aggregates", "rows"))
    aggregates, covered = _aggregates(fields["aggregates"], metrics, len(images))
    return StoredPoint(
        _scalars(fields["parameters"]),
        _scalars(fields["facts"]),
        _scalars(fields["provenance"]),
        aggregates,
        covered,
        _rows(fields["rows"], metrics, images),
    )


def _scalars(node: Node) -> dict[str, Scalar]:
    return {name: value.scalar() for name, value in node.mapping(optional=None).items()}


def _aggregates(
    node: Node, metrics: Mapping[str, StoredMetric], images: int
) -> tuple[dict[str, Value], dict[str, int]]:
    aggregates: dict[str, Value] = {}
    covered: dict[str, int] = {}
    for line, cells in _table(node, ("metric", "value", "images"))[1]:
        if len(cells) != 3:
            node.fail("a metric, its value and a number of images", line, ", ".join(cells))
        name, text, count = cells
        if name not in metrics:
            node.fail("a metric that 'metrics' defines", line, repr(name))
        if not re.fullmatch("[0-9]{1,9}", count) or int(count) > images:
            node.fail(f"at most {images} images for {name}", line, repr(count))
        _add(aggregates, name, _value(text, name, node, line), node, line)
        covered[name] = int(count)
    return aggregates, covered


def _rows(
    node: Node, metrics: Mapping[str, StoredMetric], images: Mapping[str, str]
) -> dict[str, Mapping[str, Value]]:
    header, lines = _table(node, ("image",))
    names = header[1:]
    for name in names:
        if name not in metrics or names.count(name) > 1:
            node.fail("each metric that 'metrics' defines once", node.line + 1, repr(name))
    rows: dict[str, Mapping[str, Value]] = {}
    odd = _UNDERSCORED.search(str(node.content)) is not None
    for line, cells in lines:
        image = cells[0]
        if len(cells) != len(header):
            node.fail(f"{len(names)} values for {image}", line, f"{len(cells) - 1}")
        if image not in images:
            node.fail("an image that 'images' lists", line, repr(image))
        texts = cells[1:]
        values: Sequence[Value] | None = None if odd else _numbers(texts)
        if values is None:
            values = [
                _value(text, name, node, line) for text, name in zip(texts, names, strict=True)
            ]
        _add(rows, image, dict(zip(names, values, strict=True)), node, line)
    for image in images:
        if image not in rows:
            node.fail(f"a row for the image {image}", found="none")
    return rows


def _numbers(texts: list[str]) -> list[float] | None:
    """Read a row of finite numbers, as nearly all are; ``None`` sends it the careful way."""
    try:
        numbers = list(map(float, texts))
    except ValueError:
        return None
    return numbers if math.isfinite(sum(numbers)) else None


def _value(text: str, metric: str, node: Node, line: int) -> Value:
    try:
        return from_text(float(text) if _NUMBER.fullmatch(text) else text)
    except ValueError:
        node.fail(f"a finite number, 'lossless' or 'n/a: reason' for {metric}", line, repr(text))


def _table(node: Node, header: tuple[str, ...]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Take a table apart; its first line must begin with `header` (or be it, if longer than 1)."""
    rows = []
    for line, text in node.lines():
        try:
            rows.append((line, split(text)))
        except ValueError as error:
            node.fail("cells apart by ', '", line, str(error))
    line, first = rows[0]
    if tuple(first[: len(header)]) != header or (len(header) > 1 and len(first) > len(header)):
        node.fail(f"the header '{', '.join(header)}'", line, repr(", ".join(first)[:60]))
    return first, rows[1:]


def _add(into: dict[str, _T], name: str, value: _T, node: Node, line: int) -> None:
    if name in into:
        node.fail("each name once", line, f"{name!r} again")
    into[name] = value
