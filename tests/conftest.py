"""For all tests, and for those that run pytest in their own process."""

import pytest
from hypothesis import settings

# How long an example takes is the machine's matter; no test here is about it.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def loaded():
    """All that a cell and a page need.

    Inner runs forget the modules that they import first, and NumPy, numba or matplotlib
    cannot be loaded twice in a process.
    """
    import hypothesis.internal.observability  # noqa: F401
    import imagecodecs  # noqa: F401
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401
    import numpy as np
    import yaml  # noqa: F401

    import pytest_colordeg.controller
    import pytest_colordeg.report.html
    import pytest_colordeg.session  # noqa: F401
    from pytest_colordeg.metrics.pair import Pair, measure

    measure(Pair(np.zeros((176, 176, 3), np.uint8), np.ones((176, 176, 3), np.uint8), 1))


@pytest.fixture
def pytester(loaded, pytester):
    """pytest's, made when all is loaded: it remembers the modules of that moment."""
    return pytester
