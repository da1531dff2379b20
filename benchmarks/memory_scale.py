"""Peak memory of each step against the number of cells: small images, in processes of their own.

    python benchmarks/memory_scale.py [--cells 2500 10000] [--wide]

A run that keeps records, its two shards merged, a CSV and a page made of the records, and a run
that writes baselines. ``--wide``: two points of many images, not many points of fifty.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import harness_cost

RUN = ("-m", "pytest", "--colordeg", "-q", "-p", "no:cacheprovider", "--colordeg-jobs=1",
       "--colordeg-cache=off")  # fmt: skip
STEPS = {
    "run": [*RUN, "--colordeg-records=run.jsonl"],
    "shard 1": [*RUN, "--colordeg-records=1.jsonl", "--colordeg-shard=1/2"],
    "shard 2": [*RUN, "--colordeg-records=2.jsonl", "--colordeg-shard=2/2"],
    "merge": ["-m", "pytest_colordeg.cli", "merge", "1.jsonl", "2.jsonl", "-o", "whole.jsonl"],
    "csv": ["-m", "pytest_colordeg.cli", "report", "run.jsonl", "--csv", "run.csv"],
    "page": ["-m", "pytest_colordeg.cli", "report", "run.jsonl", "-o", "run.html"],
    "update": [*RUN, "--colordeg-update=create", "--colordeg-reason=first"],
}


def step(folder: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, nargs="+", default=[2500, 10_000])
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--steps", default=",".join(STEPS))
    options = parser.parse_args()
    for wanted in options.cells:
        images = wanted // 2 if options.wide else harness_cost.IMAGES
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            harness_cost.make(folder, wanted // images, False, images)
            for label in options.steps.split(","):
                if label == "update":  # a baseline is written of points that were judged
                    test = "def test_color(colordeg):\n    colordeg.check()\n"
                    (folder / "test_color.py").write_text(test, encoding="utf-8")
                arguments = STEPS[label]
                seconds, _, peak = harness_cost.spent(step, folder, arguments)
                print(f"{wanted:>6} cells, {images:>5} images: {label:<8} {seconds:6.1f} s of the "
                      f"processor, peak {peak:4.0f} MB", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
