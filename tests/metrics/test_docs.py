"""docs/metrics.md says what the metrics are."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from pytest_colordeg.color.statistics import SECTORS
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")
AXES = ("delta_l", "delta_c", "delta_h")


def row(names, metric):
    bounds = [f"{metric.tolerance.abs:g}"] if metric.tolerance.abs else []
    bounds += [f"{100 * metric.tolerance.rel:g} %"] if metric.tolerance.rel else []
    cells = [
        ", ".join(f"`{name}`" for name in names),
        metric.unit,
        metric.direction,
        "yes" if metric.gated else "",
        " or ".join(bounds),
    ]
    return re.sub(" +", " ", f"| {' | '.join(cells)} |")


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_its_row(name):
    axis, _, sector = name.partition(".")
    names = [name]
    if sector in SECTORS:
        names = [f"{a}.SECTOR" for a in (AXES if axis in AXES else [axis])]
    assert PAGE.splitlines().count(row(names, METRICS[name])) == 1


def test_factor_for_a_single_image():
    assert {metric.tolerance.image_factor for metric in METRICS.values()} == {3.0}
    assert {name for name, m in METRICS.items() if m.aggregate == "max"} == {"delta_e00.max"}


def test_the_metric_of_the_page_measures():
    code = re.search(r'```python title="conftest.py"\n(.*?)```', PAGE, flags=re.DOTALL)
    space: dict = {}
    exec(code[1], space)
    (metric,) = space["pytest_colordeg_metrics"]()
    original = np.full((2, 2, 3), 100, np.uint8)
    decoded = original + np.array([0, 5, 3], np.uint8)
    assert measure(Pair(original, decoded, 1), {metric.name: metric}) == {"blue.bias": 3.0}
