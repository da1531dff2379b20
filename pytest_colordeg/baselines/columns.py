"""Tables of values: aggregates a metric a line, and rows an image a line."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pytest_colordeg.baselines.syntax import Node
from pytest_colordeg.baselines.table import split
from pytest_colordeg.values import NotApplicable, Value, from_text

__all__ = ["Columns", "add", "rows_of"]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_UNDERSCORED = re.compile("_(?<=[0-9]_)[0-9]")
"""Python reads ``1_0`` as a number; a baseline does not. Led by ``_`` for a quick search."""
_USUAL = NotApplicable("")
"""Stands for a bare ``n/a`` until the column is known."""
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

    def rows(self, node: Node, images: Mapping[str, str]) -> dict[str, Mapping[str, Value]]:
        """Read one row for each of `images`."""
        header, lines = rows_of(node, ("image",))
        names = header[1:]
        for name in names:
            if name not in self.usual or names.count(name) > 1:
                node.fail("each metric that 'metrics' defines once", node.line + 1, repr(name))
        usual = [self.usual[name] for name in names]
        odd = _UNDERSCORED.search(str(node.content)) is not None
        tokens: dict[str, Value] = {"lossless": from_text("lossless"), "n/a": _USUAL}
        rows: dict[str, Mapping[str, Value]] = {}
        for line, cells in lines:
            image = cells[0]
            if len(cells) != len(header):
                node.fail(f"{len(names)} values for {image}", line, f"{len(cells) - 1}")
            if image not in images:
                node.fail("an image that 'images' lists", line, repr(image))
            texts = cells[1:]
            values = None if odd else _quick(texts, tokens, usual)
            if values is None:
                values = [
                    self._value(text, name, node, line)
                    for text, name in zip(texts, names, strict=True)
                ]
                tokens |= {str(v): v for v in values if isinstance(v, NotApplicable)}
            add(rows, image, dict(zip(names, values, strict=True)), node, line)
        for image in images:
            if image not in rows:
                node.fail(f"a row for the image {image}", found="none")
        return rows

    def _value(self, text: str, metric: str, node: Node, line: int) -> Value:
        if text == "n/a" and (usual := self.usual[metric]):
            return usual
        try:
            return from_text(float(text) if _NUMBER.fullmatch(text) else text)
        except ValueError:
            wanted = f"a finite number, 'lossless' or 'n/a: reason' for {metric}"
            node.fail(wanted, line, repr(text))


def _quick(
    texts: list[str], tokens: Mapping[str, Value], usual: Sequence[NotApplicable | None]
) -> Sequence[Value] | None:
    """Read a row of finite numbers and known tokens; ``None`` sends it the careful way."""
    try:
        numbers = list(map(float, texts))
    except ValueError:
        pass
    else:
        return numbers if math.isfinite(sum(numbers)) else None
    try:
        values = [tokens.get(text) or float(text) for text in texts]
    except ValueError:
        return None
    if not math.isfinite(sum(value for value in values if isinstance(value, float))):
        return None
    if _USUAL not in values:
        return values
    known = [
        token if value is _USUAL else value for value, token in zip(values, usual, strict=True)
    ]
    return None if None in known else known  # type: ignore[return-value]


def rows_of(node: Node, header: tuple[str, ...]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Take a table apart: its first line, and the others with their numbers.

    The first line must begin with `header`, and be it when `header` has more
    than one cell.
    """
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


def add(into: dict[str, _T], name: str, value: _T, node: Node, line: int) -> None:
    """Set what must not be set yet."""
    if name in into:
        node.fail("each name once", line, f"{name!r} again")
    into[name] = value
