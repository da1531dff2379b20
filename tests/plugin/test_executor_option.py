"""``--colordeg-executor`` and ``--colordeg-jobs``: who measures changes no record."""

from importlib.util import find_spec

import pytest


@pytest.fixture
def readers(project):
    project.bless()
    return project


def records(project, *arguments, apart=False):
    result = project.run("--colordeg-records=run.jsonl", *arguments, apart=apart)
    assert result.ret == 0, result.stdout.str() + result.stderr.str()
    return (project.path / "run.jsonl").read_text("utf-8")


@pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra dask")
def test_a_cluster_of_two_processes_gives_the_same_records(readers):
    here = records(readers)
    dask = ("--colordeg-executor=dask", "--colordeg-jobs=2")
    assert records(readers, *dask, apart=True) == here


def test_threads_give_the_same_records(readers):
    conftest = (readers.path / "conftest.py").read_text("utf-8")
    readers.write(
        **{
            "conftest.py": "import dataclasses\n"
            + conftest.replace(
                "[posterizer()]", "[dataclasses.replace(posterizer(), concurrent=True)]"
            )
        }
    )
    assert records(readers, "--colordeg-jobs=4") == records(readers, "--colordeg-jobs=1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--colordeg-jobs=0"], "*jobs (command line): expected a whole number from 1 up*"),
        (["--colordeg-jobs=many"], "*jobs (command line): expected a whole number*"),
        (["--colordeg-executor=cloud"], "*'cloud' is not one of threads, dask*"),
        (["--colordeg-scheduler=tcp://x:1"], "*add --colordeg-executor=dask*"),
        (["--colordeg-executor=dask", "-n2"], "*leave -n away*"),
    ],
)
def test_what_cannot_be_is_one_line(project, arguments, said):
    result = project.run(*arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([said])
