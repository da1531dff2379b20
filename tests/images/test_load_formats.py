"""Depths, channels, layouts and orientations: lossless sources come back sample by sample."""

import io
import struct

import numpy as np
import pytest

from pytest_colordeg.images.load import load_image
from pytest_colordeg.images.readers.jxl import codestream

from .files import (
    chunk,
    exif,
    jpeg,
    jxl_color,
    pillow,
    png,
    tiff,
    with_jxl_color,
    with_jxl_orientation,
)
from .samples import GREY, GREY16, RGB, RGB10, RGB16, SMOOTH, assert_same, write

OPAQUE = np.full((*GREY.shape, 1), 255, np.uint8)


def rounded(samples, top):
    return np.floor(samples.astype(float) * 255 / top + 0.5).astype(np.uint8)


def equal_rgb(grey):
    return np.repeat(grey[..., None], 3, axis=2)


def _ramp(bits):
    return (GREY % 2**bits).astype(np.uint8)


PALETTE = RGB.reshape(-1, 3)[:200]
INDICES = (GREY % 200).astype(np.uint8)
TIFF_PALETTE = np.zeros((3, 256), np.uint16)
TIFF_PALETTE[:, :200] = PALETTE.T

EXACT = {
    "rgb.png": (lambda: png(RGB), RGB),
    "interlaced.png": (lambda: png(RGB, interlaced=True), RGB),
    "interlaced16.png": (lambda: png(RGB16, interlaced=True), rounded(RGB16, 65535)),
    "sixteen.png": (lambda: png(RGB16), rounded(RGB16, 65535)),
    "grey.png": (lambda: png(GREY), equal_rgb(GREY)),
    "grey16.png": (lambda: png(GREY16), equal_rgb(rounded(GREY16, 65535))),
    "grey1.png": (lambda: png(_ramp(1), depth=1), equal_rgb(_ramp(1) * 255)),
    "grey2.png": (lambda: png(_ramp(2), depth=2), equal_rgb(_ramp(2) * 85)),
    "grey4.png": (lambda: png(_ramp(4), depth=4), equal_rgb(_ramp(4) * 17)),
    "palette.png": (lambda: png(INDICES, palette=PALETTE), PALETTE[INDICES]),
    "palette2.png": (lambda: png(_ramp(2), depth=2, palette=PALETTE[:4]), PALETTE[_ramp(2)]),
    "palette-opaque.png": (
        lambda: png(INDICES, chunk(b"tRNS", b"\xff" * 200), palette=PALETTE),
        PALETTE[INDICES],
    ),
    "rgba-opaque.png": (lambda: png(np.concatenate([RGB, OPAQUE], axis=2)), RGB),
    "rgba16-opaque.png": (
        lambda: png(np.concatenate([RGB16, OPAQUE * np.uint16(257)], axis=2)),
        rounded(RGB16, 65535),
    ),
    "grey-alpha-opaque.png": (
        lambda: png(np.concatenate([GREY[..., None], OPAQUE], axis=2)),
        equal_rgb(GREY),
    ),
    "one.png": (lambda: png(RGB[:1, :1]), RGB[:1, :1]),
    "one-frame.png": (lambda: png(RGB, chunk(b"acTL", struct.pack(">II", 1, 0))), RGB),
    "png-inside.jpg": (lambda: png(RGB), RGB),
    "rgb.tif": (lambda: tiff(RGB, photometric="rgb"), RGB),
    "sixteen.tif": (lambda: tiff(RGB16, photometric="rgb"), rounded(RGB16, 65535)),
    "big-endian.tif": (
        lambda: tiff(RGB16, photometric="rgb", byteorder=">"),
        rounded(RGB16, 65535),
    ),
    "bigtiff.tif": (lambda: _bigtiff(RGB), RGB),
    "planar.tif": (
        lambda: tiff(np.moveaxis(RGB, -1, 0).copy(), photometric="rgb", planarconfig="separate"),
        RGB,
    ),
    "tiled.tif": (lambda: tiff(RGB, photometric="rgb", tile=(16, 16)), RGB),
    "lzw.tif": (lambda: pillow(RGB, "TIFF", compression="tiff_lzw"), RGB),
    "deflate-predicted.tif": (
        lambda: tiff(RGB16, photometric="rgb", compression="deflate", predictor=True),
        rounded(RGB16, 65535),
    ),
    "grey.tif": (lambda: tiff(GREY, photometric="minisblack"), equal_rgb(GREY)),
    "grey16.tif": (
        lambda: tiff(GREY16, photometric="minisblack"),
        equal_rgb(rounded(GREY16, 65535)),
    ),
    "white-is-zero.tif": (lambda: tiff(GREY, photometric="miniswhite"), equal_rgb(255 - GREY)),
    "white-is-zero16.tif": (
        lambda: tiff(GREY16, photometric="miniswhite"),
        equal_rgb(rounded(65535 - GREY16, 65535)),
    ),
    "bilevel.tif": (lambda: pillow(_ramp(1) == 1, "TIFF"), equal_rgb(_ramp(1) * 255)),
    "palette.tif": (
        lambda: tiff(INDICES, photometric="palette", colormap=TIFF_PALETTE * 256),
        PALETTE[INDICES],
    ),
    "palette16.tif": (
        lambda: tiff(INDICES, photometric="palette", colormap=TIFF_PALETTE * 257),
        PALETTE[INDICES],
    ),
    "rgba-opaque.tif": (
        lambda: tiff(
            np.concatenate([RGB, OPAQUE], axis=2), photometric="rgb", extrasamples=["unassalpha"]
        ),
        RGB,
    ),
    "preview-page.tif": (lambda: _with_preview(RGB), RGB),
    "rgb.webp": (lambda: pillow(RGB, "WEBP", lossless=True), RGB),
    "rgba-opaque.webp": (
        lambda: pillow(np.concatenate([RGB, OPAQUE], axis=2), "WEBP", lossless=True),
        RGB,
    ),
    "rgb.avif": (lambda: _codec("avif_encode", RGB, 100, pixelformat="yuv444"), RGB),
    "ten.avif": (
        lambda: _codec("avif_encode", RGB10, 100, pixelformat="yuv444", bitspersample=10),
        rounded(RGB10, 1023),
    ),
    "grey.avif": (lambda: _codec("avif_encode", GREY, 100), equal_rgb(GREY)),
    "rgb.jxl": (lambda: _codec("jpegxl_encode", RGB, lossless=True), RGB),
    "container.jxl": (
        lambda: _codec("jpegxl_encode", RGB, lossless=True, usecontainer=True),
        RGB,
    ),
    "ten.jxl": (
        lambda: _jxl_as_srgb(RGB10, bitspersample=10),
        rounded(RGB10, 1023),
    ),
    "sixteen.jxl": (lambda: _jxl_as_srgb(RGB16), rounded(RGB16, 65535)),
    "sixteen-container.jxl": (
        lambda: _jxl_as_srgb(RGB16, boxed=True),
        rounded(RGB16, 65535),
    ),
    "grey.jxl": (lambda: _codec("jpegxl_encode", GREY, lossless=True), equal_rgb(GREY)),
    "rgba-opaque.jxl": (
        lambda: _codec("jpegxl_encode", np.concatenate([RGB, OPAQUE], axis=2), lossless=True),
        RGB,
    ),
}


