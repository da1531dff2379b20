"""Tables inside a block scalar: one line a row, cells apart by a comma and a space.

Cells stand bare when that is safe and otherwise in double quotes, with the
escapes that YAML shares: a backslash before a quote or a backslash, and its
``u`` and ``U`` forms for what does not print. Ten thousand rows load in the time that
YAML lists of a hundred would take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pytest_colordeg.errors import ColordegError

__all__ = ["join", "quote", "split"]

_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*)"(?:, |$)')
_BARE = re.compile(r'([^",]*)(?:, |$)')
_ESCAPE = re.compile(r'\\(["\\]|u[0-9a-f]{4}|U[0-9a-f]{8})')


def quote(text: str) -> str:
    """Put any text into double quotes, valid as a YAML scalar and as a cell.

    Raises
    ------
    ColordegError
        If `text` holds a lone surrogate, which no file in UTF-8 can.
    """
    return f'"{"".join(map(_escape, text))}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code < 0xE000:
        raise ColordegError(
            f"a name with the byte 0x{code & 0xFF:02x}, which is not valid text, "
            "cannot be stored: rename it"
        )
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def join(cells: Iterable[str]) -> str:
    """Make a line of cells."""
    return ", ".join(cell if _is_safe(cell) else quote(cell) for cell in cells)


def _is_safe(cell: str) -> bool:
    return (
        cell.isprintable()
        and '"' not in cell
        and "," not in cell
        and cell.strip() == cell
        and cell != ""
    )


def split(line: str) -> list[str]:
    """Take a line apart.

    Raises
    ------
    ValueError
        If a quoted cell is malformed.
    """
    if '"' not in line:
        return line.split(", ")
    cells = []
    position = 0
    while True:
        quoted = line.startswith('"', position)
        match = (_QUOTED if quoted else _BARE).match(line, position)
        if not match:
            raise ValueError(f"a malformed cell at column {position + 1}")
        cells.append(_ESCAPE.sub(_unescape, match.group(1)) if quoted else match.group(1))
        position = match.end()
        if position == len(line):
            if match.group().endswith(", "):
                raise ValueError("a comma at the end of the line")
            return cells


def _unescape(match: re.Match[str]) -> str:
    escape = match.group(1)
    if len(escape) == 1:
        return escape
    code = int(escape[1:], 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ValueError(f"the escape \\{escape}, which is no character")
    return chr(code)
