"""Definitions of command codecs: a bad one names its key and shows a right one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.codecs.definition import read_definition
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError

ROOT = Path("/project")
GOOD = {
    "encode": ["cjxl", "{input}", "{output}", "-d", "{distance}"],
    "decode": ["djxl", "{input}", "{output}"],
    "suffix": ".jxl",
    "ladder": [{"distance": 9.0}, {"distance": 3.6}],
}


def test_the_example_of_the_design():
    codec = read_definition("my-jxl", GOOD, ROOT)
    assert codec.id == "my-jxl"
    assert codec.ladder == {1: {"distance": 9.0}, 2: {"distance": 3.6}}
    assert codec.encode_argv[0] == "cjxl"
    assert (codec.timeout, codec.input_suffix) == (60.0, ".png")


def test_ladder_with_rung_numbers():
    table = GOOD | {"ladder": {"8": {"distance": 1.1}, "2": {"distance": 13}}}
    codec = read_definition("my-jxl", table, ROOT)
    assert list(codec.ladder.items()) == [(2, {"distance": 13}), (8, {"distance": 1.1})]


def test_braces_that_are_no_names_stay():
    table = GOOD | {"encode": [*GOOD["encode"], "--json={1}{}{ x }"]}
    assert read_definition("my-jxl", table, ROOT).encode_argv[-1] == "--json={1}{}{ x }"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"encode": "cjxl {input} {output}"}, r"encode cannot be 'cjxl.*; such as encode = \["),
        ({"encode": []}, "encode is empty; such as encode ="),
        ({"encode": ["cjxl", "{input}", "{distance}"]}, r"encode does not use \{output\}"),
        ({"encode": ["cjxl", 9, "{input}", "{output}"]}, "encode cannot be"),
        ({"encode": ["cjxl", "{input}", "{output}"]}, r"encode does not use \{distance\}, which r"),
        ({"encode": [*GOOD["encode"], "{effort}"]}, r"uses \{effort\}, which rung 1 does not give"),
        ({"decode": ["djxl", "{input}"]}, r"decode does not use \{output\}; such as decode ="),
        ({"decode": [*GOOD["decode"], "{distance}"]}, r"decode uses \{distance\}; it knows \{in"),
        ({"version": ["cjxl", "{output}"]}, r"version uses \{output\}; it knows no placeholder"),
        ({"suffix": "jxl"}, r"suffix cannot be 'jxl'; such as suffix = \"\.jxl\""),
        ({"suffix": "./x/y"}, "suffix cannot be"),
        ({"input_suffix": ".jpg"}, "input_suffix cannot be '.jpg'"),
        ({"input_suffix": [1]}, "input_suffix cannot be"),
        ({"timeout": 0}, "timeout cannot be 0"),
        ({"timeout": "long"}, "timeout cannot be 'long'; such as timeout = 60"),
        ({"timeout": True}, "timeout cannot be True"),
        ({"timeout": float("inf")}, "timeout cannot be inf"),
        ({"files": "lib.so"}, "files cannot be 'lib.so'"),
        ({"facts": {"a": [1]}}, "facts cannot be"),
        ({"inspect": "no"}, "inspect cannot be 'no'"),
        ({"ladder": []}, r"must map rung numbers.*; such as ladder = \["),
        ({"ladder": 3}, r"must map rung numbers.*; such as ladder = \["),
        ({"ladder": [3]}, "rung 1 must be a mapping"),
        ({"ladder": {"0": {"distance": 1}}}, "rung 0 must be a whole number"),
        ({"ladder": {"low": {"distance": 1}}}, "rung 'low' must be a whole number"),
        ({"ladder": [{"distance": 1, "input": 2}]}, "cannot have a parameter named input"),
        ({"encoder": ["x"]}, "unknown key 'encoder'; did you mean encode?"),
        ({"colour": 1}, "unknown key 'colour'; known: encode, decode"),
    ],
)
def test_bad_definitions(change, message):
    with pytest.raises(ColordegError, match=message) as caught:
        read_definition("my-jxl", GOOD | change, ROOT)
    assert str(caught.value).startswith("[tool.colordeg.codecs.my-jxl]")


@pytest.mark.parametrize("key", GOOD)
def test_missing_keys(key):
    table = {name: value for name, value in GOOD.items() if name != key}
    with pytest.raises(ColordegError, match=rf"{key} is missing; such as {key} = "):
        read_definition("my-jxl", table, ROOT)


def test_no_table_at_all_and_a_bad_id():
    with pytest.raises(ColordegError, match="must be a table, found 3; a right one: encode ="):
        read_definition("my-jxl", 3, ROOT)
    with pytest.raises(ColordegError, match="codec id 'My JXL' must be lower-case"):
        read_definition("My JXL", GOOD, ROOT)


def test_a_built_in_id_cannot_be_defined_again():
    with pytest.raises(ColordegError, match="'jpegxl' is taken by pytest-colordeg"):
        Registry().add_commands({"jpegxl": GOOD}, ROOT)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
KEYS = st.sampled_from([*GOOD, "timeout", "files", "facts", "inspect", "version", "input_suffix"])


@given(ANY | st.dictionaries(KEYS, ANY), st.dictionaries(KEYS, ANY, min_size=1, max_size=2))
def test_any_table_is_a_codec_or_one_line_that_names_it(whole, change):
    for table in (whole, GOOD | change):
        try:
            codec = read_definition("my-jxl", table, ROOT)
        except ColordegError as error:
            message = str(error)
        else:
            assert codec.ladder
            assert codec.timeout > 0
            continue
        assert "[tool.colordeg.codecs.my-jxl]" in message
