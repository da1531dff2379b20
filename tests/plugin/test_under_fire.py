"""Baselines that were tampered with, through a whole run: one plain line each, no byte changed."""

import os
import re
import subprocess
import sys

import pytest

NAME = "baselines/posterizer.yaml"


def damaged(project, change):
    project.bless()
    path = project.path / NAME
    path.write_bytes(change(path.read_bytes()))
    return path


def lines_about(result, what):
    """Messages of the plugin that have certain words, and no traceback anywhere."""
    text = result.stdout.str() + result.stderr.str()
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text
    return [line for line in " ".join(text.split()).split("colordeg: ") if what in line]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
    ids=["crlf", "bom"],
)
def test_what_editors_do_passes(project, change):
    damaged(project, change)
    project.run().assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.replace(b"codec:", b"codec: x\ncodec:", 1), "'codec' again"),
        (lambda data: b"a: &a [x]\nb: [*a, *a]\n" + data, "an anchor"),
        (lambda data: data[: len(data) // 2], "expected"),
        (lambda data: data[:-4], "cut short"),
        (lambda data: b"", "expected"),
        (lambda data: b"\0" * 100, "expected"),
        (lambda data: b"x" * (100 << 20), "MiB"),
        (lambda data: data.replace(b"codec: posterizer", b"codec: jpeg"), "posterizer"),
        (lambda data: data.replace(b"format: 1", b"format: 2"), "format"),
    ],
    ids=["twice", "bomb", "half", "end", "empty", "zeros", "100MB", "other", "version"],
)
@pytest.mark.parametrize("update", [False, True])
def test_a_broken_file_fails_by_name_and_is_not_overwritten(project, change, words, update):
    path = damaged(project, change)
    before = path.read_bytes()
    options = ["--colordeg-update=create,fix,tighten", "--colordeg-reason=mend"] if update else []
    result = project.run("--colordeg-quality=1", *options)
    assert result.ret == 1
    assert any(words in line for line in lines_about(result, "posterizer.yaml"))
    assert path.read_bytes() == before


def test_a_link_is_read_and_never_written(project):
    project.bless()
    path = project.path / NAME
    target = path.rename(project.path / "elsewhere.yaml")
    path.symlink_to(target)
    before = target.read_bytes()
    project.run().assert_outcomes(passed=3)
    project.write(**{"conftest.py": CODEC_OF_OTHER_BITS})
    result = project.run("--colordeg-update=fix", "--colordeg-reason=because")
    assert result.ret == 1
    assert lines_about(result, "is a symbolic link")
    assert path.is_symlink()
    assert target.read_bytes() == before


CODEC_OF_OTHER_BITS = """
    from pytest_colordeg.testing import posterizer

    def pytest_colordeg_codecs():
        return [posterizer(ladder={1: {'bits': 2}, 2: {'bits': 4}, 3: {'bits': 5}})]
"""


@pytest.mark.parametrize(
    "id", ["../evil", "/tmp/evil", "a/b", "a\\b", ".hidden", "CON.", "x" * 200]
)
def test_an_id_that_leads_out_of_the_folder_names_nothing(project, id):
    project.write(
        **{"conftest.py": f"from pytest_colordeg.testing import posterizer\n"
           f"def pytest_colordeg_codecs():\n    return [posterizer({id!r})]\n"}
    )  # fmt: skip
    before = set(project.path.parent.rglob("*.yaml"))
    result = project.run("--colordeg-update=create", "--colordeg-reason=first")
    assert result.ret != 0
    assert lines_about(result, "codec id")
    assert set(project.path.parent.rglob("*.yaml")) == before


def test_a_folder_that_cannot_be_made_is_one_line(project):
    (project.path / "baselines").write_text("a file")
    result = project.run("--colordeg-update=create", "--colordeg-reason=first")
    assert result.ret != 0
    assert lines_about(result, "baselines/limits.yaml: cannot be read: Not a directory")
    assert (project.path / "baselines").read_text() == "a file"


def test_what_is_no_plain_file_is_not_replaced(project):
    project.bless()
    for name in ("pipe", "folder"):
        path = project.path / name
        path.mkdir() if name == "folder" else os.mkfifo(path)
        result = project.run(f"--colordeg-records={path}")
        assert result.ret != 0
        assert lines_about(result, f"/{name}: ")
        assert not path.is_file()


def test_two_updates_at_once_both_land(project):
    command = [sys.executable, "-m", "pytest", "--colordeg", "-p", "no:cacheprovider"]
    command += ["--colordeg-update=create", "--colordeg-reason=at once"]
    runs = [
        subprocess.Popen(
            [*command, f"--colordeg-quality={rung}"],
            cwd=project.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rung in (1, 2)
    ]
    texts = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], texts
    project.run("--colordeg-quality=1,2").assert_outcomes(passed=2)
    stored = (project.path / NAME).read_text("utf-8")
    assert len(re.findall("at once", stored)) == 2
    assert [path.name for path in (project.path / "baselines").iterdir()] == ["posterizer.yaml"]
