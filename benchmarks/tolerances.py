"""How far metrics move when nothing that matters changed: where default tolerances come from.

Runs the gate's cells in new processes under different instruction sets, thread
counts and releases of imagecodecs, and prints for each metric the largest change
of a corpus aggregate and of a single image against the plain run::

    python benchmarks/tolerances.py --release 2025.8.2

Each run is also judged against the committed baselines: the last line of each
variant says whether the gate passes under it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIMD = "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
VARIANTS = {
    "no SIMD in libjpeg-turbo": {"JSIMD_FORCENONE": "1"},
    "SSE2 in libjpeg-turbo": {"JSIMD_FORCESSE2": "1"},
    "C paths in libaom": {"AOM_SIMD_CAPS": "0"},
    "NumPy without AVX": {"NPY_DISABLE_CPU_FEATURES": SIMD},
    "numba for a generic CPU": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
    "numba for AVX2": {"NUMBA_CPU_NAME": "haswell"},
    "numba switched off": {"NUMBA_DISABLE_JIT": "0", "COLORDEG_NO_NUMBA": "1"},
    "4 threads everywhere": {
        "OMP_NUM_THREADS": "4",
        "OPENBLAS_NUM_THREADS": "4",
        "NUMBA_NUM_THREADS": "4",
    },
}
_FREE = ("imagecodecs", "numpy", "numba", "llvmlite", "scipy")
Rows = dict[tuple[str, int, str, str], dict[str, float | str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="append", default=[], help="another imagecodecs")
    parser.add_argument("--codec", help="only these codecs, comma-separated")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        plain, _ = measure(work, sys.executable, {}, options.codec)
        everything: dict[str, list[tuple[float, float, float, str]]] = defaultdict(list)
        runs = [(name, sys.executable, extra) for name, extra in VARIANTS.items()]
        runs += [
            (f"imagecodecs {release}", environment(work, release), {})
            for release in options.release
        ]
        for name, python, extra in runs:
            rows, verdict = measure(work, python, extra, options.codec)
            for metric, (mean, relative, image) in spread(plain, rows).items():
                everything[metric].append((mean, relative, image, name))
            moved = sum(rows[key] != plain[key] for key in plain)
            print(f"{name}: {moved} of {len(plain)} cells differ; the gate {verdict}", flush=True)
    print(f"\n{'metric':<20}{'aggregate':>12}{'relative':>12}{'one image':>12}  widest under")
    for metric, seen in everything.items():
        mean, _, _, name = max(seen)
        print(
            f"{metric:<20}{mean:>12.2g}{max(s[1] for s in seen):>12.2g}"
            f"{max(s[2] for s in seen):>12.2g}  {name if mean else '-'}"
        )
    return 0


def measure(work: Path, python: str, extra: dict[str, str], codec: str | None) -> tuple[Rows, str]:
    """Run the gate once; return its cells and whether it passed."""
    records = work / "records.jsonl"
    command = [python, "-m", "pytest", "--colordeg", f"--colordeg-records={records}", "-q"]
    command += ["-p", "no:cacheprovider", f"--colordeg-artifacts={work}", "tests/colors"]
    command += [f"--colordeg-codec={codec}"] if codec else []
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **extra}, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"the gate did not run:\n{done.stdout}\n{done.stderr}")
    rows: Rows = {}
    for line in records.read_text("utf-8").splitlines():
        cell = json.loads(line)
        rows[cell["codec"], cell["rung"], cell["corpus"], cell["image"]] = cell["metrics"]
    if done.returncode == 0:
        return rows, "passes"
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return rows, f"fails: {len(failed)} items, such as {failed[:1]}"


def spread(plain: Rows, other: Rows) -> dict[str, tuple[float, float, float]]:
    """Per metric: largest change of a mean over a corpus, the same relative, and of one image."""
    points: dict[tuple[str, int, str, str], list[tuple[float, float]]] = defaultdict(list)
    images: dict[str, float] = defaultdict(float)
    for key, metrics in plain.items():
        for metric, base in metrics.items():
            now = other[key].get(metric)
            if isinstance(base, float) and isinstance(now, float):
                points[*key[:3], metric].append((base, now))
                images[metric] = max(images[metric], abs(now - base))
            elif now != base:
                images[metric] = float("inf")
    result: dict[str, tuple[float, float, float]] = {}
    for (*_, metric), pairs in points.items():
        base = sum(pair[0] for pair in pairs) / len(pairs)
        change = abs(sum(pair[1] for pair in pairs) / len(pairs) - base)
        mean, relative, _ = result.get(metric, (0.0, 0.0, 0.0))
        result[metric] = (
            max(mean, change),
            max(relative, change / abs(base) if base else 0.0),
            images[metric],
        )
    return result


def environment(work: Path, release: str) -> str:
    """Make a virtual environment with another release of imagecodecs."""
    folder = work / f"venv-{release}"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    others = work / "constraints.txt"
    others.write_text("\n".join(pin for pin in pins if not pin.startswith(_FREE)))
    install = [python, "-m", "pip", "install", "-q", "-c", str(others)]
    subprocess.run([*install, f"imagecodecs=={release}", "-e", f"{ROOT}[test]"], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
