"""The table of options: everything about one setting stands in one place.

Standard library only: this module is imported by every pytest run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["BY_NAME", "OPTIONS", "UPDATE_MODES", "Option"]

UPDATE_MODES = ("create", "fix", "tighten", "prune")


@dataclass(frozen=True)
class Option:
    """One setting: ``--colordeg-NAME``, ini ``colordeg_NAME``, TOML key ``NAME``."""

    name: str
    kind: str  # list, text, path, path or off, flag, number, count, size
    help: str
    default: Any = None
    metavar: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def dest(self) -> str:
        return "colordeg_" + self.name.replace("-", "_")

    @property
    def flag(self) -> str:
        return "--colordeg-" + self.name


OPTIONS = (
    Option("codec", "list", "codecs to test, comma-separated", metavar="ID,ID"),
    Option("quality", "list", "rungs to test, 1 = smallest file", metavar="1,4-6"),
    Option(
        "images",
        "list",
        "corpora: photos, charts, a folder, or one image of them (photos/NAME)",
        metavar="CORPUS",
    ),
    Option(
        "device", "text", "where codecs run", "cpu", metavar="cpu|cuda", choices=("cpu", "cuda")
    ),
    Option(
        "decode",
        "text",
        "what learned codecs decode from their bytes: one image a point, or all",
        "spot",
        metavar="spot|full",
        choices=("spot", "full"),
    ),
    Option("baselines", "path", "folder of the baselines", "baselines", metavar="DIR"),
    Option(
        "update",
        "list",
        "write baselines: create adds absent points, fix replaces failing ones, tighten "
        "replaces better ones, prune removes stale ones",
        metavar="MODE,MODE",
        choices=UPDATE_MODES,
    ),
    Option("reason", "text", "why the baselines change; kept in their history", metavar="TEXT"),
    Option("dry-run", "flag", "with update: say what would be written, write nothing", False),
    Option(
        "against",
        "text",
        "judge every codec against this one in the same run, without baselines",
        metavar="ID",
    ),
    Option(
        "match",
        "text",
        "with against: compare at equal rung, or each image at equal bpp",
        "rung",
        metavar="rung|rate",
        choices=("rung", "rate"),
    ),
    Option("records", "path", "write one JSON line a cell to this file", metavar="FILE"),
    Option("report", "path", "write one HTML page about the run to this file", metavar="FILE"),
    Option(
        "artifacts",
        "path",
        "where a failure's original, decoded and difference images go",
        ".colordeg/artifacts",
        metavar="DIR",
    ),
    Option("isolate", "flag", "run codecs in processes of their own; see timeout, memory", False),
    Option(
        "timeout", "number", "with isolate: seconds for one call of a codec", 60, metavar="SECONDS"
    ),
    Option(
        "memory",
        "number",
        "with isolate: MiB that a codec's process may take; 0: no limit",
        4096,
        metavar="MIB",
    ),
    Option(
        "repeat",
        "number",
        "code every image so many times, isolated, every second time on one processor: "
        "results that differ fail",
        1,
        metavar="N",
    ),
    Option(
        "cache",
        "path or off",
        "folder of measured cells, taken from there while nothing that decides them changed",
        ".colordeg/cache",
        metavar="off|DIR",
    ),
    Option("cache-size", "size", "most bytes that the cache may hold", "1G", metavar="BYTES"),
    Option(
        "jobs",
        "count",
        "threads that measure cells; by default as many as there are cores",
        metavar="N",
    ),
    Option(
        "executor",
        "text",
        "who measures: threads of this process, or workers of a Dask cluster",
        "threads",
        metavar="threads|dask",
        choices=("threads", "dask"),
    ),
    Option(
        "scheduler",
        "text",
        "with executor=dask: the scheduler's address; by default jobs processes are started here",
        metavar="ADDRESS",
    ),
    Option(
        "shard",
        "text",
        "run one part of the operating points; colordeg merge puts the records together",
        metavar="I/N",
    ),
    Option(
        "bench-device",
        "list",
        "throughput tests: devices side by side",
        metavar="cpu,cuda",
        choices=("cpu", "cuda"),
    ),
    Option(
        "bench-gate", "flag", "throughput tests: fail where slower than the codec of against", False
    ),
    Option("require", "list", "fail unless each of these codecs was measured", metavar="ID,ID"),
    Option("strict", "flag", "fail also on improvements and on stale baseline entries", False),
    Option("explain", "flag", "print every setting, its value and where it came from", False),
)
BY_NAME = {option.name: option for option in OPTIONS}
