"""What the page shows, made of a run: summaries, failing points, and the data of its scripts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_colordeg.findings import Change
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Scalar
from pytest_colordeg.report import text
from pytest_colordeg.report.hues import families, rose
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.report.pictures import Shown
from pytest_colordeg.report.series import charts
from pytest_colordeg.values import Value

__all__ = [
    "COLUMNS",
    "Column",
    "Failure",
    "Group",
    "content",
    "definition",
    "failure",
    "groups",
    "identity",
    "settled",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of points."""

    metric: str
    title: str
    digits: int


COLUMNS = (
    Column("bpp", "bpp", 3),
    Column("delta_e00.mean", "ΔE00", 2),
    Column("delta_e00.p95", "ΔE00 p95", 2),
    Column("delta_c", "ΔC*", 2),
    Column("unique_ab.change", "a*b* %", 1),
    Column("psnr.rgb", "PSNR", 2),
    Column("ms_ssim.rgb", "MS-SSIM", 4),
)
_MEASURED = re.compile(r"\d+\.\d+")
_ROSES = ("delta_e00", "delta_c")


@dataclass(frozen=True, slots=True)
class Group:
    """Failing points that have a codec, a corpus and a probable cause in common."""

    codec: str
    corpus: str
    cause: str
    points: tuple[Point, ...]

    @property
    def rungs(self) -> str:
        """Such as ``r1–r4``."""
        return text.rungs([point.rung for point in self.points])

    @property
    def effect(self) -> str:
        """The largest rise of mean ΔE00 among the points; empty when none is known."""
        rises = [
            (change.change, change)
            for point in self.points
            for change in point.findings.changes
            if change.metric == "delta_e00.mean" and change.image is None and change.change
        ]
        if not rises:
            return ""
        rise, change = max(rises, key=lambda pair: abs(pair[0]))
        before = change.baseline if isinstance(change.baseline, float) else 0.0
        share = text.percent(rise, before)
        up_to = "up to " if len(self.points) > 1 else ""
        return f"mean ΔE00 {up_to}{text.number(rise, 2, sign=True)}" + (share and f" ({share})")


def groups(data: ReportData) -> list[Group]:
    """Put failing points together by codec, corpus and first cause."""
    found: dict[tuple[str, str, str], list[Point]] = {}
    for point in data.failing:
        # A drift of 4.3 degrees at one rung and 4.4 at the next is one cause.
        key = (point.codec, point.group, _MEASURED.sub("#", _cause(point)))
        found.setdefault(key, []).append(point)
    return [
        Group(codec, group, _cause(points[0]), tuple(points))
        for (codec, group, _), points in found.items()
    ]


def _cause(point: Point) -> str:
    error = next((cell.error for cell in point.cells if cell.error), None)
    found = point.findings
    if error:
        return error
    if found.causes:
        return found.causes[0]
    if found.headline or found.reason:
        return found.headline or found.reason
    return _first_line(point.failure) or "a test failed"


def _first_line(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    said = [line[2:].strip() for line in lines if line.startswith("E ")]
    return (said or lines or [""])[0]


@dataclass(frozen=True, slots=True)
class Failure:
    """A failing point as the page tells of it."""

    point: Point
    id: str
    headline: str
    rows: list[Change]
    images: list[Change]
    errors: list[tuple[str, list[str]]]
    shown: list[Shown]


def failure(point: Point, shown: Sequence[Shown]) -> Failure:
    """Sort out what is known: gated aggregates and failing images, the worst first."""
    changes = point.findings.changes
    rows = [change for change in changes if change.image is None and change.gated]
    images = [change for change in changes if change.image is not None and change.fails]
    errors: dict[str, list[str]] = {}
    for cell in point.cells:
        if cell.error:
            errors.setdefault(cell.error, []).append(cell.image)
    return Failure(
        point,
        identity(point),
        point.findings.headline or _cause(point),
        sorted(rows, key=lambda change: (not change.fails, change.verdict == "pass")),
        sorted(images, key=_excess),
        list(errors.items()),
        list(shown),
    )


def _excess(change: Change) -> float:
    if change.change is None or not change.allowed:
        return float("-inf")
    return -abs(change.change) / change.allowed


def identity(point: Point) -> str:
    """A fragment that links to the point, whatever characters its names hold."""
    words = f"{point.codec}-r{point.rung}-{point.corpus}-{point.device}"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in words)
    if plain != words:
        plain += f"-{zlib.crc32(words.encode('utf-8', 'surrogatepass')):08x}"
    return f"p-{plain}"


