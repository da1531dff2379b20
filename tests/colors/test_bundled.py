"""The main job: every default codec at every rung against the committed baselines."""

import pytest


@pytest.mark.colordeg(images="photos")
def test_photos(colordeg):
    colordeg.check()


@pytest.mark.colordeg(images="charts")
def test_charts(colordeg):
    colordeg.check()
