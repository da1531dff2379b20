"""A sweep of JPEG or WebP against CompressAI's bench: the same images, encoder and qualities.

    python benchmarks/sweep_peers.py FOLDER [--codecs jpeg webp] [--images 8] [--repeats 2]

Each is a process of its own, from its start to its end: CompressAI's
``python -m compressai.utils.bench CODEC`` (PSNR and MS-SSIM; one job, as it does by default), and
``pytest --colordeg`` with all our metrics, without cache, with one job and as it does by default,
with one a core. In turns; the least of the repetitions counts, of wall time and of processor time
(which a busy machine changes little). Bits per pixel are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from child import run

QUALITIES = (5, 15, 30, 50, 70, 85)
# The libraries that Pillow links too, as this package's own codecs call them.
CALLS = {
    "jpeg": ("jpeg8_encode(image, level=quality)", "jpeg8_decode(data)"),
    "webp": (
        "webp_encode(image, level=quality, method=4, lossless=False)",
        "webp_decode(data, hasalpha=False)",
    ),
}
CONFTEST = """
import imagecodecs
from pytest_colordeg import FunctionCodec

def encode(image, quality):
    return imagecodecs.{encode}

def decode(data):
    return imagecodecs.{decode}

def pytest_colordeg_codecs():
    # imagecodecs lets go of the interpreter's lock.
    ladder = [{{"quality": q}} for q in {qualities}]
    return [FunctionCodec("peer", encode, decode, ladder, concurrent=True)]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--codecs", nargs="+", default=["jpeg", "webp"])
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    for codec in options.codecs:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            pictures = folder / "pictures"
            pictures.mkdir()
            for file in sorted(options.folder.glob("*.png"))[: options.images]:
                shutil.copy(file, pictures)
            encode, decode = CALLS[codec]
            conftest = CONFTEST.format(encode=encode, decode=decode, qualities=list(QUALITIES))
            (folder / "conftest.py").write_text(conftest, encoding="utf-8")
            (folder / "pyproject.toml").write_text(
                '[tool.colordeg]\nimages = "pictures"\n', encoding="utf-8"
            )
            (folder / "test_color.py").write_text(
                "def test_color(colordeg):\n    assert colordeg['bpp'] > 0\n", encoding="utf-8"
            )
            compare(codec, folder, options.repeats)


def compare(codec: str, folder: Path, repeats: int) -> None:
    qualities = ",".join(map(str, QUALITIES))
    theirs = [sys.executable, "-W", "ignore", "-m", "compressai.utils.bench", codec, "pictures",
              "-q", qualities, "--num-jobs", "1"]  # fmt: skip
    ours = [sys.executable, "-m", "pytest", "--colordeg", "-q", "-p", "no:cacheprovider",
            "--colordeg-cache=off", "--colordeg-records=run.jsonl"]  # fmt: skip
    times: dict[str, list[tuple[float, float]]] = {"CompressAI": [], "one job": [], "default": []}
    run(ours, folder)  # compiles kernels, once for all later runs
    for _ in range(repeats):
        *taken, printed = run(theirs, folder)
        times["CompressAI"].append((taken[0], taken[1]))
        for label, jobs in {"one job": ["--colordeg-jobs=1"], "default": []}.items():
            *taken, _ = run([*ours, *jobs], folder)
            times[label].append((taken[0], taken[1]))
    results = json.loads(printed[printed.index("{") :])["results"]
    cells = [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]
    per_rung = [
        [cell["metrics"]["bpp"] for cell in cells if cell["rung"] == rung]
        for rung in range(1, len(QUALITIES) + 1)
    ]
    means = [sum(values) / len(values) for values in per_rung]
    assert all(abs(a - b) < 1e-3 for a, b in zip(means, results["bpp"], strict=True)), results
    least = {
        who: [min(column) for column in zip(*rows, strict=True)] for who, rows in times.items()
    }
    metrics = len(cells[0]["metrics"])
    print(f"{codec}: {len(cells)} cells, {metrics} metrics of ours, {os.cpu_count()} cores")
    theirs_wall, theirs_spent = least["CompressAI"]
    for who, (wall, spent) in least.items():
        print(f"  {who:<11}{wall:7.2f} s by the clock ({theirs_wall / wall:4.1f} times), "
              f"{spent:7.2f} s of the processor ({theirs_spent / spent:4.1f} times)")  # fmt: skip


if __name__ == "__main__":
    main()
