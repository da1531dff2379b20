"""Tables of values: aggregates a metric a line, and rows an image a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pytest_colordeg.baselines.rows import Layout, Rows
from pytest_colordeg.baselines.syntax import Node
from pytest_colordeg.baselines.table import split
from pytest_colordeg.values import NotApplicable, Value, from_text

__all__ = ["Columns", "add", "rows_of"]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Columns:
    """Reads values of known metrics.

    Attributes
    ----------
    usual
        Metric to what a bare ``n/a`` means there, or ``None``.
    """

    usual: Mapping[str, NotApplicable | None]

    def aggregates(self, node: Node, images: int) -> tuple[dict[str, Value], dict[str, int]]:
        """Read values and numbers of images covered, of `images` at most."""
        aggregates: dict[str, Value] = {}
        covered: dict[str, int] = {}
        for line, cells in rows_of(node, ("metric", "value", "images"))[1]:
            if len(cells) != 3:
                node.fail("a metric, its value and a number of images", line, ", ".join(cells))
            name, text, count = cells
            if name not in self.usual:
                node.fail("a metric that 'metrics' defines", line, repr(name))
            if not re.fullmatch("[0-9]{1,9}", count) or int(count) > images:
                node.fail(f"at most {images} images for {name}", line, repr(count))
            add(aggregates, name, self._value(text, name, node, line), node, line)
            covered[name] = int(count)
        return aggregates, covered

    def rows(self, node: Node, images: Mapping[str, str]) -> Mapping[str, Mapping[str, Value]]:
        """Read one row for each of `images`."""
        lines = node.lines()
        header = _cells(*next(lines), node)
        names = header[1:]
        if header[0] != "image":
            node.fail("the header 'image'", node.line + 1, repr(", ".join(header)[:60]))
        for name in names:
            if name not in self.usual or names.count(name) > 1:
                node.fail("each metric that 'metrics' defines once", node.line + 1, repr(name))
        layout = Layout({name: self.usual[name] for name in names})
        rows: dict[str, str | Mapping[str, Value]] = {}
        for line, text in lines:
            image, _, cells = text.partition(", ")
            known = image in images and image not in rows and '"' not in image
            if known and layout.plain(cells):
                rows[image] = cells
            else:
                self._careful(text, names, images, rows, node, line)
        for image in images:
            if image not in rows:
                node.fail(f"a row for the image {image}", found="none")
        return Rows(layout, rows)

    def _careful(
        self,
        text: str,
        names: Sequence[str],
        images: Mapping[str, str],
        rows: dict[str, str | Mapping[str, Value]],
        node: Node,
        line: int,
    ) -> None:
        """Read a row that has quotes in it, an odd number or a fault."""
        image, *texts = _cells(line, text, node)
        if len(texts) != len(names):
            node.fail(f"{len(names)} values for {image}", line, f"{len(texts)}")
        if image not in images:
            node.fail("an image that 'images' lists", line, repr(image))
        values = {
            name: self._value(text, name, node, line)
            for text, name in zip(texts, names, strict=True)
        }
        add(rows, image, values, node, line)

    def _value(self, text: str, metric: str, node: Node, line: int) -> Value:
        if text == "n/a" and (usual := self.usual[metric]):
            return usual
        try:
            return from_text(float(text) if _NUMBER.fullmatch(text) else text)
        except ValueError:
            wanted = f"a finite number, 'lossless' or 'n/a: reason' for {metric}"
            node.fail(wanted, line, repr(text))


def rows_of(node: Node, header: tuple[str, ...]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Take a table apart: its first line, and the others with their numbers.

    The first line must begin with `header`, and be it when `header` has more
    than one cell.
    """
    rows = [(line, _cells(line, text, node)) for line, text in node.lines()]
    line, first = rows[0]
    if tuple(first[: len(header)]) != header or (len(header) > 1 and len(first) > len(header)):
        node.fail(f"the header '{', '.join(header)}'", line, repr(", ".join(first)[:60]))
    return first, rows[1:]


def _cells(line: int, text: str, node: Node) -> list[str]:
    try:
        return split(text)
    except ValueError as error:
        node.fail("cells apart by ', '", line, str(error))


def add(into: dict[str, _T], name: str, value: _T, node: Node, line: int) -> None:
    """Set what must not be set yet."""
    if name in into:
        node.fail("each name once", line, f"{name!r} again")
    into[name] = value
