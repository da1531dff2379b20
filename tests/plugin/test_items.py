"""How tests expand: ids, raw fixtures, markers, and other people's parameters."""


def collected(result):
    return [line for line in result.outlines if "::" in line]


def test_one_item_a_codec_and_rung(project):
    result = project.run("--collect-only", "-q")
    assert collected(result) == [f"test_color.py::test_color[posterizer-r{n}]" for n in (1, 2, 3)]
    assert result.ret == 0


def test_classical_codecs_are_the_default(project):
    (project.path / "conftest.py").unlink()
    result = project.run("--collect-only", "-q")
    ids = " ".join(collected(result))
    for codec in ("jpeg", "jpeg444", "jpeg2000", "jpegxl", "webp", "avif"):
        assert f"[{codec}-r8]" in ids


def test_raw_fixtures_expand_over_what_they_name(project):
    project.write(
        **{
            "test_color.py": """
                def test_codec(codec): pass
                def test_rung(codec, quality): pass
                def test_image(image): pass
                def test_all(codec, quality, image): pass
            """
        }
    )
    result = project.run("--collect-only", "-q", "--colordeg-quality=2")
    assert collected(result) == [
        "test_color.py::test_codec[posterizer]",
        "test_color.py::test_rung[posterizer-r2]",
        "test_color.py::test_image[face]",
        "test_color.py::test_image[saucer]",
        "test_color.py::test_all[posterizer-r2-face]",
        "test_color.py::test_all[posterizer-r2-saucer]",
    ]


def test_raw_round_trip_counts_as_measured(project):
    project.write(
        **{
            "test_color.py": """
                def test_round_trip(codec, quality, image):
                    data = codec.encode(image.pixels, codec.ladder[quality])
                    assert codec.decode(data).shape == image.pixels.shape
            """
        }
    )
    result = project.run()
    result.assert_outcomes(passed=6)
    assert result.ret == 0


def test_raw_test_that_never_decodes_does_not_count(project):
    project.write(**{"test_color.py": "def test_idle(codec, quality, image): pass"})
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["colordeg: FAILED: measured no cell*"])


def test_marker_selects(project):
    project.write(
        **{
            "test_color.py": """
                import pytest
                @pytest.mark.colordeg(codecs=["jpeg", "posterizer"], qualities=[2], images="charts")
                def test_color(colordeg):
                    assert colordeg.corpus == "charts"
            """
        }
    )
    result = project.run("--collect-only", "-q")
    assert collected(result) == [
        "test_color.py::test_color[jpeg-r2]",
        "test_color.py::test_color[posterizer-r2]",
    ]


def test_marker_with_an_unknown_word_is_an_error(project):
    project.write(
        **{
            "test_color.py": """
                import pytest
                @pytest.mark.colordeg(codec="jpeg")
                def test_color(colordeg): ...
            """
        }
    )
    result = project.run()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*marker colordeg: unknown codec; it takes codecs=*"])


OTHERS = """
    import pytest

    @pytest.fixture
    def codec():
        return "mine"

    @pytest.mark.parametrize("quality", [10, 20])
    @pytest.mark.parametrize("image", ["a.png"])
    def test_marks(quality, image):
        assert quality in (10, 20) and image == "a.png"

    def test_own_fixture(codec):
        assert codec == "mine"

    @pytest.mark.parametrize("codec", ["x", "y"])
    def test_override(codec):
        assert codec in "xy"

    class TestClass:
        @pytest.fixture
        def image(self, quality):
            return quality + 1

        @pytest.fixture(params=[1, 2])
        def quality(self, request):
            return request.param

        def test_nested(self, image, quality):
            assert image == quality + 1
"""


def test_other_suites_run_unchanged(project):
    project.write(
        **{
            "test_color.py": OTHERS,
            "conftest.py": """
                def pytest_generate_tests(metafunc):
                    if metafunc.function.__name__ == "test_generated":
                        metafunc.parametrize("quality", [7, 8])
            """,
            "test_generated.py": "def test_generated(quality): assert quality in (7, 8)",
        }
    )
    off = project.run("--collect-only", "-q", on=False)
    on = project.run("--collect-only", "-q")
    assert collected(on) == collected(off)
    assert len(collected(off)) == 9
    project.run(on=False).assert_outcomes(passed=9)
    project.run("-p", "no:randomly").assert_outcomes(passed=9)
