"""A run's files, records and header: written after a run, read back by ``colordeg report``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Measurement
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.report.plain import point_from_json, point_to_json
from pytest_colordeg.sweep.serial import from_json
from pytest_colordeg.sweep.spool import Spool, Spooled

__all__ = ["HEADER_SUFFIX", "header_json", "load"]

HEADER_SUFFIX = ".run.json"
"""Added to the name of a records file: where the header of its run is."""

_LONGEST_LINE = 4 << 20


def header_json(data: ReportData, records: Path) -> str:
    """Word the header file that stands beside `records`: what a report needs besides cells.

    Paths of pictures become relative to the folder of `records`, so that the
    files can be looked at on another machine.
    """
    points = [point_to_json(_moved(point, lambda p: _relative(p, records.parent)))
              for point in data.ordered]  # fmt: skip
    header = {
        **data.header,
        "settings": dict(data.settings),
        "problems": list(data.problems),
        "notes": list(data.notes),
        "points": points,
    }
    return json.dumps(header, indent=1, sort_keys=True, allow_nan=False) + "\n"


def load(records: Path) -> ReportData:
    """Read a records file, and the header of its run when it is beside it.

    Without a header, or for cells that it says nothing about, points are
    ``unchecked``: they were measured, and nobody judged them.

    Raises
    ------
    ColordegError
        If a file cannot be read, a line is no record, a cell stands twice with
        different results, or the cells of a point hold different metrics.
    """
    cells = _cells(records)
    header = _header(records.with_name(records.name + HEADER_SUFFIX))
    judged = _judged(header, records)
    points = []
    for key, members in cells.items():
        known = judged.get(key)
        if known is None:
            codec, rung, corpus, device = key
            verdict = "error" if members.failures else "unchecked"
            points.append(Point(codec, rung, corpus, device, "", False, verdict, members))
        else:
            points.append(replace(known, cells=members))
    lost = sorted(f"{codec}-r{rung} on {corpus}" for codec, rung, corpus, _ in {*judged} - {*cells})
    if lost:
        raise ColordegError(
            f"{records}: holds no cell of {lost[0]}, which its run measured: the file is cut short "
            f"or of another run than {records.name}{HEADER_SUFFIX}"
        )
    return ReportData(
        points,
        {name: value for name, value in header.items() if name not in _OURS},
        {str(name): str(value) for name, value in dict(header.get("settings", {})).items()},
        tuple(map(str, header.get("problems", ()))),
        tuple(map(str, header.get("notes", ()))),
    )


_KINDS: Mapping[str, type] = {"settings": dict, "problems": list, "notes": list, "points": list}
_OURS = tuple(_KINDS)
_WORDS: Mapping[type, str] = {dict: "object", list: "list"}
_Key = tuple[str, int, str, str]


def _cells(path: Path) -> dict[_Key, Spooled]:
    """The cells of each point, on disk until they are looked at."""
    spool = Spool()
    found: dict[_Key, Spooled] = {}
    places: dict[_Key, dict[str, int]] = {}
    measured: dict[_Key, Measurement] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                cell = _cell(line, f"{path}:{number}")
                key = cell.codec, cell.rung, cell.corpus, cell.device
                cells = found.setdefault(key, Spooled(spool))
                place = places.setdefault(key, {}).setdefault(cell.image, len(cells))
                if place == len(cells):
                    cells.extend([cell])
                elif cells[place] != cell:
                    raise ColordegError(
                        f"{path}:{number}: {cell.codec}-r{cell.rung}, {cell.image} stands in the "
                        "file before, with other results"
                    )
                if cell.error is None:
                    _same_metrics(path, measured.setdefault(key, cell), cell)
    except FileNotFoundError:
        raise ColordegError(
            f"{path}: there is no such file; pytest --colordeg --colordeg-records=FILE writes one"
        ) from None
    except OSError as error:
        raise ColordegError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ColordegError(f"{path}: is not UTF-8: {error.reason}") from None
    if not found:
        raise ColordegError(f"{path}: holds no record")
    return found


def _cell(line: str, where: str) -> Measurement:
    try:
        if len(line) > _LONGEST_LINE:
            raise ValueError("the line is too long")
        record = json.loads(line)
        if not isinstance(record, dict):
            raise ValueError("not an object")
        cell = from_json(record)
        _check(cell)
    except (ValueError, RecursionError) as error:
        raise ColordegError(f"{where}: not a record of colordeg: {error}") from None
    unknown = {name for name in cell.metrics if name not in METRICS}
    if not unknown:
        return cell
    return replace(cell, metrics={k: v for k, v in cell.metrics.items() if k not in unknown})


def _check(cell: Measurement) -> None:
    for name in ("codec", "image", "corpus", "device", "image_sha256"):
        if not isinstance(getattr(cell, name), str):
            raise ValueError(f"{name} is no text")
    if not isinstance(cell.rung, int) or isinstance(cell.rung, bool):
        raise ValueError("rung is no whole number")
    for name in ("parameters", "facts", "provenance"):
        if not isinstance(getattr(cell, name), dict):
            raise ValueError(f"{name} is no object")
    if cell.error is None and not cell.metrics:
        raise ValueError("neither metrics nor an error")
    if not isinstance(cell.error, str | None):
        raise ValueError("error is no text")


def _same_metrics(path: Path, first: Measurement, other: Measurement) -> None:
    if first.metrics.keys() != other.metrics.keys():
        odd = sorted(first.metrics.keys() ^ other.metrics.keys())
        raise ColordegError(
            f"{path}: {first.codec}-r{first.rung}: {first.image} and {other.image} hold different "
            f"metrics ({', '.join(odd[:3])}): the records are of different versions"
        )


def _header(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        header = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ColordegError(f"{path}: cannot be read: {error}") from None
    if not isinstance(header, dict) or header.get("schema") != 1:
        raise ColordegError(f"{path}: not the header of a colordeg run of schema 1")
    for name, kind in _KINDS.items():
        if not isinstance(header.get(name, kind()), kind):
            raise ColordegError(f"{path}: {name} is no {_WORDS[kind]}")
    return header


def _judged(header: Mapping[str, Any], records: Path) -> dict[_Key, Point]:
    try:
        points = [point_from_json(entry, ()) for entry in header.get("points", ())]
    except (ValueError, TypeError) as error:
        raise ColordegError(f"{records}{HEADER_SUFFIX}: {error}") from None
    moved = (_moved(point, lambda p: str(records.parent / p)) for point in points)
    return {(p.codec, p.rung, p.corpus, p.device): p for p in moved}


def _moved(point: Point, move: Callable[[str], str]) -> Point:
    pictures = tuple(
        replace(picture, files={kind: move(path) for kind, path in picture.files.items()})
        for picture in point.findings.pictures
    )
    return replace(point, findings=replace(point.findings, pictures=pictures))


def _relative(path: str, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path
