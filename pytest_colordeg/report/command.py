"""``colordeg report``: pages, figures and exports of records that a run has left."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report.load import load
from pytest_colordeg.report.model import Figure, ReportData
from pytest_colordeg.report.scenes import RATE, scene

if TYPE_CHECKING:
    from pytest_colordeg.images import Selection

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = parser.add_argument
    add("records", type=Path, help="the file that --colordeg-records wrote")
    add("-o", "--output", type=Path, metavar="FILE.html", help="the page (default: beside RECORDS)")
    add("--figures", type=Path, metavar="DIR", help="write the papers' figures as SVG and PNG")
    add("--csv", type=Path, metavar="FILE", help="write one line a cell")
    add("--compressai", type=Path, metavar="DIR", help="write CompressAI's results JSON")
    pixels = parser.add_argument_group("figures that show pixels")
    pixels.add_argument(
        "--images", metavar="CORPUS", help="where the corpus is, unless it is a bundled one"
    )
    pixels.add_argument("--image", metavar="NAME", help="which image (default: the first)")
    pixels.add_argument(
        "--bpp",
        type=float,
        default=RATE,
        metavar="RATE",
        help=f"about which rate (default: {RATE})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what was asked for, and say what was written."""
    data = load(arguments.records)
    asked = (arguments.figures, arguments.csv, arguments.compressai)
    output: Path | None = arguments.output
    if output is None and not any(asked):
        output = arguments.records.with_suffix(".html")
    if arguments.csv is not None:
        from pytest_colordeg.report.exports import write_csv

        write_csv(arguments.csv, data)
        print(arguments.csv)
    if arguments.compressai is not None:
        from pytest_colordeg.report.exports import write_compressai

        for path in write_compressai(arguments.compressai, data):
            print(path)
    if arguments.figures is not None:
        data = replace(data, figures=_draw(data, arguments))
    if output is not None:
        from pytest_colordeg.report.html import write_report

        write_report(output, data)
        print(output)
    return 0


def _draw(data: ReportData, arguments: argparse.Namespace) -> list[Figure]:
    """Write all figures; gives those of pixels, which the page holds too."""
    from pytest_colordeg.report import figures

    folder: Path = arguments.figures
    for name, figure in figures.curve_figures(data, arguments.bpp):
        for path in figures.save(figure, folder, name):
            print(path)
    shown = []
    for group in data.groups:
        try:
            shown += _pixels(data, group, arguments)
        except ColordegError as error:
            print(f"no figures of pixels on {group}: {error}")
    return shown


def _pixels(data: ReportData, group: str, arguments: argparse.Namespace) -> list[Figure]:
    from pytest_colordeg.codecs.project import project_registry
    from pytest_colordeg.report import figures

    points = data.groups[group]
    names = {cell.image for point in points for cell in point.cells}
    selection = _corpus(points[0].corpus, arguments.images)
    wanted = arguments.image or next((name for name in selection.names if name in names), None)
    image = next((i for i in selection.sources if i.name == wanted and i.name in names), None)
    if image is None:
        raise ColordegError(f"the records have no image {wanted!r} on it")
    made = scene(points, image.image, arguments.bpp, project_registry(Path.cwd()))
    for line in made.lost:
        print(line)
    for name, figure in made.drawn.items():
        for path in figures.save(figure, arguments.figures, f"{group}-{name}-{image.name}"):
            print(path)
    return made.figures


def _corpus(corpus: str, given: str | None) -> Selection:
    from pytest_colordeg.images import resolve
    from pytest_colordeg.images.select import BUILT_IN

    if given is None and corpus not in BUILT_IN:
        raise ColordegError("it is not a bundled corpus; say where it is by --images")
    for selection in resolve([given or corpus], Path.cwd()):
        if selection.corpus.name == corpus:
            return selection
    raise ColordegError(f"--images {given} is another corpus")
