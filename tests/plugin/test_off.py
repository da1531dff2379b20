"""Without ``--colordeg``: nothing expands, nothing passes unmeasured, nothing is paid."""

import subprocess
import sys


def test_items_are_skipped_and_counted(project):
    project.write(**{"test_raw.py": "def test_raw(codec, quality, image): raise SystemError"})
    result = project.run("-rs", on=False)
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*SKIPPED*needs --colordeg*"])
    result.stdout.fnmatch_lines(["colordeg: 2 tests of codec colours skipped: add --colordeg"])
    assert result.ret == 0


def test_other_tests_run_and_the_summary_stays_silent(project):
    (project.path / "test_color.py").unlink()
    project.write(**{"test_plain.py": "def test_plain(): pass"})
    result = project.run(on=False)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*colordeg:*")


def test_skips_are_counted_under_xdist(project):
    result = project.run("-n2", on=False)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["colordeg: 1 test of codec colours skipped: add --colordeg"])


def test_no_heavy_import(project):
    project.write(
        **{
            "conftest.py": """
                import sys
                def pytest_sessionfinish():
                    heavy = {"numpy", "scipy", "skimage", "imagecodecs", "yaml", "PIL", "torch"}
                    heavy |= {"matplotlib", "numba", "pytest_colordeg.session"}
                    print("HEAVY", sorted(heavy & set(sys.modules)))
            """
        }
    )
    result = project.run("-s", on=False, apart=True)
    result.stdout.fnmatch_lines(["*HEAVY []"])


def test_importing_the_plugin_needs_the_standard_library_and_pytest_only():
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        "import pytest_colordeg.plugin\n"
        "print(*sorted({n.split('.')[0] for n in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["pytest_colordeg"]
