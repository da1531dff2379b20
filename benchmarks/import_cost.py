"""What the plugin costs a pytest run that does not use it.

Prints the time that ``import pytest_colordeg.plugin`` adds once pytest is loaded
(best and median of many new processes), and whole ``pytest`` runs of one empty
test with the plugin and with ``-p no:colordeg``, interleaved::

    python benchmarks/import_cost.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_CODE = """
import time, pytest, _pytest.fixtures, _pytest.config.argparsing
start = time.perf_counter()
import pytest_colordeg.plugin
print((time.perf_counter() - start) * 1e3)
"""


def main() -> None:
    imports = [float(python("-c", _CODE).stdout) for _ in range(21)]
    print(f"import of the plugin: best {min(imports):.2f} ms, median {median(imports):.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_empty(): pass\n")
        with_plugin, without = [], []
        for _ in range(11):
            with_plugin.append(run(folder))
            without.append(run(folder, "-p", "no:colordeg"))
    pairs = [a - b for a, b in zip(with_plugin, without, strict=True)]
    print(
        f"pytest of one empty test: {median(with_plugin):.0f} ms with the plugin, "
        f"{median(without):.0f} ms without, median difference {median(pairs):+.1f} ms "
        f"({min(pairs):+.1f} to {max(pairs):+.1f})"
    )


def median(values: list[float]) -> float:
    return statistics.median(values)


def run(folder: str, *arguments: str) -> float:
    start = time.perf_counter()
    python("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, cwd=folder)
    return (time.perf_counter() - start) * 1e3


def python(*arguments: str, cwd: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main()
