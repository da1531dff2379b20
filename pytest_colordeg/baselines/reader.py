"""Text to baseline: everything is checked, and every error has a file and a line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_colordeg.baselines.columns import Columns, add, rows_of
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
from pytest_colordeg.baselines.text import END, USUAL
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar
from pytest_colordeg.values import NotApplicable

__all__ = ["check_format", "load"]

MAX_DIGITS = 12
MAX_RUNG = 10_000


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
    fields = top["metrics"].mapping(optional=None)
    metrics = {name: _metric(node) for name, node in fields.items()}
    columns = Columns({name: _usual(node) for name, node in fields.items()})
    sections: dict[SectionKey, Section] = {}
    for corpus, devices in top["sections"].mapping(optional=None).items():
        for device, node in devices.mapping(optional=None).items():
            sections[corpus, device] = _section(node, corpus, device, columns)
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
    fields = node.mapping(("digits", "definition"), (USUAL,))
    return StoredMetric(fields["definition"].text(), fields["digits"].integer(0, MAX_DIGITS))


def _usual(node: Node) -> NotApplicable | None:
    """Give what a bare ``n/a`` means in a metric's cells."""
    fields = node.mapping(optional=None)
    return NotApplicable(fields[USUAL].text()) if USUAL in fields else None


def _change(node: Node) -> Change:
    fields = node.mapping(("date", "reason", "changes"))
    edits = tuple(edit.text() for edit in fields["changes"].items())
    return Change(fields["date"].text(), fields["reason"].text(), edits)


def _section(node: Node, corpus: str, device: str, columns: Columns) -> Section:
    fields = node.mapping(("corpus_digest", "images", "points"))
    images: dict[str, str] = {}
    for line, cells in rows_of(fields["images"], ("image", "sha256"))[1]:
        if len(cells) != 2 or not cells[1]:
            fields["images"].fail("an image and its sha256", line, ", ".join(cells))
        add(images, cells[0], cells[1], fields["images"], line)
    points: dict[int, StoredPoint] = {}
    for text, point in fields["points"].mapping(optional=None).items():
        if not re.fullmatch("[1-9][0-9]{0,4}", text) or int(text) > MAX_RUNG:
            point.fail(f"a rung from 1 to {MAX_RUNG}", found=repr(text))
        points[int(text)] = _point(point, columns, images)
    return Section(corpus, device, fields["corpus_digest"].text(), images, points)


def _point(node: Node, columns: Columns, images: Mapping[str, str]) -> StoredPoint:
    fields = node.mapping(("parameters", "facts", "provenance", "aggregates", "rows"))
    aggregates, covered = columns.aggregates(fields["aggregates"], len(images))
    return StoredPoint(
        _scalars(fields["parameters"]),
        _scalars(fields["facts"]),
        _scalars(fields["provenance"]),
        aggregates,
        covered,
        columns.rows(fields["rows"], images),
    )


def _scalars(node: Node) -> dict[str, Scalar]:
    return {name: value.scalar() for name, value in node.mapping(optional=None).items()}
