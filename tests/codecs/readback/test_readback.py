"""The parsers: right on real files, one clear error on malformed ones."""

import imagecodecs
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_colordeg.codecs.readback import read_back
from pytest_colordeg.errors import ColordegError

PIXELS = np.random.default_rng(3).integers(0, 256, (21, 34, 3), dtype=np.uint8)


def pillow(format, mode="RGB", **options):
    import io

    buffer = io.BytesIO()
    PIL.Image.fromarray(PIXELS).convert(mode).save(buffer, format=format, **options)
    return buffer.getvalue()


FILES = {
    "jpeg": imagecodecs.jpeg8_encode(PIXELS, level=50, subsampling="420"),
    "jpeg progressive": pillow("JPEG", progressive=True, subsampling="4:2:2"),
    "jp2": imagecodecs.jpeg2k_encode(PIXELS, level=30, codecformat="jp2"),
    "j2k": imagecodecs.jpeg2k_encode(PIXELS, level=30, codecformat="j2k"),
    "jxl": imagecodecs.jpegxl_encode(PIXELS, distance=2.0, lossless=False, usecontainer=False),
    "jxl box": imagecodecs.jpegxl_encode(PIXELS, distance=2.0, lossless=False, usecontainer=True),
    "webp": imagecodecs.webp_encode(PIXELS, level=50, lossless=False),
    "webp lossless": imagecodecs.webp_encode(PIXELS, lossless=True),
    "webp profile": pillow("WEBP", mode="RGBA", exif=b"Exif\0\0"),
    "avif": imagecodecs.avif_encode(PIXELS, level=50, speed=10, numthreads=1),
    "avif pillow": pillow("AVIF", speed=10),
}


@pytest.mark.parametrize("name", FILES)
def test_size_of_every_kind(name):
    facts = read_back(FILES[name])
    assert (facts["width"], facts["height"]) == (34, 21)
    assert facts["bit_depth"] == 8


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "440", "411"])
def test_jpeg_subsampling(subsampling):
    data = imagecodecs.jpeg8_encode(PIXELS, level=50, subsampling=subsampling)
    assert read_back(data)["subsampling"] == ":".join(subsampling)


def test_jpeg_colour_models():
    assert read_back(FILES["jpeg"])["matrix"] == "BT.601"
    rgb = imagecodecs.jpeg8_encode(PIXELS, level=50, outcolorspace="RGB")
    assert read_back(rgb)["matrix"] == "identity"
    cmyk = read_back(pillow("JPEG", mode="CMYK"))
    assert cmyk["components"] == 4
    assert read_back(pillow("JPEG", mode="L"))["subsampling"] == "4:0:0"


def test_jpeg_modes():
    assert read_back(FILES["jpeg progressive"])["progressive"] is True
    assert read_back(FILES["jpeg"])["progressive"] is False
    lossless = imagecodecs.jpeg8_encode(PIXELS, lossless=True, outcolorspace="RGB")
    assert read_back(lossless)["lossless"] is True


def test_jpeg2000_transforms():
    facts = read_back(FILES["jp2"])
    assert (facts["transform"], facts["mct"], facts["matrix"]) == ("9-7", True, "BT.601")
    assert facts["colourspace"] == "sRGB"
    assert "colourspace" not in read_back(FILES["j2k"])
    plain = imagecodecs.jpeg2k_encode(PIXELS, level=30, reversible=False, mct=False)
    assert (read_back(plain)["mct"], read_back(plain)["matrix"]) == (False, "none")
    exact = imagecodecs.jpeg2k_encode(PIXELS, level=0, reversible=True)
    assert (read_back(exact)["transform"], read_back(exact)["matrix"]) == ("5-3", "RCT")


@pytest.mark.parametrize(("dtype", "depth"), [(np.uint8, 8), (np.uint16, 16)])
def test_depth_of_jpeg2000_and_jpegxl(dtype, depth):
    pixels = PIXELS.astype(dtype)
    assert read_back(imagecodecs.jpeg2k_encode(pixels, level=30))["bit_depth"] == depth
    assert read_back(imagecodecs.jpegxl_encode(pixels, distance=2.0))["bit_depth"] == depth


