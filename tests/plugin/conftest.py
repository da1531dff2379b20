"""The project that most of these tests gate: two photographs, a three-rung codec."""

import hypothesis.internal.observability  # noqa: F401
import imagecodecs  # noqa: F401
import numpy as np
import pytest

import pytest_colordeg.controller
import pytest_colordeg.session  # noqa: F401
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.testing import Project

# Inner runs forget the modules that they import first, and NumPy or numba cannot be
# loaded twice in a process: so all that a cell needs is loaded here, once.
measure(Pair(np.zeros((176, 176, 3), np.uint8), np.ones((176, 176, 3), np.uint8), 1))


@pytest.fixture
def project(pytester):
    return Project(pytester)
