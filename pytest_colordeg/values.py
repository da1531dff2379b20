"""Metric values: a finite number, or one of the explicit tokens that stand in for one.

NaN and infinity are not values. A metric without meaning for an image is
``n/a`` with its reason; a distortion of exactly zero on a logarithmic scale is
``lossless``. Tokens equal themselves and never compare with a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

__all__ = ["LOSSLESS", "Lossless", "NotApplicable", "Value", "from_text", "is_number", "to_text"]

_NA = "n/a"


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The metric has no meaning here; `reason` says why, in a few plain words."""

    reason: str

    def __str__(self) -> str:
        return f"{_NA}: {self.reason}"

    def __reduce__(self) -> tuple[type[NotApplicable], tuple[str]]:
        # Some dozens a record: pickling them field by field is most of its time.
        return NotApplicable, (self.reason,)


@dataclass(frozen=True, slots=True)
class Lossless:
    """The decoded pixels equal the original, so a logarithmic metric has no number."""

    def __str__(self) -> str:
        return "lossless"


LOSSLESS = Lossless()

Value: TypeAlias = float | NotApplicable | Lossless


def is_number(value: object) -> bool:
    """Tell whether `value` is a finite real number (booleans are not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def to_text(value: Value) -> float | str:
    """Give the JSON and YAML form of a value.

    Returns
    -------
    float or str
        The number itself, ``"lossless"`` or ``"n/a: reason"``.

    Raises
    ------
    ValueError
        If the number is NaN or infinite.
    """
    if type(value) is float and math.isfinite(value):  # nearly always
        return value
    if isinstance(value, (NotApplicable, Lossless)):
        return str(value)
    if not is_number(value):
        raise ValueError(f"{value!r} is not a finite number, 'lossless' or 'n/a: reason'")
    return value


def from_text(text: object) -> Value:
    """Read a value back from its JSON or YAML form.

    Raises
    ------
    ValueError
        If `text` is anything else, NaN and infinity included.
    """
    if type(text) is float and math.isfinite(text):  # nearly always
        return text
    if type(text) is str and (token := _token(text)) is not None:
        return token
    if isinstance(text, (int, float)) and is_number(text):
        return float(text)
    raise ValueError(f"{text!r} is not a finite number, 'lossless' or 'n/a: reason'")


@lru_cache(maxsize=1024)
def _token(text: str) -> NotApplicable | Lossless | None:
    """The token that a text stands for; the same few occur some dozens of times a record."""
    if text == "lossless":
        return LOSSLESS
    return NotApplicable(text[5:]) if text.startswith(f"{_NA}: ") and text[5:].strip() else None
