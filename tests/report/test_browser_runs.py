"""Pages of real runs in a real browser: of codecs with faults, one of them learned, and without.

Needs Chromium (``apt-get install chromium``, or COLORDEG_CHROMIUM=PATH).
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_colordeg.codecs.neural.sources import MINI_FOLDER

from .browser import Browser, program

pytestmark = pytest.mark.skipif(
    program() is None,
    reason="NO BROWSER: pages of runs were not tried in Chromium; apt-get install chromium",
)

FAULTS = {"jpeg444": "cb-cr-swapped", "webp": "desaturated-5"}
LEARNED = "bmshj2018-factorized"
if importlib.util.find_spec("compressai") and (MINI_FOLDER / f"{LEARNED}.safetensors").is_file():
    FAULTS[LEARNED] = "601-as-709"

TEST = """
import pytest

@pytest.mark.colordeg(qualities=[3, 4])
def test_color(colordeg):
    colordeg.check()
"""
CODECS = """
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.testing.mutants import Mutant
from pytest_colordeg.testing.mutations import mutate

FAULTS = {faults}

def pytest_colordeg_codecs():
    built_in = Registry()
    if {right}:
        codecs = [Mutant(built_in.get(name), lambda pixels: pixels) for name in FAULTS]
        for codec in codecs:
            codec.id = "my-" + codec.id
        return codecs
    return [mutate(built_in.get(name), FAULTS[name], "my-" + name) for name in FAULTS]
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A passing and a failing run of one project, each with its page."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "test_color.py").write_text(TEST)
    (folder / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "-p no:cacheprovider"\n'
    )
    for name, right, more in (
        ("first", True, ["--colordeg-update=create", "--colordeg-reason=first"]),
        ("passing", True, []),
        ("failing", False, []),
    ):
        (folder / "conftest.py").write_text(CODECS.format(faults=FAULTS, right=right))
        status = run_pytest(folder, f"--colordeg-report={name}.html", *more)
        assert status == (0 if right else 1)
    return {name: folder / f"{name}.html" for name in ("passing", "failing")}


def run_pytest(folder: Path, *options: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--colordeg", *options]
    return subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL).returncode


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(params=["passing", "failing"])
def kind(request):
    return request.param


@pytest.fixture(params=[1280, 390])
def opened(request, browser, pages, kind):
    browser.open(pages[kind], request.param, 844)
    yield browser
    assert browser.run("document.documentElement.scrollWidth") == request.param
    assert browser.complaints == []
    assert browser.requests == [pages[kind].as_uri()]


def shown_rows(browser):
    return browser.run(
        "[...document.querySelectorAll('#point-table tbody tr[data-point]')]"
        ".filter(r => !r.hidden).map(r => r.cells[0].textContent)"
    )


def test_verdict_and_points(opened, kind):
    text = opened.run("document.body.innerText")
    count = 2 * len(FAULTS)
    passing, failing = f"{count} operating points pass", f"{count} of {count} operating points fail"
    assert (passing if kind == "passing" else failing) in text
    assert len(shown_rows(opened)) == count


def test_faults_are_named(opened, kind):
    text = opened.run("document.body.innerText")
    named = {
        "jpeg444": "Cb and Cr are swapped",
        "webp": "desaturation",
        LEARNED: "BT.601 decoded as BT.709",
    }
    for codec in FAULTS:
        assert (named[codec] in text) is (kind == "failing")


def test_pictures_flip_and_slide(opened, kind):
    viewers = opened.run("document.querySelectorAll('.viewer').length")
    assert viewers == (0 if kind == "passing" else 2 * len(FAULTS))
    if kind == "passing":
        return
    source = "document.querySelector('.viewer .stage img').src.length"
    tag = "document.querySelector('.viewer .stage .tag').textContent"
    before = opened.run(f"{source} + ':' + {tag}")
    opened.run("document.querySelector('.viewer .stage').click()")
    assert opened.run(f"{source} + ':' + {tag}") != before
    slide = "[...document.querySelectorAll('.viewer button')].find(b => b.textContent == 'Slider')"
    opened.run(f"{slide}.click()")
    assert opened.run("document.querySelector('.over').style.clipPath") == "inset(0px 0px 0px 50%)"


def test_points_sort_and_filter(opened):
    rows = shown_rows(opened)
    head = "document.querySelectorAll('#point-table th button')[0]"  # by codec and rung
    opened.run(f"{head}.click()")
    once = shown_rows(opened)
    opened.run(f"{head}.click()")
    assert shown_rows(opened) == once[::-1]
    assert sorted(once) == sorted(rows)
    opened.run(
        "(f => {f.value = 'webp'; f.dispatchEvent(new Event('input'))})"
        "(document.querySelector('#filter'))"
    )
    assert shown_rows(opened) == [row for row in once[::-1] if "webp" in row]
