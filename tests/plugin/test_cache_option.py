"""``--colordeg-cache``: a second run takes what did not change, and nothing else."""

import pytest

PICK = ("--colordeg-quality=4,5", "--colordeg-records=run.jsonl")


@pytest.fixture
def readers(project):
    """A test that two built-in codecs pass without baselines."""
    project.write(
        **{
            "conftest.py": "",
            "test_color.py": """
                import pytest
                @pytest.mark.colordeg(codecs=["jpeg", "webp"])
                def test_color(colordeg):
                    assert colordeg["bpp"] > 0
            """,
        }
    )
    return project


def run(project, *arguments):
    result = project.run(*PICK, *arguments)
    assert result.ret == 0, result.stdout.str()
    return result, (project.path / "run.jsonl").read_text("utf-8")


def test_a_second_run_takes_all_from_the_cache_with_equal_records(readers):
    first, cold = run(readers)
    first.stdout.fnmatch_lines(["colordeg: 8 cells measured: 4 operating points*"])
    second, warm = run(readers)
    second.stdout.fnmatch_lines(["colordeg: 8 cells measured (8 from the cache): 4 *"])
    assert cold == warm
    assert (readers.path / ".colordeg" / "cache" / ".gitignore").read_text("utf-8") == "*\n"


def test_workers_share_it(readers):
    _, cold = run(readers, "-n2")
    second, warm = run(readers, "-n2")
    second.stdout.fnmatch_lines(["*8 cells measured (8 from the cache)*"])
    assert cold == warm


def test_a_change_of_one_codec_measures_that_codec_alone(readers, monkeypatch):
    from pytest_colordeg.codecs.jpeg import Jpeg

    run(readers)
    real = Jpeg.fingerprint
    monkeypatch.setattr(
        Jpeg, "fingerprint", lambda self, p: {**real(self, p), "rebuilt": True}, raising=True
    )
    second, _ = run(readers)
    second.stdout.fnmatch_lines(["*8 cells measured (4 from the cache)*"])


def test_off_and_another_folder(readers):
    run(readers, "--colordeg-cache=off")
    assert not (readers.path / ".colordeg" / "cache").exists()
    run(readers, "--colordeg-cache=elsewhere")
    assert (readers.path / "elsewhere").is_dir()


def test_a_corrupt_entry_is_said(readers):
    _, cold = run(readers)
    entry = next((readers.path / ".colordeg" / "cache").glob("v1/*/*"))
    entry.write_bytes(b"broken")
    second, warm = run(readers)
    second.stdout.fnmatch_lines(
        [
            "*: 1 corrupt cache entry was thrown away and measured again",
            "*8 cells measured (7 from the cache)*",
        ]
    )
    assert cold == warm


def test_a_codec_of_a_conftest_is_run_again(project):
    project.bless()
    result = project.run()
    result.stdout.fnmatch_lines(["colordeg: 6 cells measured: 3 *"])


@pytest.mark.parametrize("size", ["much", "0", "5X", "-1"])
def test_a_wrong_size_is_one_line(project, size):
    result = project.run(f"--colordeg-cache-size={size}")
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"*cache-size (command line): expected a number of bytes*{size}*"])


def test_a_default_folder_that_cannot_be_made_is_no_error_and_one_that_was_asked_for_is(readers):
    (readers.path / ".colordeg").write_bytes(b"in the way")
    result = readers.run("--colordeg-quality=4", "--colordeg-artifacts=pictures")
    assert result.ret == 0, result.stdout.str()
    result.stdout.fnmatch_lines(["colordeg: no cache: *cannot be made"])
    result = readers.run("--colordeg-cache=.colordeg/cache")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*cache *cannot be used: *--colordeg-cache=off*"])
