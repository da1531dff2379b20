"""Files that are refused: one line, naming the file and the reason, and nothing else."""

import os
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.check import check_pixels
from pytest_colordeg.images.load import load_image

from . import icc
from .broken import (
    animated,
    circle,
    clear,
    cmyk_jpeg,
    codec,
    cut,
    flipped,
    header,
    huge_avif,
    huge_jpeg,
    huge_jxl,
    huge_tiff,
    huge_webp,
    link_class,
    lost_profile,
    pages,
    sparse_tiff,
)
from .files import (
    chrm,
    chunk,
    cicp,
    exif,
    gama,
    iccp,
    jpeg,
    jxl_color,
    pillow,
    png,
    tiff,
    with_jxl_color,
)
from .samples import GREY, INK, RGB, RGB16, SMOOTH, write

REFUSED = {
    # nothing, or nothing that is an image
    "zero.png": (lambda: b"", "is empty (zero bytes)"),
    "text.png": (lambda: b"not an image, whatever it is called", "not an image of a known format"),
    "page.jpg": (lambda: b"<?xml version='1.0'?><svg/>", "is XML; PNG, JPEG, TIFF"),
    "a.gif": (lambda: pillow(GREY, "GIF"), "is GIF;"),
    "gif.png": (lambda: pillow(GREY, "GIF"), "is GIF;"),
    "a.bmp": (lambda: pillow(RGB, "BMP"), "is BMP;"),
    "a.ppm": (lambda: pillow(RGB, "PPM"), "is netpbm;"),
    "a.jp2": (lambda: pillow(RGB, "JPEG2000"), "is JPEG 2000;"),
    "a.heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is HEIF or video ('heic')"),
    # cut off or damaged
    "signature.png": (lambda: png(RGB)[:8], "without header"),
    "cut.png": (lambda: cut(png(RGB)), "is truncated"),
    "no-end.png": (lambda: png(RGB)[:-12], "is truncated"),
    "cut-head.jpg": (lambda: cut(jpeg(SMOOTH), 0.3), "is truncated"),
    "cut.jpg": (lambda: cut(jpeg(SMOOTH), 0.9), "cannot be decoded: image file is truncated"),
    "cut.tif": (lambda: cut(pillow(RGB, "TIFF")), "strips or tiles are missing"),
    "cut-tags.tif": (lambda: cut(tiff(RGB, photometric="rgb"), 0.1), "cannot be decoded"),
    "sparse.tif": (sparse_tiff, "strips or tiles are missing"),
    "lost-profile.tif": (lost_profile, "is damaged: <TiffTag.fromfile> raised"),
    "circle.tif": (circle, "holds several pages"),
    "no-marker.jpg": (
        lambda: jpeg(SMOOTH).replace(b"\xff\xdb", b"\xfe\xdb", 1),
        "marker is missing",
    ),
    "no-frame.jpg": (lambda: jpeg(SMOOTH).replace(b"\xff\xc0", b"\xff\xfe", 1), "without frame"),
    "cut.webp": (lambda: cut(pillow(RGB, "WEBP", lossless=True)), "cannot be"),
    "cut.avif": (lambda: cut(codec("avif_encode", RGB, 90), 0.9), "Truncated data"),
    "cut.jxl": (lambda: cut(codec("jpegxl_encode", RGB, lossless=True)), "cannot be decoded"),
    "head-only.jxl": (lambda: b"\xff\x0a", "is truncated"),
    "checksum.png": (lambda: flipped(png(RGB, gama(45455)), 43), "checksum of chunk 'gAMA'"),
    "short-data.png": (
        lambda: header(50, 50),
        "cannot be decoded",
    ),
    # too large
    "huge.png": (lambda: header(100_000, 100_000), "100000x100000 pixels, above the cap"),
    "huge.jpg": (huge_jpeg, "65000x65000 pixels, above the cap of 100,000,000 pixels"),
    "huge.tif": (huge_tiff, "100000x100000 pixels, above the cap"),
    "huge.webp": (huge_webp, "16383x16383 pixels, above the cap"),
    "huge.avif": (huge_avif, "100000x100000 pixels, above the cap"),
    "huge.jxl": (huge_jxl, "100000x100000 pixels, above the cap"),
    "nothing.png": (lambda: header(0, 5), "0x5 pixels, which is no picture"),
    # more than one picture
    "animated.png": (lambda: animated("PNG"), "is animated"),
    "animated.webp": (lambda: animated("WEBP"), "is animated"),
    "animated.avif": (lambda: animated("AVIF"), "is animated"),
    "animated.jxl": (
        lambda: codec("jpegxl_encode", np.stack([RGB, RGB]), lossless=True),
        "is animated",
    ),
    "pages.tif": (lambda: pages(RGB, RGB), "holds several pages"),
    # transparency
    "clear.png": (lambda: png(clear(RGB)), "has transparent pixels (1 of 418)"),
    "clear16.png": (lambda: png(clear(RGB16)), "has transparent pixels (1 of 418)"),
    "clear-grey.png": (lambda: png(clear(GREY)), "has transparent pixels (1 of 418)"),
    "clear-key.png": (
        lambda: png(RGB, chunk(b"tRNS", struct.pack(">3H", *RGB[9, 9]))),
        "transparent pixels",
    ),
    "clear-palette.png": (
        lambda: png(GREY % 8, chunk(b"tRNS", b"\x80"), palette=RGB.reshape(-1, 3)[:8]),
        "transparent pixels",
    ),
    "clear.tif": (
        lambda: tiff(clear(RGB), photometric="rgb", extrasamples=["unassalpha"]),
        "has transparent pixels (1 of 418)",
    ),
    "clear.webp": (
        lambda: pillow(clear(RGB), "WEBP", lossless=True),
        "has transparent pixels (1 of",
    ),
    "clear.avif": (lambda: codec("avif_encode", clear(RGB), 100), "has transparent pixels (1 of"),
    "clear.jxl": (
        lambda: codec("jpegxl_encode", clear(RGB), lossless=True),
        "has transparent pixels (1 of",
    ),
    # colours that nobody can know
    "cmyk.tif": (lambda: tiff(INK, photometric="separated"), "is CMYK without an ICC profile"),
    "cmyk.jpg": (cmyk_jpeg, "is CMYK without an ICC profile"),
    "cmyk-unmarked.jpg": (
        lambda: cmyk_jpeg().replace(b"Adobe\0d", b"Bdobe\0d"),
        "without Adobe's marker",
    ),
    "lab.tif": (
        lambda: tiff(RGB, photometric="cielab"),
        "photometric interpretation CIELAB",
    ),
    "raw-ycbcr.tif": (lambda: tiff(RGB, photometric="ycbcr"), "interpretation YCBCR"),
    "float.tif": (lambda: tiff(RGB / np.float32(255), photometric="rgb"), "32-bit float32"),
    "signed.tif": (lambda: tiff(RGB.astype(np.int16), photometric="rgb"), "16-bit int16"),
    "five.tif": (
        lambda: tiff(
            np.concatenate([RGB, RGB[..., :2]], axis=2),
            photometric="rgb",
            extrasamples=["unspecified"] * 2,
        ),
        "not 3 channels",
    ),
    "primaries.tif": (
        lambda: tiff(
            RGB,
            photometric="rgb",
            extratags=[(319, 5, 6, (64, 100, 33, 100, 3, 10, 6, 10, 15, 100, 6, 100), True)],
        ),
        "TIFF tags alone",
    ),
    "uncalibrated.jpg": (
        lambda: jpeg(SMOOTH, exif_block=exif(color_space=0xFFFF)),
        "its Exif says that it is not sRGB",
    ),
    "pq.png": (lambda: png(RGB, cicp(9, 16, 0, 1)), "is high dynamic range (PQ)"),
    "hlg.png": (lambda: png(RGB, cicp(9, 18, 0, 1)), "is high dynamic range (HLG)"),
    "pq.avif": (
        lambda: codec("avif_encode", RGB, 90, primaries=9, transfer=16),
        "is high dynamic range (PQ)",
    ),
    "pq.jxl": (
        lambda: with_jxl_color(
            codec("jpegxl_encode", RGB, lossless=True), jxl_color(primaries=9, transfer=16)
        ),
        "is high dynamic range (PQ)",
    ),
    "codes.png": (lambda: png(RGB, cicp(77, 13, 0, 1)), "(primaries 77, transfer 13)"),
    "matrix.png": (lambda: png(RGB, cicp(1, 13, 1, 1)), "matrix 1; PNG allows only 0"),
    "gamma-zero.png": (lambda: png(RGB, gama(0)), "gAMA chunk of 0"),
    "no-triangle.png": (
        lambda: png(RGB, chrm(icc.D65, [icc.D65] * 3)),
        "primaries that span no colours",
    ),
    "no-height.png": (
        lambda: png(RGB, chrm(icc.D65, ((0.6, 0.0), *icc.SRGB[1:]))),
        "primaries that span no colours",
    ),
    "short-chunk.png": (lambda: png(RGB, chunk(b"cHRM", b"12")), "wrong length"),
    # profiles that do not work
    "garbage-profile.png": (lambda: png(RGB, iccp(b"garbage" * 40)), "profile that is damaged"),
    "cut-profile.png": (lambda: png(RGB, iccp(icc.DISPLAY_P3[:200])), "profile that cannot be"),
    "unpacked-profile.png": (
        lambda: png(RGB, chunk(b"iCCP", b"x\0\0" + icc.DISPLAY_P3)),
        "cannot be unpacked",
    ),
    "link-profile.png": (lambda: png(RGB, iccp(link_class())), "describes no pixels"),
    "cmyk-profile.png": (
        lambda: png(RGB, iccp(icc.CMYK)),
        "rgb pixels but an ICC profile for cmyk",
    ),
    "grey-profile.png": (lambda: png(RGB, iccp(icc.GREY_18)), "rgb pixels but an ICC profile for"),
    "rgb-profile.tif": (
        lambda: tiff(INK, photometric="separated", iccprofile=icc.DISPLAY_P3),
        "cmyk pixels but an ICC profile for rgb",
    ),
    "part-profile.jpg": (
        lambda: jpeg(SMOOTH, icc.DISPLAY_P3).replace(b"PROFILE\0\1\1", b"PROFILE\0\1\2"),
        "profile that is incomplete",
    ),
    "profile.jxl": (
        lambda: with_jxl_color(codec("jpegxl_encode", RGB, lossless=True), jxl_color(icc=True)),
        "JPEG XL file with an ICC profile",
    ),
    "float.jxl": (
        lambda: codec("jpegxl_encode", RGB / np.float32(255), lossless=True),
        "floating point",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_line_naming_file_and_reason(tmp_path, name, capfd):
    make, reason = REFUSED[name]
    path = write(tmp_path, name, make())
    with pytest.raises(ColordegError) as caught:
        load_image(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert reason in text
    assert "\n" not in text
    assert len(text) - len(str(path)) < 200
    assert capfd.readouterr() == ("", "")


def test_huge_header_allocates_nothing(tmp_path):
    paths = [write(tmp_path, name, REFUSED[name][0]()) for name in REFUSED if "huge" in name]
    for path in paths:
        with pytest.raises(ColordegError):  # once, so that imports are not counted
            load_image(path)
    tracemalloc.start()
    try:
        for path in paths:
            with pytest.raises(ColordegError):
                load_image(path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_cap_is_an_argument(tmp_path):
    path = write(tmp_path, "a.png", png(RGB))
    assert load_image(path, max_pixels=22 * 19).shape == RGB.shape
    with pytest.raises(ColordegError, match="19x22 pixels, above the cap of 417 pixels"):
        load_image(path, max_pixels=22 * 19 - 1)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(ColordegError, match=r"gone\.png: does not exist"):
        load_image(tmp_path / "gone.png")
    with pytest.raises(ColordegError, match="is not a file"):
        load_image(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ColordegError, match="is not a file"):
        load_image(tmp_path / "pipe.png")


def test_unreadable_file(tmp_path, monkeypatch):
    path = write(tmp_path, "a.png", png(RGB))

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", denied)
    with pytest.raises(ColordegError, match=r"a\.png: cannot be read: Permission denied"):
        load_image(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_name_that_is_not_utf8_is_shown_escaped(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    try:
        path.write_bytes(b"")
    except OSError:
        pytest.skip("this file system holds no such name")
    with pytest.raises(ColordegError, match=r"caf\\xe9\.png: is empty") as caught:
        load_image(path)
    str(caught.value).encode("ascii")


SOUND = {
    "png": lambda: png(RGB16, iccp(icc.DISPLAY_P3), chunk(b"eXIf", exif(6))),
    "jpeg": lambda: jpeg(SMOOTH, icc.DISPLAY_P3, exif(6)),
    "tiff": lambda: tiff(RGB, photometric="rgb", iccprofile=icc.ADOBE_RGB, compression="deflate"),
    "webp": lambda: pillow(RGB, "WEBP", lossless=True, icc_profile=icc.DISPLAY_P3),
    "avif": lambda: codec("avif_encode", RGB, 90, primaries=12, transfer=13),
    "jxl": lambda: codec("jpegxl_encode", RGB, lossless=True, usecontainer=True),
}
_built: dict[str, bytes] = {}


@pytest.mark.parametrize("kind", SOUND)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(draw=st.data())
def test_damaged_bytes_give_pixels_or_one_clear_error(tmp_path, kind, draw):
    data = bytearray(_built.setdefault(kind, SOUND[kind]()))
    places = st.integers(0, len(data) - 1)
    for at, value in draw.draw(
        st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=6)
    ):
        data[at] = value
    data = data[: draw.draw(st.just(len(data)) | places)]
    path = write(tmp_path, "a.bin", bytes(data))
    try:
        pixels = load_image(path, max_pixels=20_000)
    except ColordegError as error:
        text = str(error)
    else:
        check_pixels(pixels)
        text = f"{path}: sound"
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
