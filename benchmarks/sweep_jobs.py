"""Threads against one: a classical sweep with all metrics, in turns in one process.

    python benchmarks/sweep_jobs.py [FOLDER] [--jobs 2] [--codecs jpeg,webp,jpegxl]
        [--images 6] [--rungs 3] [--repeats 3]

No cache. The least of the repetitions counts, as whatever else the machine does only adds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pytest_colordeg.codecs.registry import CLASSICAL, Registry
from pytest_colordeg.images import resolve
from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.bench import Bench
from pytest_colordeg.sweep.engine import Engine
from pytest_colordeg.sweep.executors import Inline, Threads
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Task


def sweep(tasks: Sequence[Task], jobs: int) -> tuple[float, list[Measurement]]:
    bench = Bench(Originals(1 << 30))
    engine = Engine(bench=bench, executor=Threads(bench, jobs) if jobs > 1 else Inline(bench))
    engine.plan(tasks)
    began = time.perf_counter()
    cells: list[Measurement] = []
    for task in tasks:
        cells += engine.sweep(task.codec, task.rung, task.selection, task.device)
    seconds = time.perf_counter() - began
    engine.close()
    return seconds, cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images_of", nargs="?", default="photos")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--codecs", default=",".join(CLASSICAL))
    parser.add_argument("--images", type=int, default=6)
    parser.add_argument("--rungs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    (whole,) = resolve([options.images_of], Path.cwd())
    selection = replace(whole, names=whole.names[: options.images])
    registry = Registry()
    codecs = [registry.get(name) for name in options.codecs.split(",")]
    tasks = [Task(codec, rung, selection, "cpu")
             for codec in codecs for rung in list(codec.ladder)[:: 8 // options.rungs]]  # fmt: skip
    sweep(tasks[:1], 1)  # imports and compiled kernels
    times: dict[int, list[float]] = {1: [], options.jobs: []}
    cells: dict[int, list[Measurement]] = {}
    for _ in range(options.repeats):
        for jobs, taken in times.items():
            seconds, cells[jobs] = sweep(tasks, jobs)
            taken.append(seconds)
    one, many = (min(taken) for taken in times.values())
    assert cells[1] == cells[options.jobs]
    print(f"{len(cells[1])} cells; 1 job {one:.2f} s, {options.jobs} jobs {many:.2f} s: "
          f"{one / many:.2f} times as fast, equal records")  # fmt: skip


if __name__ == "__main__":
    main()
