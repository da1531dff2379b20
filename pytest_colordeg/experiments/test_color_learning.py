"""Prativadibhayankaram and others: the comparison set of Color Learning."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_colordeg.experiments.claim import Claim
from pytest_colordeg.experiments.learning import CLAIMS


@pytest.mark.parametrize("claim", CLAIMS, ids=str)
def test_claim(claim: Claim, colordeg_claim: Callable[[Claim], None]) -> None:
    """The claim can be evaluated; what became of it is told at the end of the run."""
    colordeg_claim(claim)
