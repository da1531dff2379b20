"""Figures as files: all of them, well-formed, the same every time, readable by all eyes."""

from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import PIL.Image
import pytest

from pytest_colordeg.color import delta_e00, srgb_to_lab
from pytest_colordeg.color.srgb import linear
from pytest_colordeg.images import resolve
from pytest_colordeg.report.figures import (
    curve_figures,
    patch_figure,
    plane_figure,
    save,
    whole_page,
)
from pytest_colordeg.report.gallery import Decoding, telling_patch
from pytest_colordeg.report.palette import DARK, LIGHT, look
from pytest_colordeg.report.plane import lab_to_srgb

from .samples import HOSTILE, failing, point, run


def test_every_chart_and_rose_becomes_svg_and_png(tmp_path):
    names = []
    for name, figure in curve_figures(run()):
        names.append(name)
        svg, png = save(figure, tmp_path, name)
        assert ElementTree.parse(svg).getroot().tag.endswith("svg")
        with PIL.Image.open(png) as picture:
            assert picture.width > 600
    assert names == [
        *("photos-delta-e00", "photos-delta-e00-p95", "photos-delta-c", "photos-unique-ab"),
        *("photos-cumulative", "photos-psnr", "photos-ms-ssim", "photos-hue-delta-c"),
    ]


def test_a_figure_is_the_same_file_every_time(tmp_path):
    bytes_of = []
    for folder in ("one", "two"):
        name, figure = next(curve_figures(run()))
        bytes_of.append([path.read_bytes() for path in save(figure, tmp_path / folder, name)])
    assert bytes_of[0] == bytes_of[1]


def test_hostile_names_are_text_in_a_figure(tmp_path):
    data = run([failing(HOSTILE + "$x^2$", rung) for rung in (1, 2)])
    name, figure = next(curve_figures(data))
    svg, _ = save(figure, tmp_path, "../" + HOSTILE + name)
    assert svg.parent == tmp_path
    text = svg.read_text("utf-8")
    assert "<img" not in text
    assert "\x1b" not in text
    assert "&lt;img src=x" in text
    ElementTree.fromstring(text)


def decodings():
    (selection,) = resolve(["photos/coffee-saucer"], None)
    pixels = selection.images[0].pixels
    damaged = pixels.copy()
    damaged[64:96, 128:160] = 255 - damaged[64:96, 128:160]
    return pixels, [Decoding("kept", 1, 0.5, 0.0, pixels), Decoding("bad", 2, 0.5, 1.0, damaged)]


def test_the_patch_is_where_codecs_differ():
    pixels, found = decodings()
    top, left = telling_patch(pixels, found, 32)
    assert (top, left) == (64, 128)


def test_a_small_image_is_its_own_patch():
    pixels, _ = decodings()
    small = pixels[:20, :20]
    assert telling_patch(small, [Decoding("one", 1, 0.5, 0.0, small)], 32) == (0, 0)


def test_planes_and_patches_are_drawn(tmp_path):
    pixels, found = decodings()
    for figure in (
        plane_figure(pixels, found, HOSTILE),
        patch_figure(pixels, found, HOSTILE, (64, 128), 32),
    ):
        svg, _ = save(figure, tmp_path, "f")
        assert "kept-r1, 0.50 bpp" in svg.read_text("utf-8")
        assert whole_page(figure, "t", "c").png.startswith(b"\x89PNG")


# Machado, Oliveira and Fernandes (2009): full loss of one kind of cone, on linear sRGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def colours(codes):
    return np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in codes], np.uint8)


def seen(codes, deficiency):
    light = np.clip(linear(colours(codes) / 255) @ np.transpose(DEFICIENCIES[deficiency]), 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return srgb_to_lab(np.rint(255 * encoded).astype(np.uint8))


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("codes", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_differ_for_every_kind_of_colour_vision(codes, deficiency):
    lab = seen(codes, deficiency)
    for a, b in combinations(range(len(codes)), 2):
        difference = float(delta_e00(lab[a : a + 1], lab[b : b + 1])[0])
        assert difference > 10, (codes[a], codes[b], difference)


@pytest.mark.parametrize(("codes", "page"), [(LIGHT, "#ffffff"), (DARK, "#202020")])
def test_lines_stand_out_of_the_page(codes, page):
    def luminance(code):
        return float(linear(colours([code]) / 255)[0] @ [0.2126, 0.7152, 0.0722])

    for code in codes:
        darker, lighter = sorted([luminance(code), luminance(page)])
        assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11


def test_codecs_differ_in_colour_or_marker():
    codecs = [f"codec{i:02d}" for i in range(56)]
    assert len({look(codecs, codec) for codec in codecs}) == 56


def test_lab_to_srgb_undoes_srgb_to_lab():
    ramp = np.stack(np.meshgrid(*[np.arange(0, 256, 15)] * 3), axis=-1).astype(np.uint8)
    assert (lab_to_srgb(srgb_to_lab(ramp)) == ramp).all()


def test_a_run_without_numbers_has_no_figures():
    from .samples import cell

    assert list(curve_figures(run([point(verdict="error", cells=[cell(error="no")])]))) == []