def _codec(name, *arguments, **options):
    import imagecodecs

    return getattr(imagecodecs, name)(*arguments, **options)


def _jxl_as_srgb(pixels, boxed=False, **options):
    """The encoder tags more than 8 bits as linear light; here they are to be sRGB."""
    data = _codec("jpegxl_encode", pixels, lossless=True, **options)
    stream = with_jxl_color(codestream(data), jxl_color())
    if not boxed:
        return stream
    parts = [(b"JXL ", b"\r\n\x87\n"), (b"ftyp", b"jxl \0\0\0\0jxl ")]
    half = len(stream) // 2
    parts += [(b"jxlp", b"\0\0\0\0" + stream[:half]), (b"jxlp", b"\x80\0\0\1" + stream[half:])]
    return b"".join(struct.pack(">I", 8 + len(body)) + kind + body for kind, body in parts)


def _bigtiff(pixels):
    import tifffile

    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, photometric="rgb", bigtiff=True, metadata=None)
    return buffer.getvalue()


def _with_preview(pixels):
    import tifffile

    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(pixels, photometric="rgb", metadata=None)
        writer.write(pixels[::2, ::2], photometric="rgb", subfiletype=1, metadata=None)
    return buffer.getvalue()


@pytest.mark.parametrize("name", EXACT)
def test_lossless_file(tmp_path, name):
    make, expected = EXACT[name]
    pixels = load_image(write(tmp_path, name, make()))
    assert_same(pixels, expected)
    assert pixels.flags.c_contiguous


@pytest.mark.parametrize(
    "data",
    [
        lambda: jpeg(SMOOTH),
        lambda: jpeg(SMOOTH, progressive=True),
        lambda: jpeg(SMOOTH, keep_rgb=True),
        lambda: pillow(SMOOTH, "WEBP", quality=95),
        lambda: tiff(SMOOTH, photometric="rgb", compression="jpeg"),
        lambda: _codec("jpegxl_encode", SMOOTH, distance=0.5),
        lambda: _codec("avif_encode", SMOOTH, 90, pixelformat="yuv420"),
    ],
    ids=["jpeg", "progressive", "jpeg-rgb", "webp", "jpeg-in-tiff", "jxl", "avif-420"],
)
def test_lossy_file_is_near_its_source(tmp_path, data):
    pixels = load_image(write(tmp_path, "a.bin", data()))
    assert pixels.shape == SMOOTH.shape
    assert np.abs(pixels.astype(int) - SMOOTH).mean() < 3


