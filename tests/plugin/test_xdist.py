"""xdist: records travel on reports, only the controller writes, a crash loses one item."""


def test_baselines_are_the_same_file(project):
    project.bless("-n0", "--colordeg-baselines=serial")
    project.bless("-n2", "--colordeg-baselines=parallel")
    serial = (project.path / "serial" / "posterizer.yaml").read_bytes()
    assert serial == (project.path / "parallel" / "posterizer.yaml").read_bytes()


def test_a_crashed_worker_fails_its_item_and_loses_no_other(project):
    project.bless()
    project.write(
        **{
            "test_crash.py": """
                import os
                def test_crash(colordeg, quality):
                    if quality == 2:
                        os._exit(3)
                    colordeg.check()
            """
        }
    )
    result = project.run("-n2", "--colordeg-records=records.jsonl")
    assert result.ret == 1
    result.assert_outcomes(passed=5, failed=1)
    assert len((project.path / "records.jsonl").read_text("utf-8").splitlines()) == 6
    result.stdout.fnmatch_lines(["*6 cells measured*"])
