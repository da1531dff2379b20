"""The figures of papers as files, drawn by matplotlib from the same curves as the page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pytest_colordeg.baselines import files
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report.gallery import Decoding
from pytest_colordeg.report.hues import FAMILIES, HUES, Rose, families, rose
from pytest_colordeg.report.model import Figure, Point, ReportData
from pytest_colordeg.report.palette import look
from pytest_colordeg.report.plane import pairs
from pytest_colordeg.report.series import Chart, charts
from pytest_colordeg.report.text import clean

__all__ = ["canvas", "curve_figures", "patch_figure", "plane_figure", "save", "whole_page"]

_STYLE: Any = {
    "svg.hashsalt": "colordeg",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "axes.formatter.use_mathtext": False,
    "text.parse_math": False,
}


@contextmanager
def canvas(width: float, height: float) -> Iterator[Any]:
    """A figure of a size in inches that belongs to no window system."""
    try:
        import matplotlib
        from matplotlib.figure import Figure as Canvas
    except ImportError:
        raise ColordegError(
            "figures need matplotlib: pip install 'pytest-colordeg[report]'"
        ) from None
    with matplotlib.rc_context(_STYLE):
        yield Canvas(figsize=(width, height), layout="constrained")


def curve_figures(data: ReportData, rate: float = 0.4) -> Iterator[tuple[str, Any]]:
    """Draw every chart, and a rose a corpus at the rungs nearest to `rate` bits per pixel.

    Yields
    ------
    str, matplotlib.figure.Figure
        A name for its file, and the figure.
    """
    for chart in charts(data):
        with canvas(5.2, 3.6) as figure:
            _draw(figure, chart, data.codecs)
            yield f"{chart.group}-{chart.kind.key}", figure
    for group, points in data.groups.items():
        for family in families(points):
            chosen = _nearest(points, rate)
            roses = [(point, drawn) for point in chosen if (drawn := rose(point, family))]
            if roses:
                across = min(3, len(roses))
                down = -(-len(roses) // across)
                with canvas(3.0 * across, 3.1 * down + 0.3) as figure:
                    _draw_roses(figure, roses, (down, across), FAMILIES[family], data.codecs)
                    yield f"{group}-hue-{family.replace('_', '-')}", figure


def _draw(figure: Any, chart: Chart, codecs: list[str]) -> None:
    axes = figure.add_subplot()
    for curve in chart.curves:
        colour, marker = look(codecs, curve.codec)
        axes.fill_between(curve.x, curve.low, curve.high, color=colour, alpha=0.1, linewidth=0)
        axes.plot(curve.x, curve.y, color=colour, marker=marker, markersize=4.5, linewidth=1.5,
                  label=clean(curve.codec))  # fmt: skip
        axes.plot(curve.stored_x, curve.stored_y, color=colour, linewidth=1.1, linestyle="--")
    axes.set(xlabel=chart.kind.xlabel, ylabel=chart.kind.ylabel)
    axes.set_title(f"{chart.kind.title}, {clean(chart.group)}", loc="left")
    axes.legend(fontsize=8, ncols=1 + len(chart.curves) // 9)


def _nearest(points: Sequence[Point], rate: float) -> list[Point]:
    best: dict[str, tuple[float, int, Point]] = {}
    for point in points:
        bpp = point.number("bpp")
        if bpp is not None:
            entry = (abs(bpp - rate), point.rung, point)
            if point.codec not in best or entry[:2] < best[point.codec][:2]:
                best[point.codec] = entry
    return [point for _, _, point in best.values()]


def _draw_roses(
    figure: Any,
    roses: Sequence[tuple[Point, Rose]],
    grid: tuple[int, int],
    title: str,
    codecs: list[str],
) -> None:
    shared = None
    for place, (point, drawn) in enumerate(roses, 1):
        axes = figure.add_subplot(*grid, place, projection="polar", sharey=shared)
        shared = shared or axes
        colour = look(codecs, point.codec).colour
        around = np.radians([*drawn.degrees, drawn.degrees[0]])
        now, low, high, stored = (
            np.array([*values, values[0]], dtype=float)  # None becomes NaN: a gap in the line
            for values in (drawn.now, drawn.low, drawn.high, drawn.stored)
        )
        axes.fill_between(around, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(around, now, color=colour, marker="o", markersize=3.5, linewidth=1.4)
        axes.plot(around, stored, color=colour, linewidth=1.1, linestyle="--")
        axes.set_xticks(np.radians([int(hue[1:]) for hue in HUES]))
        axes.tick_params(labelsize=7)
        axes.set_rlabel_position(172)
        axes.plot(np.linspace(0, 2 * np.pi, 90), np.zeros(90), color="#555555", linewidth=0.8)
        bpp = point.number("bpp")
        axes.set_title(f"{clean(point.label)}, {bpp:.2f} bpp", fontsize=9)
    figure.suptitle(f"{title} by hue of the original, {clean(roses[0][0].group)}", fontsize=10)


_PLANE_POINTS = 125.0  # width of a panel of the plane, in points


def plane_figure(original: Any, decodings: Sequence[Decoding], name: str) -> Any:
    """Draw the unique a*b* of an image and of its decodings side by side (paper's figures 1, 2).

    All panels show the same part of the plane: as much as any of them needs.
    """
    panels = [("original", original), *((_titled(one), one.pixels) for one in decodings)]
    across = min(4, len(panels))
    down = -(-len(panels) // across)
    planes = [(title, *pairs(pixels)) for title, pixels in panels]
    every = np.concatenate([ab for _, ab, _ in planes])
    low, high = every.min(axis=0), every.max(axis=0)
    middle, half = (low + high) / 2, (high - low).max() / 2 + 4
    xlim, ylim = ((centre - half, centre + half) for centre in middle)
    point = (_PLANE_POINTS / (2 * half)) ** 2  # a pair is a square of one unit
    with canvas(2.5 * across, 2.75 * down + 0.3) as figure:
        for place, (title, ab, colours) in enumerate(planes, 1):
            axes = figure.add_subplot(down, across, place)
            axes.scatter(ab[:, 0], ab[:, 1], c=colours / 255, s=point, marker="s", linewidths=0,
                         rasterized=True)  # fmt: skip
            axes.set_axisbelow(True)
            axes.set(xlim=xlim, ylim=ylim, aspect="equal", xlabel="a*", ylabel="b*")
            axes.set_title(f"{title}\n{len(ab)} unique a*b*", fontsize=8)
        figure.suptitle(f"{clean(name)} on the a*b* plane", fontsize=10)
        return figure


def patch_figure(
    original: Any, decodings: Sequence[Decoding], name: str, corner: tuple[int, int], side: int
) -> Any:
    """Draw one patch of an image and of its decodings, pixel by pixel (paper 003's figure 3)."""
    top, left = corner
    panels = [("original", original), *((_titled(one), one.pixels) for one in decodings)]
    across = min(4, len(panels))
    down = -(-len(panels) // across)
    with canvas(2.2 * across, 2.5 * down + 0.3) as figure:
        for place, (title, pixels) in enumerate(panels, 1):
            axes = figure.add_subplot(down, across, place)
            axes.imshow(pixels[top : top + side, left : left + side], interpolation="nearest")
            axes.set_title(title, fontsize=8)
            axes.set_axis_off()
        figure.suptitle(f"{clean(name)}, {side}×{side} pixels at ({left}, {top})", fontsize=10)
        return figure


def _titled(one: Decoding) -> str:
    return f"{clean(one.codec)}-r{one.rung}, {one.bpp:.2f} bpp\nmean ΔE00 {one.delta_e:.2f}"


def save(figure: Any, folder: Path, name: str) -> list[Path]:
    """Write a figure as SVG and as PNG; the same figure gives the same bytes."""
    import matplotlib

    plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
    written = []
    for suffix, options in (("svg", {"metadata": {"Date": None}}), ("png", {"dpi": 200})):
        buffer = io.BytesIO()
        with matplotlib.rc_context(_STYLE):
            figure.savefig(buffer, format=suffix, **options)
        path = folder / f"{plain}.{suffix}"
        files.write(path, buffer.getvalue())
        written.append(path)
    return written


def whole_page(figure: Any, title: str, caption: str) -> Figure:
    """A drawn figure for the page."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(buffer, format="png", dpi=110)
    return Figure(title, caption, buffer.getvalue())
