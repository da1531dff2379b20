"""``colordeg merge``: the records of all shards become those of one run, judged as one."""

from __future__ import annotations

import argparse
import heapq
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_colordeg.baselines import files
from pytest_colordeg.baselines.store import Store
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.whole import Whole, judge_whole
from pytest_colordeg.points import PointResult
from pytest_colordeg.report import outputs
from pytest_colordeg.report.load import HEADER_SUFFIX, header_json, load
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.report.terminal import summary_lines
from pytest_colordeg.shard import MOST_SHARDS

__all__ = ["configure", "merge", "run"]

# Settings that say how or where a shard ran, not what it measured and how it judged.
_LOCAL = {"records", "report", "artifacts", "cache", "cache-size", "jobs", "shard", "executor",
          "explain"}  # fmt: skip
_KEY = ("codec", "rung", "corpus", "image", "device")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = parser.add_argument
    add("records", type=Path, nargs="+", help="what --colordeg-records wrote, of every shard")
    add("-o", "--output", type=Path, required=True, metavar="FILE", help="the records of the whole")
    add("--report", type=Path, metavar="FILE.html", help="write a page about the whole run")
    add("--root", type=Path, default=Path(), metavar="DIR", help="the project (default: here)")


def run(arguments: argparse.Namespace) -> int:
    """Merge and tell; gives 1 when the whole run fails."""
    data = merge(arguments.records, arguments.output, arguments.root)
    for line, _ in summary_lines(list(map(_result, data.points))):
        print(line)
    for note in data.notes:
        print(f"colordeg: {note}")
    for problem in data.problems:
        print(f"colordeg: FAILED: {problem}")
    for line in outputs.write(data, arguments.report):
        print(f"colordeg: {line}")
    failing = f", {len(data.failing)} fail" if data.failing else ""
    print(f"colordeg: {data.measured} cells of {len(arguments.records)} shards: "
          f"{len(data.points)} operating points{failing}")  # fmt: skip
    return 0 if data.passed else 1


def merge(records: Sequence[Path], output: Path, root: Path) -> ReportData:
    """Write the records of all shards of a run as those of one, and judge what needs all.

    Parameters
    ----------
    records
        One file a shard, its header beside it.
    output
        The file to write, its header beside it.
    root
        The project's folder, where baselines and limits.yaml are.

    Raises
    ------
    ColordegError
        If a shard is missing or there twice, or the shards are of different tests,
        versions, metrics, corpora or settings; nothing is written then.
    """
    parts = {path: load(path) for path in records}
    shards = {path: _shard(path, data) for path, data in parts.items()}
    _all_there(shards)
    _same(shards, parts)
    points = [point for data in parts.values() for point in data.points]
    first = min(parts.values(), key=lambda data: str(data.header.get("started")))
    header = {name: value for name, value in first.header.items() if name != "shard"}
    merged = ReportData(
        points,
        {**header, "merged": len(parts)},
        {name: text for name, text in first.settings.items() if name not in _LOCAL},
        tuple(dict.fromkeys(line for data in parts.values() for line in data.problems)),
        tuple(dict.fromkeys(line for data in parts.values() for line in data.notes)),
    )
    plain = next(iter(shards.values()))["whole"]
    whole = Whole.from_json({**plain, "baselines": str(root / plain["baselines"])})
    limits = Store(Path(whole.baselines)).limits(list(shards[records[0]]["metrics"]))
    results = list(map(_result, points))
    problems, notes = judge_whole(whole, limits, results)
    merged = ReportData(
        points,
        merged.header,
        merged.settings,
        (*merged.problems, *problems),
        (*merged.notes, *notes),
    )
    files.write(output, _lines(records))
    files.write(output.with_name(output.name + HEADER_SUFFIX), header_json(merged, output).encode())
    return merged


def _shard(path: Path, data: ReportData) -> Mapping[str, Any]:
    found = data.header.get("shard")
    if not isinstance(found, dict) or set(_SHARD) - set(found):
        raise ColordegError(
            f"{path}: is not of a shard; pytest --colordeg-shard=1/3 "
            f"--colordeg-records={path.name} writes one, with {path.name}{HEADER_SUFFIX} beside it"
        )
    for name, (right, wanted) in _SHARD.items():
        if not right(found[name]):
            raise ColordegError(f"{path}{HEADER_SUFFIX}: {name} of the shard is not {wanted}")
    if not _texts(data.header.get("versions")):
        raise ColordegError(f"{path}{HEADER_SUFFIX}: versions are no names with versions")
    return found


