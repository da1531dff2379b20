"""Tagged files: what the tag means is computed exactly, by another library or from the standard."""

import numpy as np
import pytest

from pytest_colordeg.images import convert
from pytest_colordeg.images.encoding import from_cicp
from pytest_colordeg.images.load import load_image
from pytest_colordeg.images.readers.jxl import codestream
from pytest_colordeg.images.readers.jxl_header import parse_header

from . import icc
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
from .samples import (
    GREY,
    GREY16,
    INK,
    RGB,
    RGB10,
    RGB16,
    SMOOTH,
    assert_close,
    assert_same,
    by_colour_science,
    lab_to_srgb,
    light_to_srgb,
    write,
)

PROFILES = {"Display P3": icc.DISPLAY_P3, "Adobe RGB (1998)": icc.ADOBE_RGB}
TAGGED = {
    "png": lambda profile: png(RGB, iccp(profile)),
    "tiff": lambda profile: tiff(RGB, photometric="rgb", iccprofile=profile),
    "webp": lambda profile: pillow(RGB, "WEBP", lossless=True, icc_profile=profile),
}


@pytest.mark.parametrize("kind", TAGGED)
@pytest.mark.parametrize("space", PROFILES)
def test_icc_profile_in_a_lossless_file(tmp_path, kind, space):
    path = write(tmp_path, f"a.{kind}", TAGGED[kind](PROFILES[space]))
    assert_close(load_image(path), by_colour_science(RGB / 255, space))


@pytest.mark.parametrize("space", PROFILES)
def test_icc_profile_in_a_jpeg(tmp_path, space):
    plain = load_image(write(tmp_path, "plain.jpg", jpeg(SMOOTH)))
    path = write(tmp_path, "a.jpg", jpeg(SMOOTH, PROFILES[space]))
    assert_close(load_image(path), by_colour_science(plain / 255, space))


def test_icc_profile_in_an_avif(tmp_path):
    import imagecodecs

    data = pillow(SMOOTH, "AVIF", quality=95, subsampling="4:4:4", icc_profile=icc.DISPLAY_P3)
    plain = imagecodecs.avif_decode(data)
    assert np.abs(plain.astype(int) - SMOOTH).max() < 8
    pixels = load_image(write(tmp_path, "a.avif", data))
    assert_close(pixels, by_colour_science(plain / 255, "Display P3"))


def test_icc_profile_over_several_jpeg_segments(tmp_path):
    long = icc.profile(
        b"RGB ",
        {
            b"wtpt": icc.xyz_tag(icc.D50),
            b"pad ": icc.text_tag("x" * 150_000),
            **{
                letter + b"XYZ": icc.xyz_tag(icc.colorants(icc.P3)[:, index])
                for index, letter in enumerate([b"r", b"g", b"b"])
            },
            **{letter + b"TRC": icc.srgb_curve() for letter in [b"r", b"g", b"b"]},
        },
    )
    plain = load_image(write(tmp_path, "plain.jpg", jpeg(SMOOTH)))
    pixels = load_image(write(tmp_path, "a.jpg", jpeg(SMOOTH, long)))
    assert_close(pixels, by_colour_science(plain / 255, "Display P3"))


def test_swapped_channels_are_put_right(tmp_path):
    pixels = load_image(write(tmp_path, "a.png", png(RGB, iccp(icc.SWAPPED))))
    assert_close(pixels, RGB[..., ::-1].astype(float))


@pytest.mark.parametrize("pixels", [RGB, GREY], ids=["rgb", "grey"])
def test_profile_that_is_srgb_changes_nothing(tmp_path, pixels):
    loaded = load_image(write(tmp_path, "a.png", png(pixels, iccp(icc.SRGB_PROFILE))))
    assert_same(loaded, np.broadcast_to(np.atleast_3d(pixels), loaded.shape))


def test_profiles_that_photographs_carry_as_srgb_change_nothing(tmp_path):
    import imagecodecs
    from PIL import Image

    from pytest_colordeg.images.photos import _folder

    with Image.open(_folder() / "chelsea.png") as picture:
        assert len(picture.info["icc_profile"]) == 3144
        expected = np.asarray(picture)
    assert_same(load_image(_folder() / "chelsea.png"), expected)
    data = png(RGB, iccp(imagecodecs.cms_profile("srgb")))
    assert_same(load_image(write(tmp_path, "a.png", data)), RGB)


def test_sixteen_bits_are_converted_before_they_are_rounded(tmp_path):
    exact = by_colour_science(RGB16 / 65535, "Adobe RGB (1998)")
    for name, data in {
        "a.png": png(RGB16, iccp(icc.ADOBE_RGB)),
        "a.tif": tiff(RGB16, photometric="rgb", iccprofile=icc.ADOBE_RGB),
    }.items():
        assert_close(load_image(write(tmp_path, name, data)), exact, bound=0.7)


def test_linear_profile_of_sixteen_bits_keeps_the_shadows(tmp_path):
    dark = RGB16 // 64
    pixels = load_image(write(tmp_path, "a.png", png(dark, iccp(icc.LINEAR))))
    assert_close(pixels, light_to_srgb(dark / 65535), bound=0.6)
    assert len(np.unique(pixels)) > 30


