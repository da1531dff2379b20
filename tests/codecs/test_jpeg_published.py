"""Kodak through ``jpeg`` gives the rates and PSNRs that CompressAI publishes for libjpeg 4:2:0."""

import runpy
from pathlib import Path

import pytest

PUBLISHED = runpy.run_path(
    str(Path(__file__).parents[2] / "benchmarks" / "jpeg_published.py"), run_name="published"
)


@pytest.mark.parametrize("level", [5, 25, 50, 75, 95])
def test_rate_within_one_percent_and_psnr_within_a_fifth_of_a_decibel(level, kodak):
    bpp, psnr, _ = PUBLISHED["measure"](kodak, level)
    assert bpp == pytest.approx(PUBLISHED["PUBLISHED_BPP"][level], rel=0.01)
    assert psnr == pytest.approx(PUBLISHED["PUBLISHED_PSNR"][level], abs=0.2)
