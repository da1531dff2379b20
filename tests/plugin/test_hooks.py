"""What a project's hooks do wrong is one line that names file and hook, and nothing runs."""

import pytest

HEAD = """
from pytest_colordeg import FunctionCodec, Metric, Tolerance
from pytest_colordeg.testing import posterizer

def metric(**change):
    good = dict(name="mine", definition="the answer", unit="", direction="lower",
                aggregate="mean", gated=True, tolerance=Tolerance(0.1), digits=3,
                compute=lambda pair: 42.0)
    return Metric(**(good | change))
"""


def refused(project, body):
    project.write(**{"conftest.py": HEAD + body})
    result = project.run("--colordeg-update=create", "--colordeg-reason=first")
    assert result.ret == 4
    text = result.stdout.str() + result.stderr.str()
    assert "Traceback" not in text
    assert "INTERNALERROR" not in text
    assert not (project.path / "baselines").exists()
    (line,) = [line for line in text.splitlines() if "colordeg: " in line]
    return line


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    return {}['x']", "raised KeyError: 'x' (conftest.py:10)"),
        (
            "    import nowhere",
            "raised ModuleNotFoundError: No module named 'nowhere' (conftest.py",
        ),
        ("    raise SystemExit(0)", "raised SystemExit: 0 (conftest.py:10)"),
        ("    import pytest; pytest.skip('no')", "raised Skipped: no (conftest.py:10)"),
        ("    yield posterizer()\n    1 / 0", "raised ZeroDivisionError: division by zero"),
        ("    return [FunctionCodec('x')]", "raised TypeError: FunctionCodec.__init__() missing"),
        ("    posterizer()", "returned None; return a list"),
        ("    return 'jpeg'", ": str is not a codec; a right one: "),
        ("    return [posterizer(), posterizer()]", ": codec id 'posterizer' is taken by conftest"),
    ],
)
def test_codecs(project, body, said):
    line = refused(project, f"def pytest_colordeg_codecs():\n{body}\n")
    assert "colordeg: conftest.py: hook pytest_colordeg_codecs" in line
    assert said in line


@pytest.mark.parametrize("name", ["id", "ladder", "concurrent"])
def test_a_codec_whose_attribute_raises(project, name):
    body = f"""
class Shy:
    id, ladder = "shy", {{1: {{"bits": 3}}}}
    encode = decode = inspect = expected = provenance = print

    @property
    def {name}(self):
        raise LookupError("shy")

def pytest_colordeg_codecs():
    return [Shy()]
"""
    assert "raised LookupError: shy (conftest.py:16)" in refused(project, body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise KeyError('m')", "raised KeyError: 'm' (conftest.py:10)"),
        ("return 3", "raised TypeError: 'int' object is not iterable"),
        ("return [3]", ": 3 is not a metric; a hook returns a list of pytest_colordeg.Metric"),
        ("return [metric(name='psnr.rgb')]", ": there is a metric 'psnr.rgb' already"),
        ("return [metric(name='My Metric')]", "name is 'My Metric'; expected lower-case letters"),
        ("return [metric(definition='')]", "definition is ''; expected a line that says"),
        ("return [metric(direction='up')]", "direction is 'up'; expected lower, higher or neut"),
        ("return [metric(aggregate='sum')]", "aggregate is 'sum'; expected mean or max"),
        ("return [metric(gated=1)]", "gated is 1; expected True or False"),
        ("return [metric(tolerance=0.1)]", "tolerance is 0.1; expected a Tolerance"),
        ("return [metric(tolerance=Tolerance(float('nan')))]", "expected a Tolerance of finite"),
        ("return [metric(tolerance=Tolerance(-1))]", "expected a Tolerance of finite numbers"),
        ("return [metric(digits=-1)]", "digits is -1; expected a whole number from 0 to 15"),
        ("return [metric(compute=3)]", "compute is 3; expected a function of a Pair"),
    ],
)
def test_metrics(project, body, said):
    line = refused(project, f"def pytest_colordeg_metrics():\n    {body}\n")
    assert "colordeg: conftest.py: hook pytest_colordeg_metrics" in line
    assert said in line


def test_the_file_of_several_is_named(project):
    project.write(**{"tests/conftest.py": "def pytest_colordeg_codecs():\n    return [1 / 0]\n"})
    project.write(**{"tests/test_more.py": "def test_more(colordeg): colordeg.check()\n"})
    result = project.run("tests")
    assert result.ret == 4
    result.stderr.fnmatch_lines(
        ["*colordeg: tests/conftest.py: hook pytest_colordeg_codecs raised ZeroDivisionError*"]
    )


def test_every_implementation_brings_its_codecs(project):
    project.write(
        **{
            "more.py": """
                from pytest_colordeg.testing import posterizer
                def pytest_colordeg_codecs(config):
                    assert config.getoption("colordeg")
                    return posterizer("another")
            """
        }
    )
    project.pytester.syspathinsert(project.path)
    result = project.run("-p", "more", "--colordeg-update=create", "--colordeg-reason=first")
    result.assert_outcomes(passed=6)
    names = {path.name for path in (project.path / "baselines").iterdir()}
    assert names == {"another.yaml", "posterizer.yaml"}
