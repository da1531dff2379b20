"""What a sweep costs, from the cost of a cell measured here: cores, memory, storage.

    python benchmarks/sweep_plan.py FOLDER [--images 2] [--plan-images 100000] [--points 60]

Processor time, which other work on the machine inflates less than the clock; the least of
three repetitions. Loading counts once an image, everything else once a cell.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from pytest_colordeg.codecs.registry import CLASSICAL, Registry
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.images import resolve
from pytest_colordeg.images.load import load_image
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.sweep.cell import measure_cell
from pytest_colordeg.sweep.coding import code
from pytest_colordeg.sweep.serial import record_lines


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=2)
    parser.add_argument("--plan-images", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=60)
    options = parser.parse_args()
    (selection,) = resolve([str(options.folder)], Path.cwd())
    sources = selection.sources[: options.images]
    files = sorted(options.folder.glob("*.png"))[: options.images]
    loading = sum(seconds(lambda file=file: load_image(file)) for file in files) / len(files)
    registry, total = Registry(), 0.0
    first = sources[0].image
    jpeg = registry.get("jpeg")
    coded = code(jpeg, 4, first)
    reference = Reference(first.pixels)
    pair = (first.pixels, coded.decoded, coded.payload_bytes, reference)
    measure(Pair(*pair))  # compiles kernels
    preparing = seconds(lambda: Reference(first.pixels).prepared())
    measuring = seconds(lambda: measure(Pair(*pair)))
    height, width, _ = first.pixels.shape
    print(f"{width}x{height}; loading {1e3 * loading:.1f} ms and Lab {1e3 * preparing:.1f} ms an "
          f"image, all metrics {1e3 * measuring:.1f} ms a cell")  # fmt: skip
    for name in CLASSICAL:
        codec = registry.get(name)
        rungs = [rung for rung in (1, 4, 8) if rung in codec.ladder]
        spent = [seconds(lambda c=codec, r=rung, s=source: code(c, r, s.image), 2)
                 for source in sources for rung in rungs]  # fmt: skip
        mean = sum(spent) / len(spent)
        total += mean + measuring
        print(
            f"  {name:<9} {1e3 * mean:7.1f} ms to code, {1e3 * (mean + measuring):7.1f} ms a cell"
        )
    cell = measure_cell(jpeg, 4, first, "corpus", "cpu", reference)
    (line,) = record_lines([cell])
    entry = len(zlib.compress(json.dumps(json.loads(line)["metrics"]).encode(), 1))
    cells, average = options.plan_images * options.points, total / len(CLASSICAL)
    core_hours = (cells * average + options.plan_images * (loading + preparing)) / 3600
    print(
        f"{options.plan_images} images x {options.points} points: {cells / 1e6:.1f} million "
        f"cells of {1e3 * average:.0f} ms"
    )
    print(f"  {core_hours:.0f} core hours: {core_hours / 64:.1f} h on 64 cores")
    print(f"  records {len(line)} bytes a cell: {cells * len(line) / 1e9:.1f} GB")
    print(f"  cache {entry} bytes in a block of 4096 a cell: {cells * 4096 / 1e9:.1f} GB")
    print(f"  originals {options.plan_images * first.pixels.nbytes / 1e9:.0f} GB as pixels; sent "
          "to each worker that measures one")  # fmt: skip


if __name__ == "__main__":
    main()
