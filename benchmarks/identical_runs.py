"""One process, four, three machines' shards and a Dask cluster: the same records, bit for bit?

The project's own gate, in each of these ways, without a cache. Compared are the records
as bytes, and of the header beside them what it says of every point: verdict, causes,
failure. Times, hosts and how the work was shared stand elsewhere in it::

    python benchmarks/identical_runs.py
    python benchmarks/identical_runs.py --codec jpeg,mbt2018-mean --quality 1,3

Codecs of the extra ``neural`` take part where it is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARDS = 3
WAYS = {
    "-n0": ["-n0"],
    "-n4": ["-n4"],
    "Dask, two processes": ["--colordeg-executor=dask", "--colordeg-jobs=2"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codec", help="only these, comma-separated")
    parser.add_argument("--quality", help="only these rungs, such as 1,4-6")
    options = parser.parse_args()
    narrowed = [
        f"--colordeg-{name}={value}" for name, value in vars(options).items() if value is not None
    ]
    runs: dict[str, tuple[bytes, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in WAYS.items():
            records = Path(folder) / "records.jsonl"
            gate(records, [*arguments, *narrowed])
            runs[name] = outcome(records)
            print(f"{name}: {told(*runs[name])}", flush=True)
        name = f"{SHARDS} shards, merged"
        runs[name] = outcome(in_shards(Path(folder), narrowed))
        print(f"{name}: {told(*runs[name])}")
    return conclude(runs)


def gate(records: Path, arguments: Sequence[str]) -> None:
    command = [sys.executable, "-m", "pytest", "--colordeg", f"--colordeg-records={records}"]
    command += ["-q", "-p", "no:cacheprovider", "--colordeg-cache=off"]
    command += [f"--colordeg-artifacts={records.parent}", "tests/colors"]
    execute([*command, *arguments])


def in_shards(folder: Path, narrowed: Sequence[str]) -> Path:
    """Run the shards, as machines that know nothing of each other would, and merge them."""
    parts = [folder / f"{index}.jsonl" for index in range(1, SHARDS + 1)]
    for index, part in enumerate(parts, 1):
        gate(part, [f"--colordeg-shard={index}/{SHARDS}", *narrowed])
    merged = folder / "merged.jsonl"
    execute([sys.executable, "-m", "pytest_colordeg.cli", "merge", *map(str, parts), "-o",
             str(merged)])  # fmt: skip
    return merged


def execute(command: Sequence[str]) -> None:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} did not run:\n{done.stdout}\n{done.stderr}")


def outcome(records: Path) -> tuple[bytes, Any]:
    """The records, and what the header says of points and as a whole."""
    header = json.loads(records.with_name(f"{records.name}.run.json").read_text("utf-8"))
    return records.read_bytes(), [header["points"], header["problems"], header["versions"]]


def told(records: bytes, header: Any) -> str:
    verdicts = Counter(point["verdict"] for point in header[0])
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    return f"{len(records.splitlines())} records, {len(records)} bytes; points: {counts}"


def conclude(runs: dict[str, tuple[bytes, Any]]) -> int:
    (first, (records, header)), *others = runs.items()
    lines = records.splitlines()
    codecs = {json.loads(line)["codec"] for line in lines}
    differing = 0
    for name, (other, its_header) in others:
        found = other.splitlines()
        unequal = [a for a, b in zip(lines, found, strict=False) if a != b]
        count = len(unequal) + abs(len(lines) - len(found))
        if count or its_header != header:
            differing += 1
            example = json.loads(unequal[0]) if unequal else {}
            print(f"{name} differs from {first}: {count} records, such as {example.get('codec')}"
                  f"-r{example.get('rung')}, {example.get('image')}; "
                  f"header {'equal' if its_header == header else 'other'}")  # fmt: skip
    same = "identical records and verdicts" if not differing else f"{differing} ways differ"
    print(f"{len(lines)} records of {len(codecs)} codecs, {len(runs)} ways: {same}")
    return differing


if __name__ == "__main__":
    sys.exit(main())
