"""Words and numbers as people read them, harmless wherever they are shown."""

from __future__ import annotations

from pytest_colordeg.images.names import printable
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.values import Value

__all__ = ["clean", "number", "percent", "rungs", "value"]

_MINUS = "−"


def clean(text: str) -> str:
    """Show control, direction and undecodable characters as escapes; lines stay lines."""
    return "\n".join(printable(line) for line in text.split("\n"))


def value(metric: str, found: Value | None, most: int = 4) -> str:
    """A metric's value with its own number of digits, at most `most`; tokens as words."""
    if found is None:
        return "none"
    if isinstance(found, int | float):
        digits = METRICS[metric].digits if metric in METRICS else most
        return number(found, min(digits, most))
    return clean(str(found)).split(":", maxsplit=1)[0]


def number(found: float, digits: int, *, sign: bool = False) -> str:
    """A number with fixed digits and a real minus; zero has no sign."""
    text = f"{found:{'+' if sign else ''}.{digits}f}"
    if float(text) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", _MINUS)


def percent(part: float, whole: float) -> str:
    """A relative change such as ``+17 %``; empty when `whole` is 0."""
    if not whole:
        return ""
    return f"{number(100.0 * part / abs(whole), 1, sign=True)} %"


def rungs(found: list[int]) -> str:
    """Rungs as ranges: ``r1-r4, r7``."""
    parts: list[list[int]] = []
    for rung in sorted(set(found)):
        if parts and rung == parts[-1][-1] + 1:
            parts[-1].append(rung)
        else:
            parts.append([rung])
    return ", ".join(f"r{p[0]}" if len(p) == 1 else f"r{p[0]}–r{p[-1]}" for p in parts)
