"""How far metrics move when nothing that matters changed: where default tolerances come from.

Runs the gate's cells in new processes under different instruction sets, thread
counts, without numba, and with other releases of imagecodecs. Each run is judged
against the committed baselines: a line a variant says whether the gate passes
under it. Then, for each metric, the largest change of a corpus aggregate against
the plain run, absolute and relative, and of a single image::

    python benchmarks/tolerances.py --release 2025.11.11
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

from pytest_colordeg.metrics.registry import METRICS

ROOT = Path(__file__).resolve().parent.parent
SIMD = "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL"
VARIANTS = {
    "no SIMD in libjpeg-turbo": {"JSIMD_FORCENONE": "1"},
    "SSE2 in libjpeg-turbo": {"JSIMD_FORCESSE2": "1"},
    "C paths in libaom": {"AOM_SIMD_CAPS": "0"},
    "NumPy without AVX": {"NPY_DISABLE_CPU_FEATURES": SIMD},
    "numba for a generic CPU": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
    "numba for AVX2": {"NUMBA_CPU_NAME": "haswell"},
    "without numba": {"PYTHONPATH": "{shadow}"},
    "4 threads everywhere": {
        "OMP_NUM_THREADS": "4",
        "OPENBLAS_NUM_THREADS": "4",
        "NUMBA_NUM_THREADS": "4",
    },
}
if find_spec("torch"):  # of learned codecs
    VARIANTS |= {
        "torch without AVX": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"},
        "torch with AVX2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    }
_FREE = ("imagecodecs", "numpy", "numba", "llvmlite", "scipy")
Spread = tuple[float, float, float]
Rows = dict[tuple[str, int, str, str], dict[str, float | str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="append", default=[], help="another imagecodecs")
    parser.add_argument("--codec", help="only these codecs, comma-separated")
    parser.add_argument("--all", action="store_true", help="also metrics that are only recorded")
    options = parser.parse_args()
    everything: dict[str, list[Spread]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shadow = work / "shadow"
        shadow.mkdir()
        (shadow / "numba.py").write_text("raise ImportError('hidden by this benchmark')\n")
        plain, _ = measure(work, sys.executable, {}, options.codec)
        runs = [(name, sys.executable, extra) for name, extra in VARIANTS.items()]
        runs += [
            (f"imagecodecs {release}", environment(work, release), {})
            for release in options.release
        ]
        for name, python, extra in runs:
            extra = {key: value.format(shadow=shadow) for key, value in extra.items()}
            rows, verdict = measure(work, python, extra, options.codec)
            for metric, found in spread(plain, rows).items():
                everything[metric].append(found)
            moved = sum(rows[key] != plain[key] for key in plain)
            print(f"{name}: {moved} of {len(plain)} cells differ; the gate {verdict}", flush=True)
    for title, part in (
        ("instruction sets, threads, backends", slice(0, len(VARIANTS))),
        ("other releases", slice(len(VARIANTS), None)),
    ):
        table(title, {metric: seen[part] for metric, seen in everything.items()}, options.all)
    return 0


def table(title: str, everything: dict[str, list[Spread]], whole: bool) -> None:
    """Print the widest spread of each metric beside the default tolerance."""
    print(f"\n{title}\n{'metric':<19}{'aggregate':>11}{'relative':>10}{'one image':>11}  default")
    for metric, seen in everything.items():
        known = METRICS[metric]
        if seen and (whole or known.gated):
            bound = known.tolerance
            widest = "".join(
                f"{max(one[i] for one in seen):>{width}.2g}" for i, width in enumerate((11, 10, 11))
            )
            default = f"abs {bound.abs:g}, rel {bound.rel:g}, image x{bound.image_factor:g}"
            print(f"{metric:<19}{widest}  {default}")


def measure(work: Path, python: str, extra: dict[str, str], codec: str | None) -> tuple[Rows, str]:
    """Run the gate once; return its cells and whether it passed."""
    records = work / "records.jsonl"
    command = [python, "-m", "pytest", "--colordeg", f"--colordeg-records={records}", "-q"]
    command += ["-p", "no:cacheprovider", "--colordeg-cache=off"]
    command += [f"--colordeg-artifacts={work}", "tests/colors"]
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


def spread(plain: Rows, other: Rows) -> dict[str, Spread]:
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
    result: dict[str, Spread] = {}
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
