"""Compare what a page shows with what was printed.

Lines are compared in order. A line ``...`` stands for any lines or none, ``...``
within a line for anything, and any white space for any other. Whole numbers and
words must be equal; numbers with a decimal point may differ in their last
digits, as those of two releases of a library do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["compare", "tidy"]

ANYTHING = "..."
_DECIMAL = r"(?<![\w.])[-+±]?\d+\.\d+(?!\.?\w)"
_TOKENS = re.compile(rf"(\.\.\.|{_DECIMAL}|\s+)")
_RELATIVE, _ABSOLUTE, _LAST_DIGITS = 0.01, 0.02, 2


def tidy(text: str) -> list[str]:
    """Lines without trailing blanks, and without empty lines around them."""
    return [line.rstrip() for line in text.strip("\n").rstrip().splitlines()]


def compare(shown: Sequence[str], printed: Sequence[str], *, numbers: bool = True) -> str | None:
    """Say where the output leaves what the page shows; ``None`` when it does not.

    Parameters
    ----------
    numbers
        Whether decimal numbers are compared; else any stands for any.
    """
    reached = [0]
    if _match(list(shown), list(printed), numbers, 0, reached):
        return None
    line = reached[0]
    found = repr(printed[line]) if line < len(printed) else "the end"
    head = f"printed line {line + 1}, {found}, is not what is shown."
    return "\n".join([head, "--- shown", *shown, "--- printed", *printed])


def _match(
    shown: list[str], printed: list[str], numbers: bool, at: int, reached: list[int]
) -> bool:
    reached[0] = max(reached[0], at)
    if not shown:
        return at == len(printed)
    head, rest = shown[0], shown[1:]
    if head.strip() == ANYTHING:
        ways = range(at, len(printed) + 1)
        return any(_match(rest, printed, numbers, start, reached) for start in ways)
    return (
        at < len(printed)
        and _line(head, printed[at], numbers)
        and _match(rest, printed, numbers, at + 1, reached)
    )


def _line(shown: str, printed: str, numbers: bool) -> bool:
    pattern, values = "", []
    for token in _TOKENS.split(shown.strip()):
        if token == ANYTHING:
            pattern += ".*"
        elif re.fullmatch(_DECIMAL, token):
            pattern += f"({_DECIMAL})"
            values.append(token)
        else:
            pattern += r"\s+" if token.isspace() else re.escape(token)
    found = re.fullmatch(pattern, printed.strip())
    if found is None:
        return False
    return not numbers or all(map(_near, values, found.groups()))


def _near(shown: str, printed: str) -> bool:
    a, b = (float(text.lstrip("±")) for text in (shown, printed))
    if shown.startswith("±"):
        # A tolerance is small, and is set, not measured.
        return abs(a - b) <= 2 * _RELATIVE * a
    last = 10.0 ** -len(shown.partition(".")[2])
    return abs(a - b) <= max(_RELATIVE * abs(a), _ABSOLUTE, _LAST_DIGITS * last)
