"""The pictures exchanged with command-line codecs."""

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pytest_colordeg.codecs.pixel_files import WRITERS, read_rgb8
from pytest_colordeg.errors import ColordegError

IMAGE = np.random.default_rng(1).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def png(picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", **options)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path):
    def read_bytes(data):
        (tmp_path / "picture").write_bytes(data)
        return read_rgb8(tmp_path / "picture")

    return read_bytes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.parametrize("suffix", WRITERS)
@given(image=arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_round_trip(suffix, read, image):
    data = WRITERS[suffix](image)
    assert (read(data) == image).all()
    assert (np.asarray(PIL.Image.open(io.BytesIO(data)).convert("RGB")) == image).all()


def test_ppm_with_comments(read):
    assert read(b"P6 # made by\n# hand\n1\t1\n255\nabc").tolist() == [[[97, 98, 99]]]


def test_png_tagged_as_another_space_is_converted_as_a_viewer_would(read):
    from PIL.PngImagePlugin import PngInfo

    display_p3 = PngInfo()
    display_p3.add(b"cICP", bytes((12, 13, 0, 1)))
    picture = PIL.Image.new("RGB", (4, 3), (200, 100, 100))
    assert (read(png(picture)) == (200, 100, 100)).all()
    assert read(png(picture, pnginfo=display_p3))[0, 0, 0] > 200


def test_16_bit_png_is_not_silently_reduced(read):
    import imagecodecs

    deep = imagecodecs.png_encode(IMAGE.astype(np.uint16) * 257)
    with pytest.raises(ColordegError, match=r"^is a 16-bit PNG of RGB; it must be 8-bit RGB"):
        read(deep)


@pytest.mark.parametrize(
    ("mode", "name"),
    [("L", "grey"), ("RGBA", "RGB with alpha"), ("P", "palette"), ("LA", "grey with alpha")],
)
def test_other_pngs_are_refused(mode, name, read):
    with pytest.raises(ColordegError, match=f"^is a 8-bit PNG of {name}; it must be 8-bit RGB"):
        read(png(PIL.Image.fromarray(IMAGE).convert(mode)))


def test_truncated_png_is_one_error_without_a_path(read):
    data = png(PIL.Image.fromarray(IMAGE))
    for end in range(8, len(data)):
        with pytest.raises(ColordegError, match=r"^(is|cannot be|says)") as caught:
            read(data[:end])
        assert "picture" not in str(caught.value).replace("no picture", "")


def test_giant_header_is_refused_before_memory_is_taken(read):
    data = bytearray(png(PIL.Image.fromarray(IMAGE)))
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    with pytest.raises(ColordegError, match="100000x100000 pixels, above the cap"):
        read(bytes(data))