def _number(value: object) -> bool:
    return type(value) is int and 1 <= value <= MOST_SHARDS


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


# What the header of a shard says, whether it is right, and how to word what it should be.
_SHARD: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "index": (_number, "a number of a shard"),
    "count": (_number, "a number of shards"),
    "plan": (lambda plan: isinstance(plan, str), "a digest"),
    "metrics": (_texts, "names with digests"),
    "whole": (Whole.is_plain, "what the run knew"),
}


def _all_there(shards: Mapping[Path, Mapping[str, Any]]) -> None:
    seen: dict[int, Path] = {}
    counts = {shard["count"]: path for path, shard in shards.items()}
    if len(counts) > 1:
        (one, a), (two, b) = list(counts.items())[:2]
        raise ColordegError(f"{a} is one of {one} shards, and {b} one of {two}")
    for path, shard in shards.items():
        if shard["index"] in seen:
            raise ColordegError(
                f"shard {shard['index']} is there twice: {seen[shard['index']]} and {path}"
            )
        seen[shard["index"]] = path
    (count,) = counts
    missing = sorted(set(range(1, count + 1)) - set(seen))
    if missing:
        raise ColordegError(f"shard {', '.join(map(str, missing))} of {count} is missing")


def _same(shards: Mapping[Path, Mapping[str, Any]], parts: Mapping[Path, ReportData]) -> None:
    """Refuse what cannot be one run; names the two files and what tells them apart."""
    first = next(iter(parts))
    for path, data in parts.items():
        known = parts[first]
        pair = f"{first} and {path}"
        for name, versions in _differences(known.header["versions"], data.header["versions"]):
            raise ColordegError(f"{pair} were measured with different versions: {name} {versions}")
        for name, _ in _differences(shards[first]["metrics"], shards[path]["metrics"]):
            raise ColordegError(f"{pair} were measured with different definitions of {name}")
        for name, values in _differences(known.settings, data.settings):
            if name not in _LOCAL:
                raise ColordegError(f"{pair} ran with different settings: {name} {values}")
        if shards[first]["plan"] != shards[path]["plan"]:
            raise ColordegError(f"{pair} collected different tests, so points may be lost")
        if shards[first]["whole"] != shards[path]["whole"]:
            raise ColordegError(f"{pair} knew different codecs or baselines")
    _same_corpora(parts)


def _same_corpora(parts: Mapping[Path, ReportData]) -> None:
    digests: dict[str, tuple[str, Path]] = {}
    made: dict[tuple[str, str], tuple[Mapping[str, Any], Path]] = {}
    for path, data in parts.items():
        for point in data.points:
            if point.digest:
                known, where = digests.setdefault(point.corpus, (point.digest, path))
                if known != point.digest:
                    raise ColordegError(
                        f"{where} and {path} measured different images under the name "
                        f"{point.corpus!r}"
                    )
            for cell in point.cells[:1]:
                provenance, where = made.setdefault(
                    (point.codec, point.device), (cell.provenance, path)
                )
                for name, values in _differences(provenance, cell.provenance):
                    raise ColordegError(
                        f"{where} and {path}: {point.codec} was of different versions: "
                        f"{name} {values}"
                    )


def _differences(one: Any, two: Any) -> Iterator[tuple[str, str]]:
    for name in sorted({*one, *two}):
        if one.get(name) != two.get(name):
            yield name, f"{one.get(name, 'none')} and {two.get(name, 'none')}"


def _lines(records: Sequence[Path]) -> Iterator[bytes]:
    """All lines in the order of one run; each file is in that order already."""
    before: tuple[Any, ...] = ()
    for key, line in heapq.merge(*map(_keyed, records), key=lambda pair: pair[0]):
        if key == before:
            codec, rung, corpus, image, _ = key
            raise ColordegError(f"{codec}-r{rung} on {corpus}, {image} is in two shards")
        before = key
        yield line


def _keyed(path: Path) -> Iterator[tuple[tuple[Any, ...], bytes]]:
    before: tuple[Any, ...] = ()
    with path.open("rb") as file:
        for line in file:
            record = json.loads(line)
            key = tuple(record[name] for name in _KEY)
            if key <= before:
                raise ColordegError(f"{path}: its lines are not in the order they were written in")
            before = key
            yield key, line


def _result(point: Point) -> PointResult:
    return PointResult(
        point.codec,
        point.rung,
        point.corpus,
        point.device,
        point.digest,
        point.partial,
        point.verdict,
        writable=False,
        cells=point.cells,
    )
