"""Operating points by target: in tests, and as limits at a rate."""

import pytest

SLACK = """
format: 1
tolerances:
- metrics:
    bpp: {rel: 9}
    size_ratio: {rel: 9}
"""

WASTEFUL = """
    from pytest_colordeg.testing import posterizer
    def pytest_colordeg_codecs():
        return [posterizer(effort=1)]
"""

READS = """
    def test_color(colordeg_ladder):
        found = colordeg_ladder.at(bpp=5)
        print(found, found.between("delta_e00.mean"))
        assert found["bpp"] == 5
"""


def at_rate(project, maximum, bpp=5.5):
    entry = f"limits:\n- at: {{bpp: {bpp}}}\n  metrics:\n    delta_e00.mean: {{max: {maximum}}}\n"
    project.write(**{"baselines/limits.yaml": SLACK + entry})


def test_a_limit_at_a_rate_catches_a_codec_that_spends_more_bytes(project):
    project.bless()
    at_rate(project, 3.5)
    honest = project.run()
    assert honest.ret == 0
    honest.stdout.fnmatch_lines(
        [
            "colordeg: baselines/limits.yaml:7: posterizer on pictures at bpp 5.5: "
            "delta_e00.mean 3.2*, between r1 * and r2 *: held"
        ]
    )
    project.write(**{"conftest.py": WASTEFUL})
    spent = project.run()
    spent.assert_outcomes(passed=3)  # rung by rung its colours are those of the baseline
    assert spent.ret == 1
    spent.stdout.fnmatch_lines(
        [
            "colordeg: FAILED: baselines/limits.yaml:7: posterizer on pictures at bpp 5.5: "
            "delta_e00.mean *, between r1 * and r2 *: above 3.5"
        ]
    )


def test_a_rate_out_of_reach_fails_the_run(project):
    project.bless()
    at_rate(project, 9, bpp=0.25)
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["colordeg: FAILED: *:7: posterizer on pictures: posterizer reaches bpp * to *: 0.25 is *"]
    )


def test_a_part_of_a_ladder_is_not_judged_and_that_is_said(project):
    project.bless()
    at_rate(project, 0.001)
    result = project.run("--colordeg-quality=1,3")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["colordeg: *:7: *: a limit at bpp 5.5 needs the whole ladder"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("at: {bpp: 0.5, psnr.rgb: 30}", "one metric and its value*found 2"),
        ("at: {bbp: 0.5}", "bbp"),
        ("at: {bpp: 0.5}\n  bpp: [0, 1]", "'at' with 'metrics' alone"),
    ],
)
def test_what_is_wrong_with_a_target_is_told_with_its_line(project, entry, said):
    limits = f"limits:\n- {entry}\n  metrics:\n    delta_e00.mean: {{max: 1}}\n"
    project.write(**{"baselines/limits.yaml": "format: 1\n" + limits})
    result = project.run()
    assert result.ret != 0
    text = result.stdout.str() + result.stderr.str()
    assert all(part in text for part in said.split("*")), text


def test_a_test_of_a_whole_ladder_is_one_item_a_codec(project):
    project.write(**{"test_color.py": READS})
    result = project.run("-s", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_color[[]posterizer[]] posterizer at bpp 5: between r1 (*) and r2 (*) 3.*",
            "colordeg: posterizer on pictures at bpp 5: between r1 (3.46) and r2 (5.84*): "
            "bpp 5, delta_e00.mean 3.69*, psnr.rgb 3?.*",
        ]
    )


def test_a_built_in_codec_is_searched_on_its_dial(project):
    project.write(
        **{
            "test_color.py": """
        import pytest
        from pytest_colordeg.errors import ColordegError

        @pytest.mark.colordeg(codecs="jpeg")
        def test_color(colordeg_ladder):
            found = colordeg_ladder.at(delta_e00=3.0)
            sides = (found.below, found.above)
            first, second = (int(side.label.removeprefix("level=")) for side in sides)
            assert second - first == 1
            assert found.below.values["delta_e00.mean"] > 3 > found.above.values["delta_e00.mean"]
            coarse = colordeg_ladder.at(delta_e00=3.0, interpolate=True)
            assert coarse.below.label[0] == "r"
            assert abs(coarse["bpp"] - found["bpp"]) < 0.2 * found["bpp"]
            with pytest.raises(ColordegError, match="out of reach"):
                colordeg_ladder.at(bpp=0.01)
    """
        }
    )
    project.run().assert_outcomes(passed=1)
    project.run("--colordeg-isolate", "--colordeg-repeat=2").assert_outcomes(passed=1)


def test_two_ladders_by_bjontegaard(project):
    project.write(
        **{
            "conftest.py": """
        from pytest_colordeg.testing import posterizer
        ladder = {n: {"bits": n + 2} for n in (1, 2, 3, 4)}
        def pytest_colordeg_codecs():
            return [posterizer(ladder=ladder), posterizer("loose", ladder, effort=1)]
    """,
            "test_color.py": """
        import pytest
        from pytest_colordeg.metrics.bjontegaard import bd_rate

        @pytest.mark.colordeg(codecs="posterizer")
        def test_color(colordeg_ladder):
            loose = colordeg_ladder.of("loose")
            pair = [one.curve("delta_e00.mean") for one in (colordeg_ladder, loose)]
            assert 5 < bd_rate(*pair, lower_is_better=True) < 60
            assert len(colordeg_ladder.change().mean) == 3
    """,
        }
    )
    project.run().assert_outcomes(passed=1)


def test_a_ladder_that_is_not_read_fails(project):
    project.write(**{"test_color.py": "def test_color(colordeg_ladder):\n    pass\n"})
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*asked for the colordeg_ladder fixture and read nothing*"])


def test_a_cell_that_fails_fails_the_test_that_reads_the_ladder(project):
    project.write(
        **{
            "test_color.py": READS,
            "conftest.py": """
        from pytest_colordeg.testing import posterizer
        def pytest_colordeg_codecs():
            return [posterizer(fault=lambda pixels: pixels[1:])]
    """,
        }
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*posterizer-r1 on pictures: 2 images could not be measured*"])
