"""The summary table at the end of a run: one line an operating point, 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_colordeg.points import FAILING, PointResult
from pytest_colordeg.values import Value

__all__ = ["summary_lines"]

_COLUMNS = (
    ("bpp", "bpp", 7, 3),
    ("delta_e00.mean", "ΔE00 mean", 10, 2),
    ("delta_e00.p95", "ΔE00 p95", 9, 2),
    ("unique_ab.change", "a*b* %", 9, 1),
    ("psnr.rgb", "PSNR dB", 9, 2),
)
_LABEL = 21


def summary_lines(points: Sequence[PointResult]) -> list[tuple[str, bool]]:
    """Word the table.

    Returns
    -------
    list of (str, bool)
        Lines of at most 80 columns, and whether each tells of a failure.
    """
    lines: list[tuple[str, bool]] = []
    for group, members in _grouped(points):
        images = len(members[0].cells)
        head = f"{group}, {images} image{'s' if images != 1 else ''}"
        head = head if len(head) < _LABEL else group
        titles = "".join(title.rjust(width) for _, title, width, _ in _COLUMNS)
        lines += [(f"{head[:_LABEL]:<{_LABEL}}{titles}  verdict"[:80], False)]
        for point in sorted(members, key=lambda p: (p.codec, p.rung)):
            values = point.values
            cells = "".join(
                _cell(values.get(name), width, digits) for name, _, width, digits in _COLUMNS
            )
            line = f"{_fit(point.label, _LABEL)}{cells}  {point.verdict}"
            lines.append((line, point.verdict in FAILING))
    return lines


def _grouped(points: Iterable[PointResult]) -> list[tuple[str, list[PointResult]]]:
    groups: dict[str, list[PointResult]] = {}
    for point in points:
        name = point.corpus if point.device == "cpu" else f"{point.corpus} ({point.device})"
        groups.setdefault(name + (" (part)" if point.partial else ""), []).append(point)
    return sorted(groups.items())


def _cell(value: Value | None, width: int, digits: int) -> str:
    if value is None:
        return "-".rjust(width)
    if isinstance(value, float):
        return f"{value:.{digits}f}".rjust(width)
    return str(value).split(":", maxsplit=1)[0].rjust(width)


def _fit(text: str, width: int) -> str:
    """Cut in the middle: both the family and the rung tell lines apart."""
    if len(text) >= width:
        tail = width // 2
        text = f"{text[: width - tail - 2]}…{text[-tail:]}"
    return f"{text:<{width}}"
