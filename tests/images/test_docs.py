from pathlib import Path

import pytest

from pytest_colordeg.images.charts import CHARTS
from pytest_colordeg.images.load import MAX_PIXELS
from pytest_colordeg.images.photos import CROPS, HEIGHT, WIDTH

PAGE = Path(__file__).parents[2] / "docs" / "images.md"


@pytest.mark.parametrize("name", [*CROPS, *CHARTS])
def test_every_built_in_image_is_explained(name):
    assert PAGE.read_text().count(f"\n| `{name}` | ") == 1


def test_stated_numbers_are_the_code_s():
    text = PAGE.read_text()
    assert f"{MAX_PIXELS:,} pixels" in text
    assert f"{WIDTH} × {HEIGHT}" in text
