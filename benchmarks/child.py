"""Timing a whole program, for the benchmarks that compare with another one."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path


def run(command: list[str], folder: Path, **variables: str) -> tuple[float, float, str]:
    """Wall and processor seconds of a command, and what it printed; ends with it if it fails.

    `variables` are added to the environment.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # Without compiled modules on disk, every start would compile this package anew.
    usual = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        command, cwd=folder, env=usual | variables, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, spent, done.stdout


def project(folder: Path, images: Iterable[Path], settings: str = "") -> None:
    """Make a folder that both programs can work in: pictures, and one test of all codecs.

    `settings` come after those of ``[tool.colordeg]``.
    """
    (folder / "pictures").mkdir()
    for file in images:
        shutil.copy(file, folder / "pictures")
    (folder / "pyproject.toml").write_text(
        f'[tool.colordeg]\nimages = "pictures"\n{settings}', encoding="utf-8"
    )
    (folder / "test_color.py").write_text(
        "def test_color(colordeg):\n    assert colordeg['bpp'] > 0\n", encoding="utf-8"
    )
