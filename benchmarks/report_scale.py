"""Time and peak memory of reading records of 10,000 cells and writing every output but figures.

    python benchmarks/report_scale.py [--cells 10000]

Runs in a process of its own a step, so that the peak of one is not that of another.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from pytest_colordeg.findings import Change, Findings
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Measurement
from pytest_colordeg.report.exports import write_compressai, write_csv
from pytest_colordeg.report.github import summary_markdown
from pytest_colordeg.report.html import write_report
from pytest_colordeg.report.load import HEADER_SUFFIX, header_json, load
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.sweep.serial import record_lines

IMAGES, RUNGS = 25, 8


def make(path: Path, cells: int) -> None:
    """Write records and header of a run in which a third of the points fail."""
    number = random.Random(1).random
    points = []
    for place in range(cells // IMAGES):
        codec, rung = f"codec-{place // RUNGS:03d}", place % RUNGS + 1
        rows = [
            Measurement(
                codec, rung, f"image-{image:02d}", "corpus", "cpu", f"{image:064x}",
                {"level": rung}, {"subsampling": "4:2:0"}, {"library": "1.0"},
                {name: 0.1 + rung * number() for name in METRICS},
            )
            for image in range(IMAGES)
        ]  # fmt: skip
        found = Findings(
            changes=tuple(Change(m, "worse", 1.0, 2.0, 1.0, 0.1, fails=True) for m in METRICS),
            stored={name: 0.1 + rung * number() for name in METRICS},
        )
        verdict = "worse" if place % 3 == 0 else "pass"
        points.append(Point(codec, rung, "corpus", "cpu", "", False, verdict, rows, findings=found))
    lines = record_lines(cell for point in points for cell in point.cells)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    header = header_json(ReportData(points, {"schema": 1}), path)
    path.with_name(path.name + HEADER_SUFFIX).write_text(header, encoding="utf-8")


def report(path: Path) -> None:
    """Do what a user waits for, and say what each part took."""
    started = time.perf_counter()
    data = load(path)
    steps = {"read": time.perf_counter() - started}
    for name, step in {
        "page": lambda: write_report(path.with_suffix(".html"), data),
        "csv": lambda: write_csv(path.with_suffix(".csv"), data),
        "compressai": lambda: write_compressai(path.parent / "results", data),
        "summary": lambda: summary_markdown(data),
    }.items():
        before = time.perf_counter()
        step()
        steps[name] = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak *= 1 if sys.platform == "darwin" else 1024
    print(f"{sum(cell is not None for point in data.points for cell in point.cells)} cells:")
    for name, seconds in steps.items():
        print(f"  {name:<11} {seconds:6.2f} s")
    size = path.with_suffix(".html").stat().st_size / 1e6
    print(
        f"  whole       {sum(steps.values()):6.2f} s, peak {peak / 1e6:.0f} MB, page {size:.1f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=10_000)
    arguments = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.jsonl"
        for target, extra in ((make, (arguments.cells,)), (report, ())):
            process = spawn.Process(target=target, args=(path, *extra))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)


if __name__ == "__main__":
    main()
