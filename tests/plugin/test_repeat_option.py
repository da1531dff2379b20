"""``--colordeg-repeat``: what flaps fails in words, the rest has equal records."""

CONFTEST = """
    import itertools, os
    from pytest_colordeg.testing import posterizer

    turns = itertools.count()

    def chance(pixels):
        return pixels ^ (next(turns) % 3 == 0)

    def threads(pixels):
        return pixels ^ (os.environ.get("OMP_NUM_THREADS") == "1")

    def pytest_colordeg_codecs():
        return [posterizer(), posterizer("chance", fault=chance), posterizer("one", fault=threads)]
"""


def test_what_flaps_fails_by_name(project, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    project.write(**{"conftest.py": CONFTEST})
    bless = ["--colordeg-update=create", "--colordeg-reason=first", "--colordeg-quality=1"]
    result = project.run("--colordeg-repeat=6", *bless)
    result.assert_outcomes(passed=1, failed=2)
    text = " ".join(result.stdout.str().split())
    assert "chance-r1 on pictures: 2 images could not be measured" in text
    assert "not deterministic in 6 runs: the same bytes decode to other pixels" in text
    assert "so it depends on threads" in text
    assert [path.name for path in (project.path / "baselines").glob("*.yaml")] == [
        "posterizer.yaml"
    ]


def test_what_repeats_itself_has_the_same_records(project):
    for name, options in {"once": (), "thrice": ("--colordeg-repeat=3",)}.items():
        assert project.run(f"--colordeg-records={name}.jsonl", *options).ret == 1
    texts = [(project.path / f"{name}.jsonl").read_bytes() for name in ("once", "thrice")]
    assert texts[0]
    assert texts[0] == texts[1]


def test_less_than_once_is_refused(project):
    for number in ("0", "1.5"):
        result = project.run(f"--colordeg-repeat={number}")
        assert result.ret == 4
        assert "expected a whole number of 1 or more" in result.stderr.str()
