"""A sweep of JPEG and WebP against CompressAI's bench: the same images, encoders and qualities.

    python benchmarks/sweep_peers.py FOLDER [--images 24] [--repeats 3]

Each is a process of its own, from its start to its end: CompressAI's
``python -m compressai.utils.bench CODEC`` (PSNR and MS-SSIM; one codec a process, and one job, as
it does by default), and ``pytest --colordeg`` with all our metrics, without cache, for each codec
alone and for both in one run, as it does by default, with one job a core. In turns; the least of
the repetitions counts, of wall time and of processor time. Bits per pixel are compared.

Last comes what no harness can save: the encoder and the decoder alone, on as many threads.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagecodecs
import numpy as np
from child import project, run

QUALITIES = (5, 15, 30, 50, 70, 85)
# The libraries that Pillow links too, as this package's own codecs call them.
CONFTEST = """
import imagecodecs
from pytest_colordeg import FunctionCodec

def jpeg(image, quality):
    return imagecodecs.jpeg8_encode(image, level=quality)

def webp(image, quality):
    return imagecodecs.webp_encode(image, level=quality, method=4, lossless=False)

def from_webp(data):
    return imagecodecs.webp_decode(data, hasalpha=False)

def pytest_colordeg_codecs():
    # imagecodecs lets go of the interpreter's lock.
    ladder = [{"quality": quality} for quality in %s]
    return [
        FunctionCodec("peer-jpeg", jpeg, imagecodecs.jpeg8_decode, ladder, concurrent=True),
        FunctionCodec("peer-webp", webp, from_webp, ladder, concurrent=True),
    ]
"""
CODECS = ("jpeg", "webp")
Times = tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    files = sorted(options.folder.glob("*.png"))[: options.images]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder, files)
        (folder / "conftest.py").write_text(CONFTEST % list(QUALITIES), encoding="utf-8")
        compare(folder, options.repeats)
        alone(files)


def compare(folder: Path, repeats: int) -> None:
    theirs: dict[str, list[Times]] = {codec: [] for codec in CODECS}
    ours: dict[str, list[Times]] = {"jpeg": [], "webp": [], "both": []}
    our_run(folder, CODECS)  # compiles kernels, once for all later runs
    for _ in range(repeats):
        rates = {}
        for codec in CODECS:
            *taken, printed = run(their_command(codec), folder)
            theirs[codec].append((taken[0], taken[1]))
            rates[codec] = json.loads(printed[printed.index("{") :])["results"]["bpp"]
        for name in ours:
            ours[name].append(our_run(folder, CODECS if name == "both" else [name]))
    cells = [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]
    for codec in CODECS:
        check(codec, cells, rates[codec])
    print(f"{len(cells)} cells, {len(cells[0]['metrics'])} metrics of ours, {os.cpu_count()} cores")
    print("        CompressAI wall, processor      ours wall, processor        times as fast")
    for name, rows in ours.items():
        parts = [least(theirs[codec]) for codec in (CODECS if name == "both" else [name])]
        wall, spent = (sum(column) for column in zip(*parts, strict=True))
        our_wall, our_spent = least(rows)
        print(f"{name:8}{wall:12.2f} s {spent:9.2f} s {our_wall:13.2f} s {our_spent:9.2f} s"
              f"{wall / our_wall:12.1f} {spent / our_spent:8.1f}")  # fmt: skip


def their_command(codec: str) -> list[str]:
    qualities = ",".join(map(str, QUALITIES))
    return [sys.executable, "-W", "ignore", "-m", "compressai.utils.bench", codec, "pictures",
            "-q", qualities, "--num-jobs", "1"]  # fmt: skip


def our_run(folder: Path, codecs: Sequence[str]) -> Times:
    names = ",".join(f"peer-{codec}" for codec in codecs)
    command = [sys.executable, "-m", "pytest", "-p", "pytest_colordeg.plugin", "--colordeg", "-q",
               "-p", "no:cacheprovider",
               "--colordeg-cache=off", "--colordeg-records=run.jsonl",
               f"--colordeg-codec={names}"]  # fmt: skip
    # Other plugins that happen to be installed take their time too.
    wall, spent, _ = run(command, folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    return wall, spent


def check(codec: str, cells: list[dict], expected: list[float]) -> None:
    """Both must have made files of the same size."""
    for rung, rate in enumerate(expected, 1):
        own = [
            c["metrics"]["bpp"] for c in cells if (c["codec"], c["rung"]) == (f"peer-{codec}", rung)
        ]
        assert abs(sum(own) / len(own) - rate) < 1e-3, (codec, rung, sum(own) / len(own), rate)


def least(rows: list[Times]) -> list[float]:
    return [min(column) for column in zip(*rows, strict=True)]


def alone(files: list[Path]) -> None:
    """Only coding, of images that are loaded, on all cores."""
    images = [np.ascontiguousarray(imagecodecs.imread(file)) for file in files]
    made: dict[str, object] = {}
    exec(CONFTEST % list(QUALITIES), made)
    codecs = made["pytest_colordeg_codecs"]()  # type: ignore[operator]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for codec in codecs:
            began = time.perf_counter()
            cells = [(image, rung) for rung in codec.ladder.values() for image in images]
            list(pool.map(lambda cell, codec=codec: codec.decode(codec.encode(*cell)), cells))
            print(f"{codec.id}: coding alone {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
