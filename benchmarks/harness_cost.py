"""What the harness costs a cell: a run of many small cells against a bare loop over the same.

    python benchmarks/harness_cost.py [--cells 1000 10000] [--cache]

The loop encodes, reads back, decodes and measures with all metrics, nothing else. The run
is ``pytest --colordeg --colordeg-records`` in a process of its own with one job, and its
cost is all that it takes more, start of Python and loading of images included. Seconds
are of processor time, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pytest_colordeg.color.reference import Reference
from pytest_colordeg.images import resolve
from pytest_colordeg.images.png import write_png
from pytest_colordeg.sweep.cell import measure_cell

IMAGES, SIDE = 50, 48

CONFTEST = """
import imagecodecs
from pytest_colordeg import FunctionCodec

def encode(image, level, number):
    return imagecodecs.jpeg8_encode(image, level=level)

def pytest_colordeg_codecs():
    ladder = [{{"level": 10 + i % 90, "number": i}} for i in range({rungs})]
    return [FunctionCodec("small", encode, imagecodecs.jpeg8_decode, ladder, files={files})]
"""


def make(folder: Path, rungs: int, cached: bool, images: int = IMAGES) -> None:
    draw = np.random.default_rng(0)
    for number in range(images):
        coarse = draw.integers(0, 256, (SIDE // 8, SIDE // 8, 3), np.uint8)
        pixels = np.kron(coarse, np.ones((8, 8, 1), np.uint8))
        write_png(folder / "pictures" / f"{number}.png", pixels)
    files = "[__file__]" if cached else "[]"
    texts = {
        "conftest.py": CONFTEST.format(rungs=rungs, files=files),
        "pyproject.toml": '[tool.colordeg]\nimages = "pictures"\n',
        "test_color.py": "def test_color(colordeg):\n    assert colordeg['bpp'] > 0\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def bare(folder: Path) -> None:
    (codec,) = runpy.run_path(str(folder / "conftest.py"))["pytest_colordeg_codecs"]()
    for source in resolve(["pictures"], folder)[0].sources:
        image = source.image
        reference = Reference(image.pixels)
        for rung in codec.ladder:
            measure_cell(codec, rung, image, "pictures", "cpu", reference)


def whole(folder: Path, options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pytest", "--colordeg", "-q", "-p", "no:cacheprovider",
               "--colordeg-records=run.jsonl", "--colordeg-jobs=1", *options]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def spent(work: Callable[..., None], *arguments: object) -> tuple[float, float, float]:
    """Processor seconds and wall seconds of a process, and its peak memory in MB."""
    process = multiprocessing.get_context("spawn").Process(
        target=_told, args=(work, arguments, Path(tempfile.gettempdir()) / "harness_cost.txt")
    )
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)
    numbers = (Path(tempfile.gettempdir()) / "harness_cost.txt").read_text("utf-8").split()
    seconds, clock, memory = map(float, numbers)
    return seconds, clock, memory


def _told(work: Callable[..., None], arguments: tuple[object, ...], path: Path) -> None:
    began, clock = _processor(), time.perf_counter()
    work(*arguments)
    seconds, clock = _processor() - began, time.perf_counter() - clock
    memory = max(resource.getrusage(who).ru_maxrss
                 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
    path.write_text(f"{seconds} {clock} {memory / 1024}", encoding="utf-8")


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--cache", action="store_true", help="with the cache, cold and warm")
    options = parser.parse_args()
    for wanted in options.cells:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rungs = -(-wanted // IMAGES)
            make(folder, rungs, options.cache)
            cells = IMAGES * rungs
            loop, _, lean = spent(bare, folder)
            runs = {"run": ("--colordeg-cache=off",)}
            if options.cache:
                runs = {"first": (), "second": ()}
            print(f"{cells} cells: loop {loop:.1f} s, {1e3 * loop / cells:.2f} ms a cell, "
                  f"peak {lean:.0f} MB")  # fmt: skip
            for label, extra in runs.items():
                seconds, clock, peak = spent(whole, folder, extra)
                print(f"  {label}: {seconds:.1f} s of the processor, {clock:.1f} s by the clock, "
                      f"{1e3 * (seconds - loop) / cells:+.2f} ms a cell, "
                      f"peak {peak:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
