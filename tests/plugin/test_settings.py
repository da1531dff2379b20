"""Where settings come from, and what is refused."""

import pytest


def test_precedence(project):
    project.write(
        **{
            "pyproject.toml": """
                [tool.colordeg]
                images = "photos/coffee-saucer"
                quality = [1]
                strict = true
                [tool.pytest.ini_options]
                colordeg_quality = "2"
            """
        }
    )
    result = project.run("--colordeg-explain", "--collect-only", "--colordeg-codec=webp")
    result.stdout.fnmatch_lines(
        [
            "*codec*webp*command line",
            "*quality*2*pytest ini*",
            "*images*photos/coffee-saucer*pyproject.toml*",
            "*baselines*default",
            "*strict*True*pyproject.toml*",
        ]
    )
    result.stdout.fnmatch_lines(["*test_color[[]webp-r2[]]*"])


def test_explain_shows_tolerances_and_where_they_come_from(project):
    project.write(
        **{
            "baselines/limits.yaml": """
                format: 1
                tolerances:
                - codecs: "poster*"
                  metrics:
                    bpp: {abs: 0.5}
            """
        }
    )
    result = project.run("--colordeg-explain", "--collect-only")
    result.stdout.fnmatch_lines(["*posterizer*bpp*0.5*limits.yaml*"])
    result.stdout.fnmatch_lines(["*psnr.rgb*default*"])


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[tool.colordeg]\nimagse = 'photos'", "*unknown key 'imagse'; did you mean 'images'?*"),
        ("[tool.colordeg]\nstrict = 'perhaps'", "*strict*expected true or false*"),
        ("[tool.colordeg]\ncodecs = []", "*codec*empty; name at least one*"),
        ("[tool.colordeg]\ncodecs = [1.5]", "*codec*expected a list*"),
        ("[tool.colordeg]\ndevice = 'tpu'", "*'tpu' is not one of cpu, cuda*"),
        ("[tool]\ncolordeg = 3", "*tool.colordeg must be a table*"),
    ],
)
def test_a_bad_setting_is_one_line(project, toml, said):
    project.write(**{"pyproject.toml": toml})
    result = project.run()
    assert result.ret == 4
    result.stderr.fnmatch_lines([said])
    assert "Traceback" not in result.stderr.str()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--colordeg-update=create"], "*needs --colordeg-reason*"),
        (["--colordeg-update=all", "--colordeg-reason=x"], "*'all' is not one of create, fix*"),
        (["--colordeg-dry-run"], "*add --colordeg-update*"),
        (["--colordeg-codec=jepg"], "*jepg*did you mean*jpeg*"),
        (["--colordeg-require=jepg"], "*jepg*did you mean*jpeg*"),
    ],
)
def test_a_bad_option_is_one_line(project, arguments, said):
    result = project.run(*arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([said])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--colordeg-quality=9"], "*no selected codec has rung 9*posterizer has 1, 2, 3*"),
        (["--colordeg-quality=0"], "*'0' is not a rung*"),
        (["--colordeg-quality=x"], "*'x' is not a rung*"),
        (["--colordeg-images=nowhere"], "*'nowhere'*no such corpus*"),
        (["--colordeg-images=photos/dog"], "*no image 'dog'*"),
    ],
)
def test_a_selection_of_nothing_is_an_error(project, arguments, said):
    result = project.run(*arguments)
    assert result.ret not in (0, 5)
    result.stdout.fnmatch_lines([said])


@pytest.mark.parametrize(
    ("marker", "arguments", "said"),
    [
        ("codecs=['jpeg']", ["--colordeg-codec=webp"], "*no codec is left*jpeg*webp*"),
        ("qualities=[1]", ["--colordeg-quality=2"], "*no rung is left*1*2*"),
        ("images='charts'", ["--colordeg-images=photos"], "*no image is left*charts*photos*"),
    ],
)
def test_an_empty_intersection_is_an_error(project, marker, arguments, said):
    project.write(
        **{
            "test_color.py": f"""
                import pytest
                @pytest.mark.colordeg({marker})
                def test_color(colordeg):
                    colordeg.check()
            """
        }
    )
    result = project.run(*arguments)
    assert result.ret not in (0, 5)
    result.stdout.fnmatch_lines([said])


def test_the_command_line_intersects_with_the_marker(project):
    project.write(
        **{
            "test_color.py": """
                import pytest
                @pytest.mark.colordeg(qualities=[1, 2], images="pictures")
                def test_color(colordeg):
                    assert list(colordeg.images) == ["face"]
            """
        }
    )
    result = project.run("--colordeg-quality=2-3", "--colordeg-images=pictures/face")
    result.assert_outcomes(passed=1)
