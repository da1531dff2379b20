"""What the README shows is run: its Python, its TOML, its limits."""

import re
import tomllib
from pathlib import Path

import yaml

from pytest_colordeg.options import OPTIONS

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def test_ten_lines_are_a_codec(pytester):
    two_lines, _, ten_lines = blocks("python")
    pytester.makepyfile(test_color=two_lines)
    pytester.makeconftest(ten_lines)
    created = pytester.runpytest_subprocess(
        "--colordeg", "--colordeg-update=create", "--colordeg-reason=first"
    )
    created.assert_outcomes(passed=2)
    pytester.runpytest_subprocess("--colordeg").assert_outcomes(passed=2)


def test_the_marker_and_the_raw_fixtures(pytester):
    pytester.makepyfile(test_some=blocks("python")[1])
    result = pytester.runpytest_subprocess(
        "--colordeg", "--colordeg-quality=8", "--colordeg-images=photos/coffee-saucer"
    )
    result.assert_outcomes(passed=2 + 6)


def test_the_command_codec_is_one(pytester):
    pytester.makepyfile(test_color=blocks("python")[0])
    pytester.makefile(".toml", pyproject=blocks("toml")[0])
    tool = tomllib.loads(blocks("toml")[0])["tool"]
    assert list(tool["colordeg"]["codecs"]) == ["my-jxl"]
    result = pytester.runpytest_subprocess("--colordeg", "--collect-only")
    result.stdout.fnmatch_lines(["*my-jxl*build/tools/cjxl*"])


def test_the_limits_are_read(pytester):
    pytester.makepyfile(test_color=blocks("python")[0])
    limits = pytester.mkdir("baselines") / "limits.yaml"
    limits.write_text(next(text for text in blocks("yaml") if "limits:" in text), "utf-8")
    assert yaml.safe_load(limits.read_text("utf-8"))["format"] == 1
    result = pytester.runpytest_subprocess("--colordeg", "--collect-only", "-q")
    assert result.ret == 0


def test_the_failure_is_one_of_those_that_are_printed():
    """`docs/failures.md` is held against what is printed; the README shows its first text."""
    failures = (Path(__file__).parent.parent / "docs" / "failures.md").read_text("utf-8")
    (shown,) = blocks("text")
    assert shown in failures


def test_every_option_is_in_the_table():
    for option in OPTIONS:
        assert f"--colordeg-{option.name}" in README, option.name


def test_every_page_that_it_links_is_there():
    for page in re.findall(r"\]\((docs/[^)]+)\)", README):
        assert (Path(__file__).parent.parent / page).is_file(), page
