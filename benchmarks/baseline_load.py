"""Loading a baseline of 10,000 image rows, beside what the same rows cost otherwise.

    python benchmarks/baseline_load.py [--rows 10000] [--odd 0]

The rows hold every metric that there is, with its decimals; one value in ten is ``n/a``,
as hues that are absent are. ``--odd`` makes so many rows of a hundred need the careful
path. A load checks every value and turns a row into numbers when it is looked
up, so that is timed too: the gated metrics, which a verdict reads, and all. Seconds
are of processor time, so that a busy machine does not count.

The peers get the rows alone, in the layout that suits them best: a YAML flow
list a row for PyYAML's C loader, and a JSON list a row.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable

import yaml

from pytest_colordeg.baselines import Baseline, Section, StoredMetric, StoredPoint
from pytest_colordeg.baselines.reader import load
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.values import NotApplicable, Value, to_text


def best(work: Callable[[], object], repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--odd", type=int, default=0, metavar="PERCENT")
    options = parser.parse_args()
    chance = random.Random(0)
    names = list(METRICS)

    def value(i: int, name: str) -> Value:
        if name == names[-1] and i % 100 < options.odd:
            return NotApplicable(f"a reason, with the number {i}")
        if chance.random() < 0.1:
            return NotApplicable("fewer than 64 pixels of the original in h120")
        return round(chance.uniform(-50, 50), METRICS[name].digits)

    rows: dict[str, dict[str, Value]] = {
        f"image {i}.png": {name: value(i, name) for name in names} for i in range(options.rows)
    }
    point = StoredPoint(
        {"level": 50},
        {},
        {},
        dict.fromkeys(names, 1.0),
        dict.fromkeys(names, options.rows),
        rows,
    )
    images = {name: f"{i:064x}" for i, name in enumerate(rows)}
    baseline = Baseline(
        "jpeg",
        {name: StoredMetric("any", METRICS[name].digits) for name in names},
        {("photos", "cpu"): Section("photos", "cpu", "0", images, {1: point})},
    )
    data = dump(baseline).encode()
    assert load(data, "jpeg.yaml", "jpeg") == baseline
    lists = {name: [to_text(value) for value in row.values()] for name, row in rows.items()}
    flow = "".join(f"{json.dumps(name)}: {values}\n" for name, values in lists.items())
    text = json.dumps(lists)
    ours = best(lambda: load(data, "jpeg.yaml", "jpeg"))
    gated = [name for name, metric in METRICS.items() if metric.gated]
    read = load(data, "jpeg.yaml", "jpeg").sections["photos", "cpu"].points[1].rows
    judged = best(lambda: [[row[name] for name in gated] for row in read.values()])
    whole = best(lambda: [dict(row) for row in read.values()])
    peers = {
        "PyYAML CSafeLoader": best(lambda: yaml.load(flow, Loader=yaml.CSafeLoader), 2),
        "json.loads": best(lambda: json.loads(text)),
    }
    print(f"{options.rows} rows of {len(names)} metrics, {len(data) / 1e6:.1f} MB")
    for name, seconds in peers.items():
        print(f"{name:20} {seconds:.3f} s, {seconds / ours:5.2f} times ours")
    print(f"{'write':20} {best(lambda: dump(baseline), 2):.3f} s")
    print(f"{'load':20} {ours:.3f} s")
    print(f"{f'read {len(gated)} metrics':20} {judged:.3f} s")
    print(f"{'read all':20} {whole:.3f} s")


if __name__ == "__main__":
    main()
