from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest


def _folder(name: str) -> Path:
    root = os.environ.get("COLORDEG_TEST_DATA")
    if not root:
        pytest.skip("COLORDEG_TEST_DATA is not set: the published data was not tested against")
    return Path(root) / name


@pytest.fixture(scope="session")
def sharma() -> dict[str, np.ndarray]:
    """The 34 published pairs: two Lab colours and their CIEDE2000."""
    with (_folder("ciede2000") / "ciede2000_pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 34
    return {
        "lab1": np.array([[float(row[axis + "1"]) for axis in "Lab"] for row in rows]),
        "lab2": np.array([[float(row[axis + "2"]) for axis in "Lab"] for row in rows]),
        "delta": np.array([float(row["dE00"]) for row in rows]),
    }


@pytest.fixture(scope="session")
def sharma_steps() -> dict[str, np.ndarray]:
    """The intermediate values that the paper prints for each pair, by column name."""
    lines = (_folder("ciede2000") / "ciede2000_test_data.txt").read_text().splitlines()
    header = next(line for line in lines if line.startswith("# pair")).lstrip("# ").split("\t")
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: np.array([row[i] for row in rows]) for i, name in enumerate(header)}


@pytest.fixture(scope="session")
def kodak() -> list[Path]:
    return sorted(_folder("kodak").glob("*.png"))
