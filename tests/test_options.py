"""Whatever stands in pyproject.toml, in ini or on the command line: settings, or one line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_colordeg.options import OPTIONS, Settings, resolve

GOOD = """\
[tool.colordeg]
codec = ["jpeg", "webp"]
quality = "1,4-6"
images = "photos"
strict = true
timeout = 2.5
baselines = "base"

[tool.colordeg.codecs.mine]
encode = ["a", "{input}"]
"""
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
VALUES |= st.lists(VALUES, max_size=3)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def config(folder: Path, typed=None, ini=None):
    """What `resolve` asks of a pytest config."""
    return SimpleNamespace(
        rootpath=folder,
        invocation_params=SimpleNamespace(dir=folder),
        getoption=(typed or {}).get,
        getini=(ini or {}).get,
    )


def resolved_or_refused(given_config) -> Settings | None:
    try:
        found = resolve(given_config)
    except pytest.UsageError as error:
        message = str(error)
    else:
        assert isinstance(found, Settings)
        assert found.timeout > 0
        assert found.repeat >= 1
        assert set(found.origins) == {option.name for option in OPTIONS}
        return found
    assert message.strip()
    assert "Traceback" not in message
    return None


@same_folder
@given(st.dictionaries(st.sampled_from([option.dest for option in OPTIONS]), VALUES, max_size=3))
def test_any_value_from_ini_is_a_setting_or_refused(tmp_path, ini):
    resolved_or_refused(config(tmp_path, ini=ini))


@same_folder
@given(
    st.fixed_dictionaries(
        {},
        optional={
            option.dest: st.just(True)
            if option.kind == "flag"
            else st.lists(st.text(max_size=6), min_size=1, max_size=2)
            if option.kind == "list"
            else st.text(max_size=6)
            for option in OPTIONS
        },
    )
)
def test_anything_typed_is_a_setting_or_refused(tmp_path, typed):
    found = resolved_or_refused(config(tmp_path, typed=typed))
    if found is not None:
        assert all(found.from_command_line(o.name) == (o.dest in typed) for o in OPTIONS)


@same_folder
@given(st.data())
def test_any_edit_of_pyproject_is_settings_or_refused(tmp_path, data):
    text = GOOD
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.sampled_from(["[", "]", "=", '"', "\n", "nan", "-1", "{"]) | st.text())
        text = text[:at] + new + text[at + data.draw(st.integers(0, 9)) :]
    (tmp_path / "pyproject.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    resolved_or_refused(config(tmp_path))


def test_the_text_under_test_is_good(tmp_path):
    (tmp_path / "pyproject.toml").write_text(GOOD, encoding="utf-8")
    found = resolved_or_refused(config(tmp_path))
    assert (found.codec, found.quality, found.timeout) == (("jpeg", "webp"), ("1", "4-6"), 2.5)
