"""The project that most of these tests gate: two photographs, a three-rung codec."""

# What inner runs import stays imported between them: NumPy loads once a process.
import imagecodecs  # noqa: F401
import pytest
import scipy.ndimage  # noqa: F401
import skimage.metrics  # noqa: F401

import pytest_colordeg.controller
import pytest_colordeg.session  # noqa: F401
from pytest_colordeg.testing import Project


@pytest.fixture
def project(pytester):
    return Project(pytester)
