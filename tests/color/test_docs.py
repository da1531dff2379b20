"""docs/testing-delta-e.md does as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_colordeg import strategies

PAGE = (Path(__file__).parents[2] / "docs" / "testing-delta-e.md").read_text("utf-8")
BLOCKS = dict(re.findall(r'```python title="([^"]+)"\n(.*?)```', PAGE, flags=re.DOTALL))


@pytest.fixture
def project(pytester):
    for name, text in BLOCKS.items():
        if name.endswith(".py"):
            pytester.path.joinpath(name).write_text(text, "utf-8")
    return pytester


def run(project, *names):
    return project.runpytest_subprocess("-q", "-p", "no:cacheprovider", *names)


def test_the_fault_is_found_where_the_page_says(project):
    result = run(project, "test_my_color.py")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*Failing test case: test_agrees_with_the_reference(*"])


def test_the_mended_one_passes(project):
    source = project.path / "my_color.py"
    wrong = "    hue = h1 + h2 if c1 * c2 == 0 else (h1 + h2) / 2\n"
    assert source.read_text("utf-8").count(wrong) == 1
    source.write_text(source.read_text("utf-8").replace(wrong, BLOCKS["mended"]), "utf-8")
    run(project, "test_my_color.py", "test_my_kernel.py").assert_outcomes(passed=4)


def test_every_strategy_is_listed():
    listed = set(re.findall(r"^\| `(\w+)\(\)` \|", PAGE, flags=re.MULTILINE))
    assert listed == set(strategies.__all__)
