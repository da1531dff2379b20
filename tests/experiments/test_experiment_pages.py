"""The pages show every claim, with one of the outcomes."""

import re
from pathlib import Path

import pytest

from pytest_colordeg.experiments import graceful, learning, matched

PAGES = Path(__file__).parents[2] / "docs" / "experiments"


@pytest.mark.parametrize(
    ("page", "module"),
    [("graceful-degradation", graceful), ("matched-ssim", matched), ("color-learning", learning)],
)
def test_every_claim_is_on_its_page(page, module):
    text = " ".join((PAGES / f"{page}.md").read_text("utf-8").split())
    for claim in module.CLAIMS:
        found = re.search(
            rf"(kodak|photos): {claim.id} (not reproduced|reproduced|not testable here): "
            + re.escape(claim.says),
            text,
        )
        assert found, claim.id
