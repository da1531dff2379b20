"""Everything that is not a measured, compared, good number fails, and says why."""

import re

import pytest


def codec(project, decoder="posterizer().decoder(data)", encoder="posterizer().encoder(image, 4)"):
    project.write(
        **{
            "conftest.py": f"""
                import sys
                import numpy as np
                from pytest_colordeg import FunctionCodec
                from pytest_colordeg.testing import posterizer

                def encode(image, level):
                    return {encoder}

                def decode(data):
                    return {decoder}

                def pytest_colordeg_codecs():
                    return [FunctionCodec("mine", encode, decode, [{{"level": 1}}])]
            """
        }
    )


def edit(project, pattern, replacement):
    path = project.path / "baselines" / "posterizer.yaml"
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), count=1, flags=re.M)
    assert count == 1
    path.write_text(text, "utf-8")


def test_no_cell_measured(project):
    project.write(**{"test_color.py": "def test_nothing(): pass"})
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["colordeg: FAILED: measured no cell*"])


def test_no_test_collected(project):
    (project.path / "test_color.py").unlink()
    result = project.run()
    assert result.ret == 5
    result.stdout.fnmatch_lines(["colordeg: FAILED: measured no cell*"])


def test_all_items_deselected(project):
    project.bless()
    assert project.run("-k", "nothing").ret == 5


def test_an_item_that_reads_nothing(project):
    project.write(**{"test_color.py": "def test_color(colordeg): pass"})
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*read nothing from it*"])


def test_missing_baseline_also_the_second_time(project):
    for _ in range(2):
        result = project.run()
        result.assert_outcomes(failed=3)
        result.stdout.fnmatch_lines(["*no baseline*"])
        result.stdout.fnmatch_lines(["*--colordeg-update=create*"])
    assert not (project.path / "baselines").exists()


@pytest.mark.parametrize(
    ("decoder", "said"),
    [
        ("np.full((64, 96, 3), np.nan)", "what decode returned is float64, not uint8"),
        ("np.zeros((96, 64, 3), np.uint8)", "what decode returned is 64x96 * not 96x64 *"),
        ("np.zeros((64, 96), np.uint8)", "what decode returned has shape (64, 96)*"),
        ("None", "what decode returned is a NoneType, not a NumPy array"),
        ("1 / 0", "decode raised ZeroDivisionError: division by zero (conftest.py:10)"),
        ("sys.exit(0)", "decode raised SystemExit: 0 (conftest.py:10)"),
    ],
)
def test_a_decoder_that_misbehaves(project, decoder, said):
    codec(project, decoder=decoder)
    result = project.run("--colordeg-update=create", "--colordeg-reason=x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*mine-r1 on pictures: 2 images could not be measured"])
    result.stdout.fnmatch_lines([f"face, saucer: {said}"])
    assert not (project.path / "baselines").exists()


@pytest.mark.parametrize(
    ("encoder", "said"),
    [
        ("'text'", "*encode returned*str*"),
        ("b''", "*encode returned no bytes*"),
        ("image / 0", "*encode raised*"),
    ],
)
def test_an_encoder_that_misbehaves(project, encoder, said):
    codec(project, encoder=encoder)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said])


