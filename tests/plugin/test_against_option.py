"""``--colordeg-against``: each codec against another in the same run, without baselines."""

CODECS = """
    from pytest_colordeg.testing import posterizer

    def washed(pixels):
        grey = pixels.mean(axis=2, keepdims=True)
        return (grey + 0.8 * (pixels - grey)).round().astype("uint8")

    def pytest_colordeg_codecs():
        ladder = {1: {"bits": 3}, 2: {"bits": 4}, 3: {"bits": 5}}
        return [posterizer("old", ladder), posterizer("new", ladder%s)]
"""


def codecs(project, change=""):
    project.write(**{"conftest.py": CODECS % change})


def test_equal_codecs_pass_without_baselines(project):
    codecs(project)
    result = project.run("--colordeg-against=old")
    result.assert_outcomes(passed=6)
    assert not (project.path / "baselines").exists()


def test_a_desaturating_build_fails_and_is_named(project):
    codecs(project, ", fault=washed")
    result = project.run("--colordeg-against=old", "--colordeg-codec=new")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "colordeg: new-r1 on pictures: *worse: *delta_e00.mean*",
            "*desaturation: colours lost *% of their chroma*",
            "metric *old *now *change *allowed*",
            "delta_e00.mean*worse",
            "Worst images:",
        ]
    )
    result.stdout.no_fnmatch_line("*--colordeg-update*")


def test_a_missing_rung_points_at_equal_rate(project):
    codecs(project)
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer("old", {1: {"bits": 3}, 2: {"bits": 6}}),
                            posterizer("new", {3: {"bits": 4}})]
            """
        }
    )
    result = project.run("--colordeg-against=old", "--colordeg-codec=new")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["old has no rung 3*--colordeg-match=rate*"])
    result = project.run("--colordeg-against=old", "--colordeg-codec=new", "--colordeg-match=rate")
    result.stdout.fnmatch_lines(["*new-r3*"])
    result.stdout.no_fnmatch_line("*old has no rung*")
    result.stdout.no_fnmatch_line("*parameter bits*")


def test_equal_rate_beyond_the_other_ladder_fails(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer("old", {1: {"bits": 2}, 2: {"bits": 3}}),
                            posterizer("new", {1: {"bits": 6}})]
            """
        }
    )
    result = project.run("--colordeg-against=old", "--colordeg-codec=new", "--colordeg-match=rate")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["face has * bpp, and old covers * bpp on it*"])


def test_a_broken_reference_fails(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def fault(pixels):
                    raise RuntimeError("worn out")
                def pytest_colordeg_codecs():
                    return [posterizer("old", fault=fault), posterizer("new")]
            """
        }
    )
    result = project.run("--colordeg-against=old", "--colordeg-codec=new")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*old-r1, face: decode raised RuntimeError: worn out*"])


def test_against_refuses_updates_and_unknown_codecs(project):
    codecs(project)
    result = project.run("--colordeg-against=oldd")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*unknown codec 'oldd'; did you mean old*"])
    result = project.run(
        "--colordeg-against=old", "--colordeg-update=create", "--colordeg-reason=x"
    )
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*uses no baselines*"])
