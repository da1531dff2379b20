"""Kill -9 at random moments while baselines are updated: is one ever torn?

A child process rewrites a baseline of the size of the bundled ones for ever,
through the same call as an update; the parent kills it and reads what is there. Every
other kill falls at any moment of an update, the rest while the new file is being written::

    python benchmarks/baseline_kills.py --kills 200
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from pytest_colordeg.baselines import Baseline, Mode, Section, Store, StoredMetric, StoredPoint
from pytest_colordeg.baselines.draft import Edit
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.baselines.update import UpdatePlan

CODEC = "jpeg"


def contents(images: int = 24, metrics: int = 59, rungs: int = 8) -> list[Baseline]:
    """Make two baselines of equal shape and different values."""
    names = [f"metric.{i:02}" for i in range(metrics)]
    made = []
    for seed in (1, 2):
        chance = random.Random(seed)

        def row(chance: random.Random = chance) -> dict[str, float]:
            return {name: round(chance.uniform(0, 50), 4) for name in names}

        points = {
            rung: StoredPoint(
                {"level": rung},
                {"subsampling": "4:2:0"},
                {"imagecodecs": "2026.1.14"},
                row(),
                dict.fromkeys(names, images),
                {f"image{i:02}.png": row() for i in range(images)},
            )
            for rung in range(1, rungs + 1)
        }
        digests = {f"image{i:02}.png": f"{i:064x}" for i in range(images)}
        section = Section("photos", "cpu", f"{seed:064x}", digests, points)
        stored = {name: StoredMetric(f"definition of {name}", 4) for name in names}
        made.append(Baseline(CODEC, stored, {("photos", "cpu"): section}))
    return made


def flip(folder: Path) -> None:
    """Update to the one and the other in turn, until killed."""
    store = Store(folder)
    both = contents()
    print("started", flush=True)
    for new in cycle(both):

        def to_new(base: Baseline | None, new: Baseline = new) -> UpdatePlan:
            return UpdatePlan(CODEC, base, new, (Edit(Mode.FIX, "", "all"),))

        store.update(CODEC, to_new)
        print("updated", flush=True)


def kill(child: subprocess.Popen[bytes], chance: random.Random, written: Path | None) -> None:
    """Kill it at any moment after an update; or right after `written` is there."""
    assert child.stdout
    child.stdout.readline()  # started
    for _ in range(chance.randint(1, 2)):
        began = time.perf_counter()
        child.stdout.readline()  # updated
    took = time.perf_counter() - began
    if written is None:
        time.sleep(chance.uniform(0, 2 * took))
    else:
        patience = time.monotonic() + 10
        while not written.exists() and time.monotonic() < patience:
            pass
        time.sleep(chance.uniform(0, 0.001))
    child.send_signal(signal.SIGKILL)
    child.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--flip", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.flip:
        flip(options.flip)
    chance = random.Random(options.seed)
    good = [dump(baseline).encode() for baseline in contents()]
    seen = [0, 0]
    torn = midway = 0
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        path = store.path(CODEC)
        path.write_bytes(good[0])
        fresh = path.with_name(f".{path.name}.tmp")
        for turn in range(options.kills):
            fresh.unlink(missing_ok=True)
            child = subprocess.Popen(
                [sys.executable, __file__, "--flip", folder], stdout=subprocess.PIPE
            )
            kill(child, chance, fresh if turn % 2 else None)
            midway += fresh.exists()
            content = path.read_bytes()
            if content in good:
                seen[good.index(content)] += 1
            else:
                torn += 1
                path.write_bytes(good[0])
    print(f"a file of {len(good[0]) / 1e6:.1f} MB; {midway} kills left half of a new one beside it")
    print(f"found afterwards: {seen[0]} times the one content, {seen[1]} times the other")
    print(f"{options.kills} kills during update: {torn} torn baselines")
    return torn or int(0 in seen or not midway)


if __name__ == "__main__":
    sys.exit(main())
