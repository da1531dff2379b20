"""``--colordeg-update``: four modes, each changing only what it says."""

import re

CODEC = """
    from pytest_colordeg.testing import posterizer

    def pytest_colordeg_codecs():
        return [posterizer(ladder={ladder})]
"""


def ladder(project, text):
    project.write(**{"conftest.py": CODEC.format(ladder=text)})


def stored(project):
    return (project.path / "baselines" / "posterizer.yaml").read_text("utf-8")


def bless(project, modes, *arguments):
    return project.run(f"--colordeg-update={modes}", "--colordeg-reason=because", *arguments)


def test_create_adds_what_is_absent_and_then_all_passes(project):
    result = bless(project, "create")
    result.assert_outcomes(passed=3)
    project.run().assert_outcomes(passed=3)
    assert "because" in stored(project)


def test_create_leaves_what_is_there(project):
    ladder(project, "{1: {'bits': 3}}")
    project.bless()
    ladder(project, "{1: {'bits': 2}, 2: {'bits': 4}}")
    result = bless(project, "create")
    result.assert_outcomes(passed=1, failed=1)
    assert re.search(r"bits: 3\b", stored(project))
    assert re.search(r"bits: 4\b", stored(project))
    assert not re.search(r"bits: 2\b", stored(project))


def test_fix_replaces_what_fails(project):
    ladder(project, "{1: {'bits': 4}}")
    project.bless()
    ladder(project, "{1: {'bits': 3}}")
    assert project.run().ret == 1
    assert bless(project, "fix").ret == 0
    project.run().assert_outcomes(passed=1)
    assert "bits: 3" in stored(project)


def test_fix_does_not_create(project):
    result = bless(project, "fix")
    result.assert_outcomes(failed=3)
    assert not (project.path / "baselines" / "posterizer.yaml").exists()


def test_tighten_replaces_what_is_better(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer(ladder={1: {"bits": 4}}, effort=1)]
            """
        }
    )
    project.bless()
    ladder(project, "{1: {'bits': 4}}")
    before = stored(project)
    assert project.run("--colordeg-strict").ret == 1
    result = project.run()
    result.stdout.fnmatch_lines(["*better than its baseline (bpp)*update=tighten*"])
    assert bless(project, "tighten").ret == 0
    assert stored(project) != before
    project.run("--colordeg-strict").assert_outcomes(passed=1)


def test_prune_removes_a_rung_that_is_gone(project):
    project.bless()
    ladder(project, "{1: {'bits': 3}, 2: {'bits': 4}}")
    result = project.run()
    result.stdout.fnmatch_lines(["*posterizer*rung 3*"])
    assert result.ret == 0
    assert project.run("--colordeg-strict").ret == 1
    assert bless(project, "prune").ret == 0
    assert "bits: 5" not in stored(project)
    assert project.run("--colordeg-strict").ret == 0


def test_prune_is_refused_on_a_part(project):
    project.bless()
    before = stored(project)
    result = bless(project, "prune", "--colordeg-quality=1")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*prune*part*"])
    assert stored(project) == before


def test_dry_run_writes_nothing_and_says_what_it_would(project):
    result = bless(project, "create", "--colordeg-dry-run")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*dry run*"])
    assert not (project.path / "baselines").exists()


def test_an_update_with_nothing_to_do_changes_no_byte(project):
    project.bless()
    path = project.path / "baselines" / "posterizer.yaml"
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert bless(project, "create,fix,tighten,prune").ret == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_no_byte_changes_without_the_flag(project):
    ladder(project, "{1: {'bits': 4}}")
    project.bless()
    before = stored(project)
    ladder(project, "{1: {'bits': 3}, 2: {'bits': 5}}")
    assert project.run("--colordeg-reason=no update asked for").ret == 1
    assert stored(project) == before


def test_nothing_is_written_from_a_cell_that_failed(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def fault(pixels):
                    if pixels[0, 0, 0] > 100:
                        raise RuntimeError("half broken")
                    return pixels
                def pytest_colordeg_codecs():
                    return [posterizer(fault=fault)]
            """
        }
    )
    result = bless(project, "create")
    assert result.ret == 1
    assert not (project.path / "baselines" / "posterizer.yaml").exists()