@pytest.mark.parametrize("grey", [GREY, GREY16], ids=["8", "16"])
def test_grey_profile_gives_exact_greys(tmp_path, grey):
    pixels = load_image(write(tmp_path, "a.png", png(grey, iccp(icc.GREY_18))))
    assert (pixels == pixels[..., :1]).all()
    top = np.iinfo(grey.dtype).max
    assert_close(pixels, np.repeat(light_to_srgb((grey / top) ** 1.8)[..., None], 3, axis=2))


def test_grey_with_an_rgb_profile_is_converted_as_equal_rgb(tmp_path):
    pixels = load_image(write(tmp_path, "a.png", png(GREY, iccp(icc.ADOBE_RGB))))
    assert (pixels == pixels[..., :1]).all()
    exact = light_to_srgb((GREY / 255) ** (563 / 256))
    assert_close(pixels, np.repeat(exact[..., None], 3, axis=2))


def test_cmyk_with_a_profile(tmp_path):
    exact = lab_to_srgb(icc.cmyk_lab(INK / 255))
    path = write(tmp_path, "a.tif", tiff(INK, photometric="separated", iccprofile=icc.CMYK))
    assert_close(load_image(path), exact)


def test_adobe_cmyk_jpeg_with_a_profile(tmp_path):
    import io

    from PIL import Image

    smooth = np.concatenate([SMOOTH, SMOOTH[..., :1] // 2], axis=2)
    data = jpeg_cmyk(smooth, icc.CMYK)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.info["adobe"]
        plain = np.asarray(picture)
    assert np.abs(plain.astype(int) - smooth).max() < 12
    pixels = load_image(write(tmp_path, "a.jpg", data))
    assert_close(pixels, lab_to_srgb(icc.cmyk_lab(plain / 255)))


def jpeg_cmyk(ink, profile=None):
    options = {"icc_profile": profile} if profile else {}
    return pillow(ink, "JPEG", mode="CMYK", quality=95, **options)


# --- PNG colour chunks ---------------------------------------------------------

P3_CHUNKS = [gama(45455), chrm(icc.D65, icc.P3)]
SRGB_CHUNK = chunk(b"sRGB", b"\0")


@pytest.mark.parametrize(
    ("chunks", "space"),
    [
        ([cicp(12, 13, 0, 1)], "Display P3"),
        (P3_CHUNKS, "Display P3"),
        ([chrm(icc.D65, icc.P3)], "Display P3"),
        ([gama(round(100000 / 2.19921875)), chrm(icc.D65, icc.ADOBE)], "Adobe RGB (1998)"),
        ([cicp(12, 13, 0, 1), iccp(icc.ADOBE_RGB), SRGB_CHUNK, gama(100000)], "Display P3"),
        ([iccp(icc.ADOBE_RGB), SRGB_CHUNK, *P3_CHUNKS], "Adobe RGB (1998)"),
        ([chunk(b"eXIf", exif(color_space=0xFFFF, interoperability="R03"))], "Adobe RGB (1998)"),
    ],
    ids=["cICP", "gAMA+cHRM", "cHRM", "adobe", "cICP-first", "iCCP-second", "eXIf"],
)
def test_png_colour_chunks_and_their_precedence(tmp_path, chunks, space):
    path = write(tmp_path, "a.png", png(RGB, *chunks))
    assert_close(load_image(path), by_colour_science(RGB / 255, space))


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        [SRGB_CHUNK, gama(100000), chrm(icc.D65, icc.P3)],
        [gama(45455)],
        [gama(45455), chrm(icc.D65, icc.SRGB)],
        [gama(45455), chrm((0.31269, 0.32899), ((0.63999, 0.33001), *icc.SRGB[1:]))],
        [cicp(1, 13, 0, 1), iccp(icc.ADOBE_RGB)],
        [cicp(2, 2, 0, 1)],
        [chunk(b"eXIf", exif(color_space=1))],
    ],
    ids=[
        "none",
        "sRGB-third",
        "gAMA-45455",
        "sRGB-cHRM",
        "rounded",
        "cICP-sRGB",
        "unspecified",
        "eXIf",
    ],
)
def test_png_chunks_that_mean_srgb_change_nothing(tmp_path, chunks):
    assert_same(load_image(write(tmp_path, "a.png", png(RGB, *chunks))), RGB)


@pytest.mark.parametrize(("value", "exponent"), [(100000, 1.0), (55556, 1.8), (30000, 1 / 0.3)])
def test_png_gamma_is_a_power(tmp_path, value, exponent):
    path = write(tmp_path, "a.png", png(RGB16, gama(value)))
    assert_close(load_image(path), light_to_srgb((RGB16 / 65535) ** exponent))


