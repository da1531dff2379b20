"""The tables of docs/codecs.md are those of the code."""

from pathlib import Path

import pytest

from pytest_colordeg.codecs.ladders import FROZEN, RATES
from pytest_colordeg.codecs.registry import CLASSICAL

DOCS = Path(__file__).parents[2] / "docs" / "codecs.md"


@pytest.mark.parametrize("names", [CLASSICAL, ("heic", "vvc")])
def test_ladders_with_their_deviations(names):
    lines = DOCS.read_text("utf-8").splitlines()
    for rung, rate in enumerate(RATES, start=1):
        cells = []
        for name in names:
            step = FROZEN[name].get(rung)
            off = "" if step is None else f"{100 * (step.bpp / rate - 1):+.1f}".replace("-", "−")
            cells.append("–" if step is None else f"{step.value:g} ({off} %)")
        assert f"| {rung} | {rate:g} | {' | '.join(cells)} |" in lines
