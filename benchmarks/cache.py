"""A second run with a warm cache against the first: the measuring part, and one changed codec.

    python benchmarks/cache.py [FOLDER] [--codecs jpeg,webp,avif] [--repeats 3]

The measuring part is the sweep: encode, read back, decode, all metrics, or taking that
from the cache. Loading the originals is told apart, as both runs do it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pytest_colordeg.codecs.registry import CLASSICAL, Registry
from pytest_colordeg.images import resolve
from pytest_colordeg.sweep.bench import Bench, Result
from pytest_colordeg.sweep.cache import Cache
from pytest_colordeg.sweep.engine import Engine
from pytest_colordeg.sweep.executors import Inline
from pytest_colordeg.sweep.originals import Originals
from pytest_colordeg.sweep.plan import Task


def sweep(folder: Path, tasks: Sequence[Task]) -> tuple[float, float, int]:
    """Seconds of loading and of measuring, and how many cells came from the cache."""
    results: list[Result] = []
    bench = Bench(Originals(1 << 30), Cache(folder))
    engine = Engine(results.append, bench, Inline(bench))
    began = time.perf_counter()
    for source in tasks[0].selection.sources:
        bench.originals.get(source)
    loaded = time.perf_counter()
    for task in tasks:
        engine.sweep(task.codec, task.rung, task.selection, task.device)
    ended = time.perf_counter()
    engine.close()
    return loaded - began, ended - loaded, sum(result.cached for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="?", default="photos")
    parser.add_argument("--codecs", default=",".join(CLASSICAL))
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    (selection,) = resolve([options.images], Path.cwd())
    registry = Registry()
    codecs = [registry.get(name) for name in options.codecs.split(",")]
    tasks = [Task(codec, rung, selection, "cpu") for codec in codecs for rung in codec.ladder]
    cells = len(tasks) * len(selection.names)
    sweep(Path(tempfile.mkdtemp()), tasks[:1])  # imports and compiled kernels
    cold, warm = [], []
    with tempfile.TemporaryDirectory() as name:
        for number in range(options.repeats):
            folder = Path(name) / str(number)
            _, seconds, found = sweep(folder, tasks)
            assert found == 0
            cold.append(seconds)
            loading, seconds, found = sweep(folder, tasks)
            assert found == cells
            warm.append(seconds)
    print(f"{cells} cells of {len(codecs)} codecs on {options.images}; least of {options.repeats}")
    print(f"loading       {loading:8.3f} s")
    print(f"first run     {min(cold):8.3f} s, {1e3 * min(cold) / cells:7.2f} ms a cell")
    print(f"second run    {min(warm):8.3f} s, {1e3 * min(warm) / cells:7.2f} ms a cell, "
          f"{min(cold) / min(warm):.0f} times as fast")  # fmt: skip


if __name__ == "__main__":
    main()
