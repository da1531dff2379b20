"""``baselines/limits.yaml``: absolute limits, tolerances, and entries that hold nothing."""

import pytest


def limits(project, text):
    project.write(**{"baselines/limits.yaml": "format: 1\n" + text})


def test_a_limit_fails_a_point_that_its_baseline_passes(project):
    project.bless()
    limits(project, "limits:\n- metrics:\n    delta_e00.mean: {max: 4.0}\n")
    result = project.run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "colordeg: posterizer-r1 on pictures: 1 limit not held",
            "Limit: delta_e00.mean 5.3*: above 4 (baselines/limits.yaml:3)",
        ]
    )
    result.stdout.no_fnmatch_line("*To accept this change*")


def test_a_limit_by_codec_and_rate(project):
    project.bless()
    limits(
        project,
        """limits:
- codecs: "poster*"
  bpp: [5, 7]
  metrics:
    delta_e00.mean: {max: 1.0}
- codecs: "jp*"
  metrics:
    delta_e00.mean: {max: 0.001}
""",
    )
    result = project.run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["colordeg: posterizer-r2 on pictures: 1 limit not held"])


def test_a_limit_on_single_images_names_the_image(project):
    project.bless()
    limits(project, "limits:\n- images:\n    delta_e00.max: {max: 1.5}\n")
    result = project.run("--colordeg-quality=3")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["Limit: delta_e00.max of face *: above 1.5*"])


def test_a_broken_limit_keeps_the_point_out_of_the_baselines(project):
    limits(project, "limits:\n- metrics:\n    delta_e00.mean: {max: 4.0}\n")
    result = project.run("--colordeg-update=create", "--colordeg-reason=x")
    result.assert_outcomes(passed=2, failed=1)
    assert "        1:\n" not in (project.path / "baselines/posterizer.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('- codecs: "jepg*"\n  metrics:\n    bpp: {max: 9}\n', "*no codec and corpus falls under*"),
        ("- bpp: [90, 99]\n  metrics:\n    bpp: {max: 9}\n", "*no rung has a bpp from 90 to 99*"),
    ],
)
def test_a_limit_that_holds_nothing_fails_the_run(project, entry, said):
    project.bless()
    limits(project, "limits:\n" + entry)
    result = project.run()
    assert result.ret == 1
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["colordeg: FAILED: *limits.yaml:3*" + said])


def test_a_part_of_a_ladder_cannot_tell_that_a_rate_is_out_of_reach(project):
    project.bless()
    limits(project, "limits:\n- bpp: [5, 7]\n  metrics:\n    bpp: {max: 9}\n")
    assert project.run("--colordeg-quality=1").ret == 0


def test_a_wider_tolerance_passes_and_a_gated_metric_is_added(project):
    project.bless()
    project.write(
        **{
            "conftest.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs():
                    return [posterizer(effort=1)]
            """
        }
    )
    limits(project, "tolerances:\n- metrics:\n    size_ratio: {gated: true, abs: 0}\n")
    failed = project.run()
    failed.assert_outcomes(failed=3)
    failed.stdout.fnmatch_lines(["colordeg: posterizer-r1 on pictures: worse: *size_ratio*"])
    limits(project, "tolerances:\n- metrics:\n    bpp: {rel: 0.5}\n")
    project.run().assert_outcomes(passed=3)
