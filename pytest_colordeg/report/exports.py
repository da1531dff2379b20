"""Records for other tools: a table as CSV, and CompressAI's results JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_colordeg.baselines import files
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.report.text import clean
from pytest_colordeg.sweep.spool import by_image
from pytest_colordeg.values import Value

__all__ = ["COMPRESSAI", "compressai_json", "csv_lines", "write_compressai", "write_csv"]

_COORDINATES = ("codec", "rung", "corpus", "image", "device")

COMPRESSAI = {"psnr-rgb": "psnr.rgb", "ms-ssim-rgb": "ms_ssim.rgb", "delta-e00": "delta_e00.mean"}
"""Names in CompressAI's results to metrics. Ours is the last; the others are its own."""


def csv_lines(data: ReportData) -> Iterator[str]:
    r"""Give one line a cell: its coordinates, verdict of its point, error, every metric.

    Numbers are written in full; tokens in words (``lossless``, ``n/a: reason``); what
    was not measured is empty. Text that a spreadsheet would run as a formula begins
    with an apostrophe. Lines end in ``\n``, the encoding is UTF-8.
    """
    yield _line([*_COORDINATES, "verdict", "error", *data.metrics])
    for point in data.ordered:
        for cell in by_image(point.cells):
            values = [_text(cell.metrics.get(metric)) for metric in data.metrics]
            names = [getattr(cell, name) for name in _COORDINATES]
            row = [*names, point.verdict, cell.error or ""]
            yield _line([*(_safe(entry) for entry in row), *values])


def _line(entries: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(entries)
    return buffer.getvalue()


def write_csv(path: Path, data: ReportData) -> None:
    """Write the table, whole or not at all; raises `ColordegError` if it cannot."""
    files.write(path, (line.encode("utf-8", "backslashreplace") for line in csv_lines(data)))


def compressai_json(codec: str, group: str, points: Sequence[Point]) -> str:
    """Give one codec's ladder as CompressAI's results: parallel lists in order of rate.

    A point without a number for PSNR (lossless, failed) is left out, as its plots
    need one. A metric is there when every point that is left has a number for it.
    """
    rows = [
        (rate, point)
        for point in points
        if (rate := point.number("bpp")) is not None and point.number("psnr.rgb") is not None
    ]
    rows.sort(key=lambda row: (row[0], row[1].rung))
    results: dict[str, list[float]] = {"bpp": [rate for rate, _ in rows]}
    for name, metric in COMPRESSAI.items():
        numbers = [point.number(metric) for _, point in rows]
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers):
            results[name] = known
    left_out = len(points) - len(rows)
    text = {
        "name": clean(codec),
        "description": f"{clean(codec)} on {clean(group)}, means over images, by pytest-colordeg"
        + (f"; {left_out} points without a number left out" if left_out else ""),
        "results": results,
    }
    return json.dumps(text, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_compressai(folder: Path, data: ReportData) -> list[Path]:
    """Write ``GROUP/CODEC.json`` for every codec and corpus; gives the paths.

    Raises
    ------
    ColordegError
        If a file cannot be written, or two would have one name.
    """
    written = []
    for group, points in data.groups.items():
        for codec in sorted({point.codec for point in points}):
            path = folder / _file(group) / f"{_file(codec)}.json"
            if path in written:
                raise ColordegError(f"{path}: two codecs or corpora would share this file's name")
            ladder = [point for point in points if point.codec == codec]
            files.write(path, compressai_json(codec, group, ladder).encode())
            written.append(path)
    return written


def _text(value: Value | None) -> str:
    if isinstance(value, float):
        return repr(value)
    return "" if value is None else _safe(str(value))


def _safe(entry: object) -> str:
    words = clean(str(entry))
    return f"'{words}" if words.startswith(("=", "+", "-", "@")) else words


def _file(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name).lstrip(".") or "_"
