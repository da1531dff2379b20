"""``--colordeg-report`` and what else a run tells: header, summary, annotations, JUnit."""

import json
from xml.etree import ElementTree

import pytest

from pytest_colordeg.report.load import load
from pytest_colordeg.testing import Project

FAULT = """
    import numpy as np
    from pytest_colordeg.testing import posterizer

    def grey(pixels):
        mean = pixels.mean(axis=2, keepdims=True)
        return np.rint(mean + 0.8 * (pixels - mean)).astype(np.uint8)

    def pytest_colordeg_codecs():
        return [posterizer(fault=grey)]
"""


@pytest.fixture
def project(pytester, monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)


@pytest.fixture
def broken(project):
    project.bless()
    project.write(**{"conftest.py": FAULT})
    return project


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_failing_run_writes_a_page_with_pictures(broken, workers):
    result = broken.run("--colordeg-report=out/page.html", workers)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["colordeg: report: *page.html"])
    page = (broken.path / "out" / "page.html").read_text("utf-8")
    assert "3 of 3 operating points fail" in page
    assert "desaturation: colours lost" in page
    assert page.count('class="viewer"') == 3
    assert "iVBORw0KGgo" in page


def test_a_passing_run_writes_a_page_too(project):
    project.bless()
    assert project.run("--colordeg-report=page.html").ret == 0
    assert "Colours are kept" in (project.path / "page.html").read_text("utf-8")


def test_a_failing_assert_of_the_users_is_in_the_page(project):
    project.write(
        **{"test_color.py": "def test_mine(colordeg): assert colordeg['delta_e00.mean'] < 0"}
    )
    assert project.run("--colordeg-report=page.html").ret == 1
    assert "colordeg[&#39;delta_e00.mean&#39;] &lt; 0" in (project.path / "page.html").read_text()


def test_a_failing_test_without_a_point_fails_the_page(project):
    project.bless()
    project.write(**{"test_raw.py": "def test_raw(codec, quality): assert quality < 3"})
    assert project.run("--colordeg-report=page.html").ret == 1
    assert "test_raw.py::test_raw[posterizer-r3] failed" in (project.path / "page.html").read_text()


def test_the_header_beside_the_records_holds_what_the_report_needs(broken):
    broken.run("--colordeg-records=run.jsonl", "--colordeg-report=page.html")
    data = load(broken.path / "run.jsonl")
    assert [point.verdict for point in data.ordered] == ["worse"] * 3
    point = data.ordered[0]
    assert "lost" in point.findings.causes[0]
    assert point.findings.stored["delta_e00.mean"] < point.number("delta_e00.mean")
    assert "Probable cause" in point.failure
    plain = json.loads((broken.path / "run.jsonl.run.json").read_text())
    for picture in plain["points"][0]["findings"]["pictures"]:
        assert all(path.startswith(".colordeg/") for path in picture["files"].values())


def test_a_page_that_cannot_be_written_fails_the_run(project):
    project.bless()
    (project.path / "taken").write_text("")
    result = project.run("--colordeg-report=taken/page.html")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["colordeg: FAILED: *taken*cannot be written*"])


def test_without_jinja_it_is_said_before_any_test(project, monkeypatch):
    monkeypatch.setattr("pytest_colordeg.options.find_spec", lambda name: None)
    result = project.run("--colordeg-report=page.html")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*pytest-colordeg?report?*"])


def test_github_gets_annotations_and_a_summary(broken, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(broken.path / "summary.md"))
    result = broken.run()
    lines = [line for line in result.outlines if line.startswith("::error ")]
    assert len(lines) == 3
    assert lines[0].startswith("::error file=test_color.py,title=colordeg%3A posterizer-r1")
    assert "3 of 3 operating points" in (broken.path / "summary.md").read_text("utf-8")


def test_elsewhere_nothing_is_annotated(broken):
    assert "::error" not in broken.run().stdout.str()


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_junit_has_small_properties_of_failing_items_alone(broken, workers):
    broken.write(**{"test_fine.py": "def test_fine(colordeg): colordeg['bpp']"})
    broken.run("--junitxml=junit.xml", workers)
    cases = ElementTree.parse(broken.path / "junit.xml").iter("testcase")
    found = {
        case.get("name"): {p.get("name"): p.get("value") for p in case.iter("property")}
        for case in cases
    }
    assert found["test_fine[posterizer-r1]"] == {}
    properties = found["test_color[posterizer-r1]"]
    assert properties["colordeg.verdict"] == "worse"
    assert "lost" in properties["colordeg.cause"]
    assert " -> " in properties["colordeg.delta_e00.mean"]
    assert len(json.dumps(properties)) < 1000


TWO = """
    from pytest_colordeg.testing import posterizer

    def crash(pixels):
        raise RuntimeError("broken at the finest rung")

    def pytest_colordeg_codecs():
        return [posterizer(), posterizer("second"){third}]
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_the_page_shows_an_image_by_all_codecs(project, workers):
    project.write(**{"conftest.py": TWO.format(third="")})
    project.bless()
    assert project.run("--colordeg-report=page.html", workers).ret == 0
    page = (project.path / "page.html").read_text("utf-8")
    assert "a*b* plane of" in page
    assert "As in Prativadibhayankaram et al., figure 3." in page


def test_a_codec_that_failed_is_not_run_again_for_a_figure(project):
    third = ', posterizer("third", fault=crash)'
    project.write(**{"conftest.py": TWO.format(third=third)})
    result = project.run("--colordeg-report=page.html")
    assert result.ret == 1
    page = (project.path / "page.html").read_text("utf-8")
    assert "a*b* plane of" in page
    assert "left out of figures" not in page
