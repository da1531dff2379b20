"""Published picture sets load as they are: their tags say sRGB in several ways."""

import os
from pathlib import Path

import numpy as np
import pytest

from pytest_colordeg.images import resolve

DATA = os.environ.get("COLORDEG_TEST_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="COLORDEG_TEST_DATA is not set")


@pytest.mark.parametrize(("folder", "count"), [("kodak", 24), ("cid22-validation", None)])
def test_png_files_keep_their_samples(folder, count):
    from PIL import Image

    (chosen,) = resolve([folder], Path(DATA))
    assert count in (None, len(chosen.names))
    for source in chosen.sources[:6]:
        with Image.open(Path(DATA, folder, f"{source.name}.png")) as picture:
            assert picture.mode == "RGB"
            assert np.array_equal(source.image.pixels, np.asarray(picture))
