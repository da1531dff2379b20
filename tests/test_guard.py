"""What users bring may raise and return anything: one plain line, or facts for a record."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import checked_facts, guarded, guarded_facts


def raising(error):
    def function():
        raise error

    return function


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("not a word")


class Odd(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("k"), "step raised KeyError: 'k'"),
        (Odd("o"), "step raised Odd: o"),
        (SystemExit(0), "step raised SystemExit: 0"),
        (GeneratorExit(), "step raised GeneratorExit: (no message)"),
        (pytest.skip.Exception("lazy"), "step raised Skipped: lazy"),
        (pytest.exit.Exception("bye"), "step raised Exit: bye"),
        (Mute(), "step raised Mute: (no message)"),
        (ValueError("one\ntwo"), "step raised ValueError: one"),
        (ValueError("\x1b[31mred\x00\udcff"), "step raised ValueError:  [31mred  "),
    ],
)
def test_whatever_is_raised_is_one_line_with_its_place(error, said):
    with pytest.raises(ColordegError) as caught:
        guarded("step", raising(error))
    text, _, place = str(caught.value).rpartition(" (")
    assert text == said
    assert place.startswith("test_guard.py:")


def test_ctrl_c_passes():
    with pytest.raises(KeyboardInterrupt):
        guarded("step", raising(KeyboardInterrupt()))


def test_the_place_is_in_no_library():
    with pytest.raises(ColordegError, match=r"JSONDecodeError: .* \(test_guard\.py:\d+\)$"):
        guarded("step", lambda: json.loads("{"))


def test_numpys_scalars_become_pythons():
    given_facts = {"a": np.int64(3), "b": np.float32(0.5), "c": np.bool_(True), "d": np.str_("x")}
    found = guarded_facts("inspect", lambda: given_facts)
    assert found == {"a": 3, "b": 0.5, "c": True, "d": "x"}
    assert [type(value) for value in found.values()] == [int, float, bool, str]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "inspect returned None; it must return a mapping"),
        ([("a", 1)], r"inspect returned \[\('a', 1\)\]; it must return a mapping"),
        ({1: 2}, "inspect returned the name 1; names are printable text"),
        ({"a": None}, "inspect returned a = None; values are"),
        ({"a": float("nan")}, "inspect returned a = nan; values are text, finite"),
        ({"a": np.float64("inf")}, "inspect returned a = inf"),
        ({"a": np.zeros(3)}, r"inspect returned a = array\("),
        ({"a": "\udcff"}, "inspect returned a = "),
    ],
)
def test_what_cannot_stand_in_a_record_is_refused(found, said):
    with pytest.raises(ColordegError, match=said):
        checked_facts("inspect", found)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=6,
)


@given(ANY)
def test_anything_is_facts_that_can_be_written_or_one_line(found):
    try:
        facts = checked_facts("inspect", found)
    except ColordegError as error:
        message = str(error)
    else:
        text = json.dumps(facts, allow_nan=False, ensure_ascii=False).encode()
        assert json.loads(text) == facts
        return
    assert message.startswith("inspect returned ")
    assert message.isprintable()
