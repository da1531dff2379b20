"""Values: tokens equal themselves, numbers are finite, text round-trips."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.values import LOSSLESS, Lossless, NotApplicable, from_text, is_number, to_text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_round_trip(number):
    assert from_text(to_text(number)) == number


@given(st.text(min_size=1).filter(str.strip))
def test_reasons_round_trip(reason):
    assert from_text(to_text(NotApplicable(reason))) == NotApplicable(reason)


def test_lossless_is_itself_and_no_number():
    assert from_text("lossless") == LOSSLESS == Lossless()
    assert math.inf != LOSSLESS
    with pytest.raises(TypeError):
        assert LOSSLESS > 30  # type: ignore[operator]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, True, None, "nan", "n/a:", "", []])
def test_everything_else_is_refused(bad):
    assert not is_number(bad)
    with pytest.raises(ValueError, match="not a finite number"):
        from_text(bad)