def test_grey_jpeg_gives_equal_channels(tmp_path):
    pixels = load_image(write(tmp_path, "a.jpg", jpeg(SMOOTH[..., 0])))
    assert (pixels == pixels[..., :1]).all()


def test_jpeg_with_fill_bytes_comments_and_two_kinds_of_app1(tmp_path):
    def segment(marker, body):
        return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body

    data = jpeg(SMOOTH)
    extra = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>") + segment(0xFE, b"\xff\xd9 note")
    extra += b"\xff\xff" + segment(0xE1, b"Exif\0\0" + exif(3)) + segment(0xED, b"Photoshop 3.0")
    turned = load_image(write(tmp_path, "a.jpg", data[:2] + extra + data[2:]))
    assert_same(turned, load_image(write(tmp_path, "b.jpg", data))[::-1, ::-1])


def test_jpeg_with_further_pictures_gives_its_first(tmp_path):
    from PIL import Image

    first, second = Image.fromarray(SMOOTH), Image.fromarray(255 - SMOOTH)
    buffer = io.BytesIO()
    first.save(buffer, "MPO", save_all=True, append_images=[second], quality=95)
    pixels = load_image(write(tmp_path, "a.jpg", buffer.getvalue()))
    assert np.abs(pixels.astype(int) - SMOOTH).max() < 20


# --- orientation -------------------------------------------------------------------


def upright_by_pillow(pixels, orientation):
    from PIL import Image, ImageOps

    picture = Image.fromarray(pixels)
    picture.getexif()[0x0112] = orientation
    return np.asarray(ImageOps.exif_transpose(picture))


ORIENTED = {
    "png": lambda turn: png(RGB, chunk(b"eXIf", exif(turn))),
    "tiff": lambda turn: tiff(RGB, photometric="rgb", extratags=[(274, 3, 1, turn, True)]),
    "webp": lambda turn: pillow(RGB, "WEBP", lossless=True, exif=b"Exif\0\0" + exif(turn)),
}


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ORIENTED)
def test_exif_orientation_of_lossless_files(tmp_path, kind, turn):
    pixels = load_image(write(tmp_path, "a", ORIENTED[kind](turn)))
    assert_same(pixels, upright_by_pillow(RGB, turn))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_orientation_of_jpeg(tmp_path, turn, order):
    plain = load_image(write(tmp_path, "plain.jpg", jpeg(SMOOTH)))
    data = jpeg(SMOOTH, exif_block=exif(turn, order=order))
    pixels = load_image(write(tmp_path, "a.jpg", data))
    assert_same(pixels, upright_by_pillow(plain, turn))


@pytest.mark.parametrize("turn", range(1, 9))
def test_turns_and_mirrors_of_avif(tmp_path, turn):
    """Pillow writes Exif's orientation as the boxes irot and imir."""
    options = {"quality": 95, "subsampling": "4:4:4"}
    data = pillow(SMOOTH, "AVIF", exif=b"Exif\0\0" + exif(turn), **options)
    assert (b"irot" in data or b"imir" in data) == (turn > 1)
    pixels = load_image(write(tmp_path, "a.avif", data))
    expected = upright_by_pillow(SMOOTH, turn)
    assert pixels.shape == expected.shape
    assert np.abs(pixels.astype(int) - expected).max() < 8


@pytest.mark.parametrize("turn", range(1, 9))
def test_orientation_in_the_head_of_jxl(tmp_path, turn):
    data = with_jxl_orientation(_codec("jpegxl_encode", RGB, lossless=True), turn)
    pixels = load_image(write(tmp_path, "a.jxl", data))
    assert_same(pixels, upright_by_pillow(RGB, turn))


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_orientation_that_does_not_exist_is_none(tmp_path, value):
    assert_same(load_image(write(tmp_path, "a.png", ORIENTED["png"](value))), RGB)
    assert_same(load_image(write(tmp_path, "a.tif", ORIENTED["tiff"](value))), RGB)


def test_orientation_in_xmp_alone_is_not_applied(tmp_path):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" tiff:Orientation="6"/>'
    body = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp
    assert_same(load_image(write(tmp_path, "a.png", png(RGB, chunk(b"iTXt", body)))), RGB)


def test_damaged_exif_counts_as_absent(tmp_path):
    for block in (b"", b"II*\0", exif(6)[:20], b"MM\0*\xff\xff\xff\xff", b"\0" * 40):
        pixels = load_image(write(tmp_path, "a.png", png(RGB, chunk(b"eXIf", block))))
        assert pixels.shape in (RGB.shape, RGB.swapaxes(0, 1).shape)
