"""Records as JSON: exact round trips, stable order, malformed ones refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.serial import from_json, record_lines, to_json
from pytest_colordeg.values import LOSSLESS, NotApplicable

values = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.just(LOSSLESS),
    st.builds(NotApplicable, st.text(min_size=1).filter(str.strip)),
)
names = st.text(min_size=1, max_size=8)
scalars = st.one_of(names, st.integers(-(2**53), 2**53), st.booleans())
cells = st.builds(
    Measurement,
    codec=names,
    rung=st.integers(1, 99),
    image=names,
    corpus=names,
    device=st.sampled_from(["cpu", "cuda"]),
    image_sha256=names,
    parameters=st.dictionaries(names, scalars, max_size=3),
    facts=st.dictionaries(names, scalars, max_size=3),
    provenance=st.dictionaries(names, scalars, max_size=3),
    metrics=st.dictionaries(names, values, max_size=4),
    error=st.none() | names,
)


@given(cells)
def test_a_cell_survives_json(cell):
    assert from_json(json.loads(json.dumps(to_json(cell)))) == cell


@given(st.lists(cells, max_size=6), st.randoms())
def test_lines_do_not_depend_on_order(some, random):
    unique = list({(c.codec, c.rung, c.corpus, c.image, c.device): c for c in some}.values())
    shuffled = random.sample(unique, len(unique))
    assert list(record_lines(shuffled)) == list(record_lines(unique))


def test_nan_is_no_record():
    cell = Measurement("c", 1, "i", "t", "cpu", "", {}, {}, {}, {"bpp": float("nan")})
    with pytest.raises(ValueError, match="not a finite number"):
        to_json(cell)


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record.pop("metrics"),
        lambda record: record.update(schema=99),
        lambda record: record.update(metrics={"bpp": "NaN"}),
        lambda record: record.update(metrics=[1]),
        lambda record: record.pop("error"),
    ],
)
def test_malformed_records_are_refused(damage):
    cell = Measurement("c", 1, "i", "t", "cpu", "", {}, {}, {}, {"bpp": 1.0})
    record = to_json(cell)
    damage(record)
    with pytest.raises(ValueError, match=r"schema|not a"):
        from_json(record)
