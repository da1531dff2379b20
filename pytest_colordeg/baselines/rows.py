"""Rows that stay text until they are read: checked at once, turned into numbers when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, KeysView, Mapping, Sequence
from typing import cast

from pytest_colordeg.values import NotApplicable, Value, from_text

__all__ = ["Layout", "Row", "Rows"]

# Whatever this matches is a finite number; there are others, such as 1e-3.
_NUMBER = r"-?[0-9]{1,99}+(?:\.[0-9]++)?+"
_REASON = 'n/a: [^", ][^",]*+'


class Layout:
    """The columns of a table, and which lines of cells need no closer look.

    Parameters
    ----------
    usual
        Each column's name, in order, and what a bare ``n/a`` means in it, or ``None``.
    """

    def __init__(self, usual: Mapping[str, NotApplicable | None]) -> None:
        self.places = {name: place for place, name in enumerate(usual)}
        self.usual: Sequence[NotApplicable | None] = list(usual.values())
        cells = (
            f"(?:{_NUMBER}|lossless|{_REASON}{'|n/a' if known else ''})" for known in self.usual
        )
        self._plain = re.compile(", ".join(cells))

    def plain(self, cells: str) -> bool:
        """Whether this is one value a column, none of them quoted or oddly spelled."""
        return bool(self.places) and self._plain.fullmatch(cells) is not None


class Row(Mapping[str, Value]):
    """The values of one line that is `Layout.plain`."""

    __slots__ = ("_cells", "_layout")

    def __init__(self, line: str, layout: Layout) -> None:
        self._cells, self._layout = line.split(", "), layout

    def __getitem__(self, name: str) -> Value:
        place = self._layout.places[name]
        text = self._cells[place]
        if text[0] not in "ln":
            return float(text)
        return cast(Value, self._layout.usual[place]) if text == "n/a" else from_text(text)

    def __contains__(self, name: object) -> bool:
        return name in self._layout.places

    def __iter__(self) -> Iterator[str]:
        return iter(self._layout.places)

    def __len__(self) -> int:
        return len(self._layout.places)

    def keys(self) -> KeysView[str]:
        """The names, as a dict gives them."""
        return self._layout.places.keys()

    def __repr__(self) -> str:
        return repr(dict(self))


class Rows(Mapping[str, Mapping[str, Value]]):
    """Image name to row. A line is taken apart whenever its row is looked up.

    Parameters
    ----------
    layout
        Of the lines.
    rows
        Image name to a line that is `Layout.plain`, or to a row.
    """

    __slots__ = ("_layout", "_rows")

    def __init__(self, layout: Layout, rows: Mapping[str, str | Mapping[str, Value]]) -> None:
        self._layout, self._rows = layout, rows

    def __getitem__(self, image: str) -> Mapping[str, Value]:
        row = self._rows[image]
        return Row(row, self._layout) if isinstance(row, str) else row

    def __contains__(self, image: object) -> bool:
        return image in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return repr({image: dict(row) for image, row in self.items()})
