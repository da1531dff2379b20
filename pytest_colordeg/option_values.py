"""What was typed or written, as the value of a setting; clear errors for what it cannot be."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from pytest_colordeg.option_table import Option

__all__ = ["convert"]


def convert(option: Option, raw: Any, origin: str, folder: Path) -> Any:
    """Give an option's value; `origin` is named in errors, paths begin at `folder`.

    Raises
    ------
    pytest.UsageError
        For a value of the wrong type or out of its choices.
    """
    if raw is None:
        return None
    if option.kind == "list":
        values = _as_list(option, raw, origin)
        for value in values:
            _check_choice(option, value, origin)
        return values
    if option.kind == "flag":
        if isinstance(raw, bool):
            return raw
        if str(raw).lower() in ("true", "false", "1", "0"):
            return str(raw).lower() in ("true", "1")
        raise pytest.UsageError(f"{option.name} ({origin}): expected true or false, found {raw!r}")
    if option.kind == "number":
        return _number(option, raw, origin)
    if option.kind in _WHOLE and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise pytest.UsageError(f"{option.name} ({origin}): expected text, found {raw!r}")
    _check_choice(option, raw, origin)
    if option.kind in _WHOLE:
        return _whole(option, raw, origin)
    if option.kind == "path or off" and raw == "off":
        return None
    if option.kind.startswith("path"):
        return folder / Path(raw).expanduser()
    return raw


def _number(option: Option, raw: Any, origin: str) -> float:
    try:
        number = math.nan if isinstance(raw, bool) else float(raw)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise pytest.UsageError(
            f"{option.name} ({origin}): expected a number such as {option.default}, found {raw!r}"
        )
    return number


_WHOLE = {"count": "a whole number from 1 up", "size": "a number of bytes, such as 500M or 2G"}
_UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def _whole(option: Option, raw: str, origin: str) -> int:
    unit = raw[-1:].upper() if option.kind == "size" and not raw[-1:].isdigit() else ""
    digits = raw.removesuffix(raw[-1:]) if unit else raw
    if not (digits.isascii() and digits.isdigit() and int(digits)) or unit not in _UNITS:
        raise pytest.UsageError(
            f"{option.flag} ({origin}): expected {_WHOLE[option.kind]}, found {raw!r}"
        )
    return int(digits) << _UNITS[unit]


def _as_list(option: Option, raw: Any, origin: str) -> tuple[str, ...]:
    parts = [raw] if isinstance(raw, str | int) else raw
    if not isinstance(parts, list) or any(
        not isinstance(part, str | int) or isinstance(part, bool) for part in parts
    ):
        raise pytest.UsageError(f"{option.name} ({origin}): expected a list, found {raw!r}")
    texts = [piece.strip() for part in parts for piece in str(part).split(",")]
    if not texts or not all(texts):
        raise pytest.UsageError(
            f"{option.name} ({origin}): empty; name at least one, such as {option.metavar}"
        )
    return tuple(dict.fromkeys(texts))


def _check_choice(option: Option, value: str, origin: str) -> None:
    if option.choices and value not in option.choices:
        raise pytest.UsageError(
            f"{option.flag} ({origin}): {value!r} is not one of {', '.join(option.choices)}"
        )
