"""For tests that run pytest in their own process."""

import pytest


@pytest.fixture
def pytester(pytester):
    """pytest's, once all that a cell and a page need is loaded.

    Inner runs forget the modules that they import first, and NumPy, numba or matplotlib
    cannot be loaded twice in a process.
    """
    import hypothesis.internal.observability  # noqa: F401
    import imagecodecs  # noqa: F401
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401
    import numpy as np

    import pytest_colordeg.controller
    import pytest_colordeg.report.html
    import pytest_colordeg.session  # noqa: F401
    from pytest_colordeg.metrics.pair import Pair, measure

    measure(Pair(np.zeros((176, 176, 3), np.uint8), np.ones((176, 176, 3), np.uint8), 1))
    return pytester
