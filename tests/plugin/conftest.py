"""The project that most of these tests gate: two photographs, a three-rung codec."""

import pytest

from pytest_colordeg.testing import Project


@pytest.fixture
def project(pytester):
    return Project(pytester)
