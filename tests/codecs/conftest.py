"""Pictures for the codec tests: small, colourful, always the same."""

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def picture():
    """97 x 61 pixels of smooth colour with a little noise and hard edges."""
    rows, columns = np.mgrid[0:61, 0:97]
    smooth = np.stack(
        [120 + 100 * np.sin(columns / 17), 120 + 90 * np.cos(rows / 11), 2.4 * columns], axis=2
    )
    noise = np.random.default_rng(7).normal(0, 4, smooth.shape)
    pixels = np.clip(np.rint(smooth + noise), 0, 255).astype(np.uint8)
    pixels[20:40, 30:60] = (220, 30, 40)
    return pixels


@pytest.fixture(scope="session")
def kodak():
    """The 24 Kodak images, where the test data are."""
    folder = os.environ.get("COLORDEG_TEST_DATA")
    if not folder:
        pytest.skip("COLORDEG_TEST_DATA is not set: the Kodak images are not here")
    import PIL.Image

    files = sorted(Path(folder, "kodak").glob("*.png"))
    assert len(files) == 24
    return [np.asarray(PIL.Image.open(file).convert("RGB")) for file in files]
