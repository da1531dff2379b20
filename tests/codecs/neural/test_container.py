"""The container: whatever is read back is what was written, and nothing else is read."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_colordeg.codecs.neural.container import Container, pack, unpack
from pytest_colordeg.codecs.neural.families import FAMILIES, METRICS
from pytest_colordeg.errors import ColordegError


@st.composite
def containers(draw):
    family = draw(st.sampled_from(sorted(FAMILIES.values(), key=lambda f: f.number)))
    strings = draw(
        st.lists(st.binary(max_size=40), min_size=family.strings, max_size=family.strings)
    )
    return Container(
        family,
        draw(st.sampled_from(METRICS)),
        draw(st.integers(1, 255)),
        draw(st.integers(1, 16384)),
        draw(st.integers(1, 16384)),
        draw(st.binary(min_size=8, max_size=8)).hex(),
        tuple(strings),
    )


@given(containers())
def test_what_is_written_is_read_back(content):
    data = pack(content)
    assert unpack(data) == content
    assert content.payload_bytes + content.container_bytes == len(data)


@given(containers(), st.data())
def test_any_changed_byte_is_an_error(content, data):
    packed = bytearray(pack(content))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ColordegError):
        unpack(bytes(packed))


@given(containers(), st.data())
def test_any_cut_or_addition_is_an_error(content, data):
    packed = pack(content)
    cut = data.draw(st.integers(0, len(packed) - 1))
    for wrong in (packed[:cut], packed + data.draw(st.binary(min_size=1, max_size=9))):
        with pytest.raises(ColordegError):
            unpack(wrong)


@given(st.binary(max_size=200))
def test_noise_with_the_right_beginning_and_checksum_is_an_error_or_a_container(noise):
    body = b"CDLC\x01" + noise
    data = body + struct.pack(">I", zlib.crc32(body))
    try:
        content = unpack(data)
    except ColordegError:
        return
    assert pack(content) == data


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (4, 2, "version 2"),
        (5, 99, "unknown family 99"),
        (6, 7, "metric 7"),
        (7, 0, "quality 0"),
        (24, 9, "9 strings"),
    ],
)
def test_fields_out_of_range_are_named(field, value, words):
    family = FAMILIES["mbt2018"]
    data = bytearray(pack(Container(family, "mse", 1, 8, 8, "00" * 8, (b"abcd", b"efgh"))))
    data[field] = value
    data[-4:] = struct.pack(">I", zlib.crc32(data[:-4]))
    with pytest.raises(ColordegError, match=words):
        unpack(bytes(data))


def test_impossible_sizes_are_refused():
    family = FAMILIES["mbt2018"]
    for width, height in ((0, 8), (1 << 20, 1 << 20)):
        with pytest.raises(ColordegError, match="cannot be right"):
            unpack(pack(Container(family, "mse", 1, width, height, "00" * 8, (b"", b""))))
