"""A folder of small pictures to train on, and the smallest plans."""

import numpy as np
import pytest

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.images.png import write_png
from pytest_colordeg.training.plan import Plan


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Three 80 x 72 pictures of waves and noise."""
    folder = tmp_path_factory.mktemp("pictures")
    rows, columns = np.mgrid[0:80, 0:72]
    for seed in range(3):
        random = np.random.default_rng(seed)
        phase = random.uniform(0, 6, (2, 3))
        waves = 128 + 70 * np.sin(rows[..., None] / 7 + phase[0]) * np.cos(
            columns[..., None] / 9 + phase[1]
        )
        noise = random.normal(0, 6, waves.shape)
        pixels = np.clip(np.rint(waves + noise), 0, 255).astype(np.uint8)
        write_png(folder / f"{seed}.png", pixels)
    return folder


@pytest.fixture
def small():
    """Makes a plan of the least size."""

    def make(family="mbt2018-mean", **more):
        rungs = (1, 4, 6) if 6 in FAMILIES[family].qualities else (1, 3, 4)
        settings = {"n": 8, "m": 8, "qualities": rungs, "steps": 6, "batch": 3, "crop": 64}
        return Plan(family, **{**settings, "groups": 2, **more})

    return make