def test_the_rest_of_the_run_goes_on(project):
    project.bless()
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg import FunctionCodec
                from pytest_colordeg.testing import posterizer
                def broken(data):
                    raise ValueError("no such thing")
                def pytest_colordeg_codecs():
                    bad = FunctionCodec("bad", lambda i, q: b"x", broken, [{"q": 1}])
                    return [posterizer(), bad]
            """
        }
    )
    project.run().assert_outcomes(passed=3, failed=1)


def test_a_nan_in_a_baseline(project):
    project.bless()
    edit(project, r"(delta_e00\.mean, )[\d.]+", r"\1nan")
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.re_match_lines([r".*posterizer\.yaml:\d+: .*(nan|NaN).*"])


def test_an_update_cannot_build_on_a_baseline_that_cannot_be_read(project):
    project.bless()
    edit(project, r"(delta_e00\.mean, )[\d.]+", r"\1nan")
    before = (project.path / "baselines" / "posterizer.yaml").read_bytes()
    result = project.run("--colordeg-update=fix", "--colordeg-reason=x")
    result.assert_outcomes(failed=3)
    result.stdout.no_fnmatch_line("*--colordeg-update=fix --colordeg-reason*")
    assert (project.path / "baselines" / "posterizer.yaml").read_bytes() == before


def test_a_failure_that_a_test_swallows(project):
    project.write(
        **{
            "test_color.py": """
                import pytest
                def test_color(colordeg):
                    with pytest.raises(BaseException):
                        colordeg.check()
            """
        }
    )
    result = project.run()
    assert result.ret == 1
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["colordeg: FAILED: *test_color[[]posterizer-r1[]]: judged missing, but the test passed"]
    )


def test_a_metric_that_gives_nan(project):
    project.bless()
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg import Metric, Tolerance
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer()]
                def pytest_colordeg_metrics():
                    return [Metric("mine", "always NaN", "", "lower", "mean", True,
                                   Tolerance(0.1), 3, lambda pair: float("nan"))]
            """
        }
    )
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*metric 'mine' gave nan*"])


def test_a_changed_corpus(project):
    project.bless()
    repaint(project, "face")
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*incomparable*"])
    result.stdout.fnmatch_lines(["*1 image changed (face)*"])


def repaint(project, name):
    import numpy as np

    from pytest_colordeg.images.png import write_png

    write_png(project.path / "pictures" / f"{name}.png", np.full((64, 96, 3), 99, np.uint8))


def test_a_changed_metric_definition(project):
    project.bless()
    edit(project, r"^(  delta_e00\.mean: .*?)(CIEDE2000)", r"\1another \2")
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*incomparable*"])
    result.stdout.fnmatch_lines(["*definition*"])


def test_an_empty_corpus(project):
    (project.path / "empty").mkdir()
    result = project.run("--colordeg-images=empty")
    assert result.ret not in (0, 5)
    result.stdout.fnmatch_lines(["*empty*"])


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("rows", "rows: [", 1),
        lambda text: "- just\n- a list\n",
        lambda text: "",
        lambda text: text + "\nformat: 1\n",
    ],
    ids=["truncated", "malformed", "a list", "empty", "duplicate key"],
)
def test_broken_yaml_names_file_and_line_without_a_traceback(project, damage):
    project.bless()
    path = project.path / "baselines" / "posterizer.yaml"
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    before = path.read_bytes()
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.re_match_lines([r".*posterizer\.yaml:\d+: .+"])
    assert "Traceback" not in result.stdout.str()
    assert path.read_bytes() == before


def test_broken_limits_stop_the_run(project):
    project.write(**{"baselines/limits.yaml": "format: 1\nlimts: []\n"})
    result = project.run()
    assert result.ret == 4
    result.stderr.re_match_lines([r".*limits\.yaml:2: .*limts.*"])


def test_stale_entries_are_reported(project):
    project.bless()
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer(ladder={1: {"bits": 3}})]
            """
        }
    )
    result = project.run()
    result.stdout.fnmatch_lines(["*posterizer*rung 2*"])
    assert result.ret == 0
    assert project.run("--colordeg-strict").ret == 1


def test_a_selection_reports_nothing_stale(project):
    project.bless()
    result = project.run("--colordeg-quality=1", "--colordeg-strict")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*stale baseline*")


def test_required_codec_not_measured(project):
    project.bless()
    result = project.run("--colordeg-require=posterizer,jpeg")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["colordeg: FAILED: required codec jpeg was not measured"])
    assert project.run("--colordeg-require=posterizer").ret == 0


def test_a_plain_assert_against_a_token_fails(project):
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer(ladder={1: {"bits": 8}})]
            """,
            "test_color.py": """
                def test_color(colordeg):
                    assert colordeg["psnr.rgb"] > 30
            """,
        }
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*TypeError*Lossless*"])


def test_an_unknown_metric_suggests_one(project):
    project.write(**{"test_color.py": "def test_color(colordeg): colordeg['delta_e.mean']"})
    result = project.run()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*no metric 'delta_e.mean'; did you mean*delta_e00.mean*"])