def test_png_chromaticities_with_another_white_are_adapted(tmp_path):
    d50 = (0.3457, 0.3585)
    wide = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001))
    path = write(tmp_path, "a.png", png(RGB, gama(round(100000 / 1.8)), chrm(d50, wide)))
    pixels = load_image(path)
    assert_close(pixels, by_colour_science(RGB / 255, "ROMM RGB"), bound=12)  # its toe differs
    bright = (RGB > 20).all(axis=2)
    assert_close(pixels[bright], by_colour_science(RGB / 255, "ROMM RGB")[bright], bound=1.5)
    assert (np.ptp(pixels[6:9], axis=2) <= 1).all()  # greys of the file stay grey


def test_png_narrow_range(tmp_path):
    path = write(tmp_path, "a.png", png(RGB, cicp(1, 13, 0, 0)))
    exact = 255 * np.clip((RGB.astype(float) - 16) / 219, 0, 1)
    assert_close(load_image(path), exact)


def test_png_bt2020_with_the_camera_curve(tmp_path):
    path = write(tmp_path, "a.png", png(RGB, cicp(9, 1, 0, 1)))
    assert_close(load_image(path), by_colour_science(RGB / 255, "ITU-R BT.2020"))


# --- tags of other formats ------------------------------------------------------


def test_camera_jpeg_of_adobe_rgb_without_profile(tmp_path):
    plain = load_image(write(tmp_path, "plain.jpg", jpeg(SMOOTH)))
    for order in "<>":
        block = exif(color_space=0xFFFF, interoperability="R03", order=order)
        pixels = load_image(write(tmp_path, "a.jpg", jpeg(SMOOTH, exif_block=block)))
        assert_close(pixels, by_colour_science(plain / 255, "Adobe RGB (1998)"))


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_avif_code_points_and_depth(tmp_path, bits):
    import imagecodecs

    pixels = RGB if bits == 8 else (RGB10 << (bits - 10)).astype(np.uint16)
    options = {} if bits == 8 else {"bitspersample": bits}
    data = imagecodecs.avif_encode(
        pixels, 100, pixelformat="yuv444", primaries=12, transfer=13, **options
    )
    exact = by_colour_science(pixels / (2**bits - 1), "Display P3")
    assert_close(load_image(write(tmp_path, "a.avif", data)), exact)


def test_jxl_lossless_samples_mean_what_the_header_says(tmp_path):
    import imagecodecs

    data = imagecodecs.jpegxl_encode(RGB, lossless=True)
    p3 = with_jxl_color(data, jxl_color(primaries=11))
    exact = by_colour_science(RGB / 255, "Display P3")
    assert_close(load_image(write(tmp_path, "a.jxl", p3)), exact)
    gamma = with_jxl_color(data, jxl_color(gamma=round(1e7 / 2.2)))
    exact = light_to_srgb((RGB / 255) ** 2.2)
    assert_close(load_image(write(tmp_path, "b.jxl", gamma)), exact)
    plain = with_jxl_color(data, jxl_color())
    assert_same(load_image(write(tmp_path, "c.jxl", plain)), RGB)


def test_jxl_of_sixteen_bits_is_linear_light_where_the_encoder_says_so(tmp_path):
    import imagecodecs

    data = imagecodecs.jpegxl_encode(RGB16, lossless=True)
    assert parse_header(codestream(data)).transfer == 8
    assert_close(load_image(write(tmp_path, "a.jxl", data)), light_to_srgb(RGB16 / 65535))


def test_jxl_lossy_picture_looks_the_same_whatever_space_it_is_decoded_to(tmp_path):
    """XYB holds absolute colours: a P3 head makes the decoder give P3, and we undo it."""
    import imagecodecs

    smooth = SMOOTH.astype(np.uint16) * 4  # 10 bits, so that the head is written out
    data = imagecodecs.jpegxl_encode(smooth, distance=0.5, bitspersample=10)
    data = with_jxl_color(codestream(data), jxl_color())
    p3 = with_jxl_color(data, jxl_color(primaries=11))
    decoded = imagecodecs.jpegxl_decode(p3)
    plain = load_image(write(tmp_path, "a.jxl", data))
    pixels = load_image(write(tmp_path, "b.jxl", p3))
    assert np.abs(decoded / 1023 * 255 - plain).max() > 4
    assert np.abs(pixels.astype(int) - plain).max() <= 2


# --- the conversion itself --------------------------------------------------------


@pytest.mark.parametrize("code", [1, 5, 6, 9, 11, 12])
def test_white_stays_white_and_greys_stay_grey_under_any_primaries(code):
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    values = convert.encoding_to_srgb(levels, 8, from_cicp(code, 13))
    assert np.abs(values - levels / 255).max() < 1e-12


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 16])
def test_depths_are_rounded_to_the_nearest_level(bits):
    top = 2**bits - 1
    samples = np.arange(top + 1, dtype=np.uint16)
    assert np.array_equal(
        convert._requantised(samples, bits), np.rint(samples.astype(float) * 255 / top)
    )


def test_long_pictures_are_converted_strip_by_strip_without_seams(tmp_path, monkeypatch):
    path = write(tmp_path, "a.png", png(RGB, iccp(icc.DISPLAY_P3)))
    whole = load_image(path)
    monkeypatch.setattr(convert, "STRIP", 40)
    assert_same(load_image(path), whole)
