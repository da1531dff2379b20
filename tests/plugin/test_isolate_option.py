"""``--colordeg-isolate``: a codec that takes its process down fails its cells and no more."""

import pytest

CONFTEST = """
    import os, signal, sys, time
    from pytest_colordeg.testing import posterizer

    def deed(pixels):
        if pixels[0, 0, 0] > {level}:
            {deed}
        return pixels

    def pytest_colordeg_codecs():
        return [posterizer("mine", fault=deed), posterizer("yours")]
"""


def records(path):
    import json

    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "decode was killed by SIGSEGV"),
        ("time.sleep(60)", "decode did not end within 4 s and was killed"),
        ("os._exit(0)", "decode ended its process with status 0"),
    ],
)
def test_the_run_goes_on(project, deed, cause):
    project.write(**{"conftest.py": CONFTEST.format(level=-1, deed=deed)})
    arguments = ["--colordeg-isolate", "--colordeg-records=r.jsonl", "--colordeg-timeout=4"]
    update = ["--colordeg-update=create", "--colordeg-reason=first", "--colordeg-quality=1"]
    result = project.run(*arguments, *update, apart=True)
    result.assert_outcomes(passed=1, failed=1)
    found = records(project.path / "r.jsonl")
    assert {cell["error"] for cell in found if cell["codec"] == "mine"} == {cause}
    assert {cell["error"] for cell in found if cell["codec"] == "yours"} == {None}
    assert (project.path / "baselines" / "yours.yaml").exists()
    assert not (project.path / "baselines" / "mine.yaml").exists()


def test_records_are_the_same_with_and_without(project):
    assert project.run("--colordeg-isolate", "--colordeg-records=a.jsonl").ret == 1
    assert project.run("--colordeg-records=b.jsonl").ret == 1
    texts = [(project.path / f"{name}.jsonl").read_bytes() for name in "ab"]
    assert texts[0]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--colordeg-timeout=0", "more than 0 seconds"),
        ("--colordeg-timeout=soon", "expected a number such as 60, found 'soon'"),
        ("--colordeg-memory=-1", "expected a number such as 4096, found '-1'"),
        ("--colordeg-memory=nan", "expected a number such as 4096, found 'nan'"),
    ],
)
def test_a_number_that_is_none_is_refused(project, option, message):
    result = project.run("--colordeg-isolate", option)
    assert result.ret == 4
    assert message in result.stderr.str()