def settled(points: Sequence[Point], name: str) -> list[tuple[str, str]]:
    """Parameters, facts or provenance of a codec's points: name, and value or values by rung."""
    found: dict[str, list[Scalar]] = {}
    for point in points:
        if point.cells:
            held: Mapping[str, Scalar] = getattr(point.degradation or point.cells[0], name)
            for key, value in held.items():
                found.setdefault(key, []).append(value)
    return [
        (key, str(values[0]) if len(set(values)) == 1 else " ".join(map(str, values)))
        for key, values in found.items()
    ]


def content(data: ReportData, pictures: Mapping[str, str]) -> dict[str, Any]:
    """The data of the page's scripts, as JSON; strings in it are clean."""
    kinds = [family for family in _ROSES if family in families(data.points)]
    return {
        "codecs": [text.clean(codec) for codec in data.codecs],
        "group": text.clean(_first_group(data)),
        "columns": [[column.title, column.digits] for column in COLUMNS],
        "charts": [
            {
                "key": chart.kind.key,
                "title": chart.kind.title,
                "group": text.clean(chart.group),
                "x": chart.kind.xlabel,
                "y": chart.kind.ylabel,
                "paper": chart.kind.paper,
                "curves": [
                    {
                        "codec": text.clean(curve.codec),
                        "rungs": curve.rungs,
                        "x": _rounded(curve.x),
                        "y": _rounded(curve.y),
                        "low": _rounded(curve.low),
                        "high": _rounded(curve.high),
                        "sx": _rounded(curve.stored_x),
                        "sy": _rounded(curve.stored_y),
                    }
                    for curve in chart.curves
                ],
            }
            for chart in charts(data)
        ],
        "points": [_point(point, kinds) for point in data.ordered],
        "pictures": dict(pictures),
    }


def _first_group(data: ReportData) -> str:
    """The corpus to show first: where most fails, or else most points are; charts last."""
    sizes = {
        group: (
            sum(point.failing for point in points),
            len(points),
            not group.startswith("charts"),
        )
        for group, points in data.groups.items()
    }
    return max(sizes, key=lambda group: sizes[group], default="")


def _point(point: Point, kinds: Sequence[str]) -> dict[str, Any]:
    roses = {}
    for family in kinds:
        drawn = rose(point, family)
        if drawn is not None:
            shown = (drawn.now, drawn.low, drawn.high, drawn.stored)
            roses[family] = [_rounded(values, 3) for values in shown]
    return {
        "id": identity(point),
        "codec": text.clean(point.codec),
        "rung": point.rung,
        "group": text.clean(point.group),
        "roses": roses,
        "rows": [
            [text.clean(cell.image), *(_plain(cell.metrics.get(c.metric), c) for c in COLUMNS)]
            if cell.error is None
            else [text.clean(cell.image), text.clean(cell.error)]
            for cell in point.cells
        ],
    }


def _plain(value: Value | None, column: Column) -> float | str | None:
    if isinstance(value, float):
        return round(value, column.digits)
    return None if value is None else text.value(column.metric, value)


def _rounded(values: Sequence[float | None], digits: int = 5) -> list[float | None]:
    return [None if value is None else round(value, digits) for value in values]


def definition(metric: str) -> tuple[str, str, str]:
    """A metric's unit, direction and definition, in words."""
    found = METRICS[metric]
    direction = {"lower": "lower is better", "higher": "higher is better"}
    return found.unit, direction.get(found.direction, "two-sided"), found.definition
