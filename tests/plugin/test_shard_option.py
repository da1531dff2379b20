"""``--colordeg-shard`` and ``colordeg merge``: three parts are one run, or it is refused."""

import json
import shutil

import pytest

from pytest_colordeg.cli import main

TESTS = """
    def test_color(colordeg):
        colordeg.check()
    def test_again(colordeg):
        assert colordeg["bpp"] > 0
    def test_other():
        pass
"""


@pytest.fixture(scope="module")
def keep(tmp_path_factory):
    return tmp_path_factory.mktemp("parts") / "made"


@pytest.fixture
def parts(project, keep):
    """A run's records, and those of its three shards; run once for all tests."""
    project.write(**{"test_color.py": TESTS})
    if keep.exists():
        shutil.copytree(keep, project.path, dirs_exist_ok=True)
        return project
    project.bless()
    assert project.run("--colordeg-records=whole.jsonl").ret == 0
    for index in (1, 2, 3):
        result = shard(project, index)
        assert result.ret == 0, result.stdout.str()
        result.assert_outcomes(passed=3 if index == 1 else 2, deselected=4 if index == 1 else 5)
    shutil.copytree(project.path, keep)
    return project


def shard(project, index, *arguments):
    return project.run(
        f"--colordeg-shard={index}/3", f"--colordeg-records={index}.jsonl", *arguments
    )


def merge(project, monkeypatch, *words, shards=(1, 2, 3)):
    monkeypatch.chdir(project.path)
    return main(["merge", *(f"{i}.jsonl" for i in shards), "-o", "merged.jsonl", *words])


def edit(project, index, change):
    path = project.path / f"{index}.jsonl.run.json"
    header = json.loads(path.read_text("utf-8"))
    change(header)
    path.write_text(json.dumps(header), "utf-8")


def test_merged_shards_are_the_records_of_one_run(parts, monkeypatch, capsys):
    assert merge(parts, monkeypatch, shards=(3, 1, 2)) == 0
    merged = (parts.path / "merged.jsonl").read_bytes()
    assert merged == (parts.path / "whole.jsonl").read_bytes()
    assert "6 cells of 3 shards: 3 operating points" in capsys.readouterr().out
    headers = [
        json.loads((parts.path / f"{name}.jsonl.run.json").read_text("utf-8"))
        for name in ("whole", "merged")
    ]
    assert headers[0]["points"] == headers[1]["points"]
    assert headers[1]["merged"] == 3
    assert "shard" not in headers[1]


def test_shards_under_xdist(parts, monkeypatch):
    for index in (1, 2, 3):
        assert shard(parts, index, "-n2").ret == 0
    assert merge(parts, monkeypatch) == 0
    assert (parts.path / "merged.jsonl").read_bytes() == (parts.path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda h: h["versions"].update(imagecodecs="1.0"), "different versions: imagecodecs"),
        (lambda h: h["shard"]["metrics"].update(bpp="0"), "different definitions of bpp"),
        (lambda h: h["points"][0].update(digest="0" * 64), "different images under the name"),
        (lambda h: h["shard"].update(plan="0"), "collected different tests"),
        (lambda h: h["settings"].update(strict="True"), "different settings: strict"),
        (lambda h: h["shard"].update(count=4), "one of 3 shards, and"),
        (lambda h: h["shard"].update(index=1), "shard 1 is there twice"),
        (lambda h: h.pop("shard"), "is not of a shard"),
    ],
)
def test_what_cannot_be_one_run_is_refused(parts, monkeypatch, capsys, change, said):
    edit(parts, 2, change)
    assert merge(parts, monkeypatch) == 2
    assert said in capsys.readouterr().err
    assert not (parts.path / "merged.jsonl").exists()


def test_other_library_versions_of_a_codec_are_refused(parts, monkeypatch, capsys):
    path = parts.path / "2.jsonl"
    path.write_text(path.read_text("utf-8").replace('"posterizer": "1.0"', '"posterizer": "2.0"'))
    assert merge(parts, monkeypatch) == 2
    assert "posterizer was of different versions: posterizer" in capsys.readouterr().err


def test_a_missing_shard_is_refused(parts, monkeypatch, capsys):
    assert merge(parts, monkeypatch, shards=(1, 3)) == 2
    assert "shard 2 of 3 is missing" in capsys.readouterr().err


def test_failures_of_a_shard_fail_the_whole(parts, monkeypatch, capsys):
    conftest = (parts.path / "conftest.py").read_text("utf-8")
    parts.write(**{"conftest.py": conftest.replace("posterizer()", "posterizer(effort=0)")})
    for index in (1, 2, 3):
        shard(parts, index)
    assert merge(parts, monkeypatch, "--report=page.html") == 1
    assert "3 operating points, 3 fail" in capsys.readouterr().out
    assert "worse" in (parts.path / "page.html").read_text("utf-8")


def test_what_needs_all_shards_is_judged_by_the_merge(parts, monkeypatch, capsys):
    parts.write(
        **{
            "baselines/limits.yaml": """
                format: 1
                limits:
                - codecs: "poster*"
                  bpp: [90, 99]
                  metrics:
                    delta_e00.mean: {max: 4.0}
            """
        }
    )
    assert parts.run().ret == 1
    for index in (1, 2, 3):
        assert shard(parts, index, "--colordeg-require=posterizer").ret == 0
    assert merge(parts, monkeypatch) == 1
    assert "no rung has a bpp from 90 to 99" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--colordeg-shard=1/3"], "*add --colordeg-records*"),
        (["--colordeg-shard=4/3", "--colordeg-records=a"], "*shard '4/3': expected which*"),
        (["--colordeg-shard=x", "--colordeg-records=a"], "*shard 'x': expected which*"),
        (["--colordeg-shard=1/9", "--colordeg-records=a"], "*have 3 operating points*"),
        (
            ["--colordeg-shard=1/3", "--colordeg-records=a", "--colordeg-update=fix",
             "--colordeg-reason=x"],
            "*leave --colordeg-shard away*",
        ),
    ],
)  # fmt: skip
def test_a_shard_that_cannot_be_is_one_line(project, arguments, said):
    result = project.run(*arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([said])
