"""Curves as data: what the page's charts and the figures of papers are both drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_colordeg.metrics.ladder import cumulative_change
from pytest_colordeg.report.model import Point, ReportData

__all__ = ["CHARTS", "Chart", "ChartKind", "Curve", "charts"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One codec's line. All tuples have one entry a point, in order of x.

    Attributes
    ----------
    rungs
        Rung of each point.
    x, y
        Where it stands.
    low, high
        y minus and plus the standard deviation over images (ddof 0).
    stored_x, stored_y
        The baseline's line; empty when there is none to draw.
    """

    codec: str
    rungs: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    stored_x: tuple[float, ...] = ()
    stored_y: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartKind:
    """What a chart shows, whichever corpus it is drawn of.

    Attributes
    ----------
    key
        Names it in files and links.
    metric
        The metric on the y axis.
    paper
        Which published figure this is, if any.
    """

    key: str
    title: str
    xlabel: str
    ylabel: str
    metric: str
    paper: str = ""
    scale: Callable[[float], float | None] = lambda value: value


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one corpus (and device)."""

    kind: ChartKind
    group: str
    curves: tuple[Curve, ...]


def _decibel(value: float) -> float | None:
    return -10.0 * math.log10(1.0 - value) if value < 1.0 else None


_RATE = "bits per pixel"
_CUMULATIVE = "cumulative"

CHARTS = (
    ChartKind("delta-e00", "Mean ΔE00", _RATE, "mean ΔE00", "delta_e00.mean",
              "MacPherson et al., figure 5; Prativadibhayankaram et al., figure 2"),
    ChartKind("delta-e00-p95", "ΔE00, 95th percentile", _RATE, "ΔE00 p95", "delta_e00.p95"),
    ChartKind("delta-c", "Chroma kept or lost", _RATE, "mean ΔC*ab", "delta_c"),
    ChartKind("unique-ab", "Unique a*b* against the original", _RATE, "change, %",
              "unique_ab.change"),
    ChartKind(_CUMULATIVE, "Cumulative change of unique a*b*", "quality transition index",
              "change of unique a*b* since the best rung", "unique_ab.count",
              "MacPherson et al., figure 4"),
    ChartKind("psnr", "PSNR", _RATE, "PSNR of RGB, dB", "psnr.rgb", "MacPherson et al., figure 3"),
    ChartKind("ms-ssim", "MS-SSIM", _RATE, "MS-SSIM, dB: −10 log10(1 − m)", "ms_ssim.rgb",
              "Prativadibhayankaram et al., figure 2", _decibel),
)  # fmt: skip
"""Every chart of curves, in the order of the page."""


def charts(data: ReportData) -> list[Chart]:
    """Draw up every chart of every corpus; those without a curve are left out."""
    found = []
    for group, points in data.groups.items():
        for kind in CHARTS:
            make = _cumulative if kind.key == _CUMULATIVE else _over_rate
            curves = [make(codec, ladder, kind) for codec, ladder in _ladders(points).items()]
            drawn = tuple(curve for curve in curves if curve is not None)
            if drawn:
                found.append(Chart(kind, group, drawn))
    return found


def _ladders(points: Sequence[Point]) -> Mapping[str, list[Point]]:
    ladders: dict[str, list[Point]] = {}
    for point in points:
        if not point.broken:
            ladders.setdefault(point.codec, []).append(point)
    return ladders


def _over_rate(codec: str, ladder: Sequence[Point], kind: ChartKind) -> Curve | None:
    rows, stored = [], []
    for point in ladder:
        rate, value = point.number("bpp"), point.number(kind.metric)
        if rate is not None and value is not None:
            spread = point.spread(kind.metric) or 0.0
            ends = [kind.scale(v) for v in (value, value - spread, value + spread)]
            if ends[0] is not None:
                low, high = (ends[0] if end is None else end for end in ends[1:])
                rows.append((rate, point.rung, ends[0], low, high))
        stored += list(_stored(point, kind))
    if not rows:
        return None
    rates, rungs, values, lows, highs = zip(*sorted(rows), strict=True)
    stored.sort()
    return Curve(codec, rungs, rates, values, lows, highs,
                 tuple(x for x, _ in stored), tuple(y for _, y in stored))  # fmt: skip


def _stored(point: Point, kind: ChartKind) -> Iterator[tuple[float, float]]:
    before = point.findings.stored
    rate, value = before.get("bpp"), before.get(kind.metric)
    if isinstance(rate, float) and isinstance(value, float):
        scaled = kind.scale(value)
        if scaled is not None:
            yield rate, scaled


def _cumulative(codec: str, ladder: Sequence[Point], kind: ChartKind) -> Curve | None:
    """U(rung) - U(best rung) against the number of steps down from the best rung."""
    down = sorted(ladder, key=lambda point: -point.rung)
    table: dict[str, list[float]] = {}
    for point in down:
        for cell in point.cells:
            count = cell.metrics.get(kind.metric)
            if isinstance(count, float):
                table.setdefault(cell.image, []).append(count)
    whole = {image: row for image, row in table.items() if len(row) == len(down)}
    if len(down) < 2 or not whole:
        return None
    change = cumulative_change(whole)
    steps = tuple(float(step) for step in range(1, len(down)))
    low = tuple(m - s for m, s in zip(change.mean, change.std, strict=True))
    high = tuple(m + s for m, s in zip(change.mean, change.std, strict=True))
    counts = [point.findings.stored.get(kind.metric) for point in down]
    numbers = [count for count in counts if isinstance(count, float)]
    stored = tuple(n - numbers[0] for n in numbers[1:]) if len(numbers) == len(down) else ()
    return Curve(codec, tuple(point.rung for point in down[1:]), steps, change.mean, low, high,
                 steps if stored else (), stored)  # fmt: skip