def test_jpegxl_colour():
    assert read_back(FILES["jxl"])["xyb"] is True
    assert read_back(FILES["jxl"])["colourspace"] == "sRGB"
    linear = read_back(imagecodecs.jpegxl_encode(PIXELS.astype(np.uint16), distance=2.0))
    assert linear["colourspace"] == "RGB, white D65, primaries sRGB, transfer linear"
    exact = read_back(imagecodecs.jpegxl_encode(PIXELS, lossless=True))
    assert exact["xyb"] is False
    assert "subsampling" not in exact
    alpha = np.dstack([PIXELS, PIXELS[..., 0]])
    assert read_back(imagecodecs.jpegxl_encode(alpha, distance=2.0))["extra_channels"] == 1


@settings(max_examples=60, deadline=None)
@given(width=st.integers(1, 3000), height=st.integers(1, 40))
def test_jpegxl_sizes(width, height):
    pixels = np.zeros((height, width, 3), np.uint8)
    facts = read_back(imagecodecs.jpegxl_encode(pixels, distance=2.0, effort=1, numthreads=1))
    assert (facts["width"], facts["height"]) == (width, height)


def test_webp_modes():
    lossy, exact = read_back(FILES["webp"]), read_back(FILES["webp lossless"])
    assert (lossy["lossless"], lossy["subsampling"], lossy["full_range"]) == (False, "4:2:0", False)
    assert (exact["lossless"], exact["subsampling"]) == (True, "4:4:4")
    assert read_back(FILES["webp profile"])["format"] == "WebP"


@pytest.mark.parametrize("subsampling", ["444", "422", "420"])
@pytest.mark.parametrize(("matrix", "name"), [(1, "BT.709"), (6, "BT.601")])
def test_avif_colour(subsampling, matrix, name):
    data = imagecodecs.avif_encode(
        PIXELS, level=50, speed=10, pixelformat=f"yuv{subsampling}", matrix=matrix, numthreads=1
    )
    facts = read_back(data)
    assert facts["subsampling"] == ":".join(subsampling)
    assert (facts["matrix"], facts["full_range"]) == (name, True)


def test_avif_depth_range_and_alpha():
    deep = imagecodecs.avif_encode(
        PIXELS.astype(np.uint16), level=50, speed=10, bitspersample=10, numthreads=1
    )
    assert read_back(deep)["bit_depth"] == 10
    assert read_back(pillow("AVIF", speed=10, range="limited"))["full_range"] is False
    assert read_back(pillow("AVIF", speed=10))["subsampling"] == "4:2:0"
    alpha = np.dstack([PIXELS, PIXELS[..., 0]])
    facts = read_back(imagecodecs.avif_encode(alpha, level=50, speed=10, numthreads=1))
    assert facts["subsampling"] == "4:4:4", "the colour item's, not the alpha item's"


def test_unknown_formats_have_no_facts():
    assert read_back(b"") == {}
    assert read_back(b"\x89PNG\r\n\x1a\n") == {}


@pytest.mark.parametrize("name", FILES)
def test_every_truncation_is_refused_or_told_right(name):
    """Cut anywhere in its head, a file gives one error, or facts that agree with the whole."""
    data = FILES[name]
    whole = read_back(data)
    for end in range(len(data)):
        try:
            facts = read_back(data[:end])
        except ColordegError as error:
            assert "file" in str(error)  # noqa: PT017
        else:
            assert facts.items() <= whole.items()


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_flipped_bytes_never_escape(name, data):
    raw = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, min(len(raw), 300) - 1))
        raw[position] = data.draw(st.integers(0, 255))
    try:
        facts = read_back(bytes(raw))
    except ColordegError:
        return
    assert all(isinstance(value, str | int | float | bool) for value in facts.values())


@settings(max_examples=200, deadline=None)
@given(
    magic=st.sampled_from(
        [
            b"\xff\xd8\xff",
            b"\xff\x4f\xff\x51",
            b"\xff\x0a",
            b"RIFF\xff\0\0\0WEBP",
            b"\0\0\0\x20ftypavif",
        ]
    ),
    tail=st.binary(max_size=200),
)
def test_noise_after_a_signature_never_escapes(magic, tail):
    try:
        read_back(magic + tail)
    except ColordegError as error:
        assert "file" in str(error)  # noqa: PT017
