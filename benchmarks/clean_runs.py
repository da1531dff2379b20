"""False alarms of the gate where nothing changed: again and again, other threads, other processors.

Each run is the project's own gate in a new process, against the committed baselines. A
false alarm is an item that fails. Records are compared with the first run's, byte for byte::

    python benchmarks/clean_runs.py --runs 20
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tolerances import ROOT, VARIANTS

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def variants(shadow: Path) -> dict[str, tuple[dict[str, str], list[str]]]:
    """What may differ between two machines that are both right: environment and arguments."""
    made: dict[str, tuple[dict[str, str], list[str]]] = {
        f"{count} thread{'s' if count > 1 else ''}": (dict.fromkeys(THREADS, str(count)), [])
        for count in (1, 2, 4)
    }
    made |= {
        name: ({key: value.format(shadow=shadow) for key, value in extra.items()}, [])
        for name, extra in VARIANTS.items()
        if "threads" not in name
    }
    made["xdist, -n 4"] = ({}, ["-n", "4"])
    made["isolated"] = ({}, ["--colordeg-isolate"])
    return made


def gate(work: Path, extra: dict[str, str], arguments: list[str]) -> tuple[int, int, bytes]:
    """Run once; items passed and failed, and the records."""
    records = work / "records.jsonl"
    command = [sys.executable, "-m", "pytest", "--colordeg", f"--colordeg-records={records}"]
    # Everything is measured again, or the second run would only say what the first one did.
    command += ["-q", "-p", "no:cacheprovider", "--colordeg-cache=off"]
    command += [f"--colordeg-artifacts={work}", "tests/colors"]
    path = os.pathsep.join(filter(None, [extra.get("PYTHONPATH"), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **extra, "PYTHONPATH": path}
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"the gate did not run:\n{done.stdout}\n{done.stderr}")
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed)", done.stdout)}
    return counts.get("passed", 0), counts.get("failed", 0), records.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="repetitions of the plain run")
    parser.add_argument("--codec", help="only these, comma-separated")
    options = parser.parse_args()
    narrowed = [f"--colordeg-codec={options.codec}"] if options.codec else []
    items = alarms = other = 0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shadow = work / "shadow"
        shadow.mkdir()
        (shadow / "numba.py").write_text("raise ImportError('hidden by this benchmark')\n")
        first = b""
        for turn in range(options.runs):
            passed, failed, records = gate(work, {}, narrowed)
            first = first or records
            items, alarms = items + passed + failed, alarms + failed
            other += records != first
            print(f"run {turn + 1}: {passed} passed, {failed} failed", flush=True)
        print(f"{options.runs} runs, {items} items: {alarms} false alarms, {other} other records")
        for name, (extra, arguments) in variants(shadow).items():
            passed, failed, records = gate(work, extra, [*arguments, *narrowed])
            items, alarms = items + passed + failed, alarms + failed
            same = "the same records" if records == first else "other last digits"
            print(f"{name}: {passed} passed, {failed} failed; {same}", flush=True)
    print(f"{items} items in all: {alarms} false alarms")
    return alarms


if __name__ == "__main__":
    sys.exit(main())
