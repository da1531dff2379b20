"""The pictures exchanged with command-line codecs."""

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pytest_colordeg.codecs.pixel_files import WRITERS, read_rgb8
from pytest_colordeg.errors import ColordegError

IMAGE = np.random.default_rng(1).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def png(picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", WRITERS)
@given(image=arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_round_trip(suffix, image):
    data = WRITERS[suffix](image)
    assert (read_rgb8(data) == image).all()
    assert (np.asarray(PIL.Image.open(io.BytesIO(data)).convert("RGB")) == image).all()


def test_ppm_with_comments():
    assert read_rgb8(b"P6 # made by\n# hand\n1\t1\n255\nabc").tolist() == [[[97, 98, 99]]]


def test_16_bit_png_is_not_silently_reduced():
    import imagecodecs

    deep = imagecodecs.png_encode(IMAGE.astype(np.uint16) * 257)
    with pytest.raises(ColordegError, match="is a 16-bit PNG of RGB; it must be 8-bit RGB"):
        read_rgb8(deep)


@pytest.mark.parametrize(
    ("mode", "name"),
    [("L", "grey"), ("RGBA", "RGB with alpha"), ("P", "palette"), ("LA", "grey with alpha")],
)
def test_other_pngs_are_refused(mode, name):
    with pytest.raises(ColordegError, match=f"8-bit PNG of {name}; it must be 8-bit RGB"):
        read_rgb8(png(PIL.Image.fromarray(IMAGE).convert(mode)))


def test_damaged_png_is_one_error():
    data = png(PIL.Image.fromarray(IMAGE))
    for end in range(8, data.index(b"IDAT") + 40):
        with pytest.raises(ColordegError, match=r"is a (damaged PNG|PNG without)"):
            read_rgb8(data[:end])


def test_giant_header_is_refused_before_memory_is_taken():
    data = bytearray(png(PIL.Image.fromarray(IMAGE)))
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    with pytest.raises(ColordegError, match="100000x100000 pixels, more than"):
        read_rgb8(bytes(data))
