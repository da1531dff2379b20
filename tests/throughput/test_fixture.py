"""The `throughput` fixture, over pytest-benchmark."""

import gc
import json
from importlib.util import find_spec

import pytest

import pytest_colordeg.throughput.choose
import pytest_colordeg.throughput.handle  # noqa: F401  (inner runs take the patched ones)
from pytest_colordeg.testing import Project

pytestmark = pytest.mark.skipif(
    find_spec("pytest_benchmark") is None, reason="needs the extra bench"
)

TESTS = """
    import pytest
    @pytest.mark.colordeg(qualities=[2], images="pictures/face")
    def test_encode(throughput):
        row = throughput.encode()
        assert row["mpx_s"] > 0
    @pytest.mark.colordeg(qualities=[2], images="pictures/face")
    def test_decode(throughput):
        throughput.decode()
    @pytest.mark.colordeg(qualities=[2], images="pictures/face")
    def test_convert(throughput):
        throughput.convert()
"""


@pytest.fixture
def project(pytester, monkeypatch):
    monkeypatch.setattr("pytest_colordeg.throughput.handle._SECONDS", 0.005)
    # pytest-benchmark switches itself off in an xdist worker, which this process may be.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    made = Project(pytester)
    made.write(**{"test_color.py": TESTS})
    return made


# pytest 8.0 opens the file of --benchmark-json twice, and leaves one to the collector.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_steps_apart_with_all_that_was_measured(project):
    result = project.run("--benchmark-json=bench.json", "--colordeg-require=posterizer")
    assert result.ret == 0, result.stdout.str()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["*Mpx/s*MB/s*median ms*peak MB*", "posterizer-r2 face decode *cpu *"]
    )
    rows = json.loads((project.path / "bench.json").read_text("utf-8"))["benchmarks"]
    found = {row["extra_info"]["step"]: row for row in rows}
    assert set(found) == {"encode", "decode", "convert"}
    info = found["encode"]["extra_info"]
    assert (info["width"], info["height"], info["device"]) == (96, 64, "cpu")
    assert info["rounds"] == len(found["encode"]["stats"]["data"]) >= 9
    assert info["median_s"] == found["encode"]["stats"]["median"]
    gc.collect()
    assert info["mpx_s"] == pytest.approx(96 * 64 / info["median_s"] / 1e6)
    assert info["mb_s"] == pytest.approx(3 * info["mpx_s"])
    assert info["low_s"] <= info["median_s"] <= info["high_s"]


def test_a_device_that_is_not_there_is_a_stated_skip_and_a_failure_where_required(
    project, monkeypatch
):
    monkeypatch.setattr(
        "pytest_colordeg.throughput.choose.absent",
        lambda device: None if device == "cpu" else "there is no CUDA device",
    )
    both = ("--colordeg-bench-device=cpu,cuda", "-rs")
    result = project.run(*both)
    result.assert_outcomes(passed=3, skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED*posterizer on cuda: there is no CUDA device"])
    assert result.ret == 0
    result = project.run(*both, "--colordeg-require=posterizer")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*posterizer on cuda: there is no CUDA device*"])


CODECS = """
    import time
    from pytest_colordeg.testing import posterizer
    def pytest_colordeg_codecs():
        wait = lambda pixels: time.sleep(0.01) or pixels
        return [posterizer("quick"), posterizer("slow", fault=wait)]
"""
DECODE = """
    import pytest
    @pytest.mark.colordeg(qualities=[2], images="pictures/face")
    def test_decode(throughput):
        throughput.decode()
"""


def test_against_another_codec_is_advice_unless_it_gates(project):
    project.write(**{"conftest.py": CODECS, "test_color.py": DECODE})
    pair = ("--colordeg-codec=slow", "--colordeg-against=quick")
    result = project.run(*pair)
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["slow-r2 face (cpu): decode is slower: * against quick's *"])
    result = project.run(*pair, "--colordeg-bench-gate")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*decode is slower: *"])
    result = project.run(
        "--colordeg-codec=quick", "--colordeg-against=slow", "--colordeg-bench-gate"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["quick-r2 face (cpu): decode is faster: *"])


def test_a_saved_run_is_compared_with_and_may_fail(project):
    slow = """
        import time
        from pytest_colordeg.testing import posterizer
        def pytest_colordeg_codecs():
            return [posterizer(fault=lambda pixels: time.sleep({seconds}) or pixels)]
    """
    compare = ("--benchmark-compare", "--benchmark-compare-fail=median:99%")
    project.write(**{"conftest.py": slow.format(seconds=0.01), "test_color.py": DECODE})
    assert project.run("--benchmark-autosave").ret == 0
    result = project.run(*compare)
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["*benchmark '*': 2 tests*", "*(0001_*"])
    project.write(**{"conftest.py": slow.format(seconds=0.05)})
    result = project.run(*compare)
    assert result.ret != 0
    result.stderr.fnmatch_lines(["*Performance has regressed*", "*PercentageRegressionCheck*"])


def test_a_codec_that_cannot_code_is_not_timed(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer(fault=lambda pixels: pixels[:-1])]
            """,
            "test_color.py": DECODE,
        }
    )
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*posterizer-r2, face, cpu: what decode returned*"])


def test_switched_off_benchmarks_measure_nothing_and_so_do_not_pass(project):
    result = project.run("--benchmark-disable")
    result.assert_outcomes(skipped=3)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*measured no cell*"])
