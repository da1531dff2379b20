import ast
import inspect
from collections import Counter

import numpy as np
import pytest

from pytest_colordeg.images import patterns
from pytest_colordeg.images.charts import CHARTS, charts

# Baselines are keyed by this digest: changing it makes every baseline incomparable.
CORPUS_DIGEST = "f59188f5f20c42ed700b378559952224bf6481b7c9d29be5d6865e7da634e9ab"


def test_corpus_digest_is_pinned():
    assert charts().digest == CORPUS_DIGEST


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_what_it_breaks_and_is_small(name):
    pixels = CHARTS[name]()
    assert CHARTS[name].__doc__.startswith("Breaks ")
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.shape[0] <= 192
    assert pixels.shape[1] <= 257


def test_charts_are_drawn_without_floating_point():
    tree = ast.parse(inspect.getsource(patterns))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Div), "true division"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), node.value


def test_patches_hold_64_colours_of_equal_area():
    colours = Counter(map(tuple, patterns.patches().reshape(-1, 3)))
    assert len(colours) == 64
    assert set(colours.values()) == {24 * 22}


def test_hue_sweeps_keep_the_chroma_of_their_band_and_pass_every_sector():
    import colorsys

    pixels = patterns.hue_sweeps().astype(int)
    for band, chroma in enumerate([254, 128, 64, 20]):
        row = pixels[band * 44 + 20]
        assert abs(np.ptp(row, axis=1) - chroma).max() <= 1
        hues = [colorsys.rgb_to_hsv(*colour)[0] for colour in row]
        assert max(np.diff(np.sort(hues))) < 0.03  # no gap above 11 degrees


def test_edges_change_hue_at_every_pixel():
    pixels = patterns.edges().astype(int)
    red, blue = [255, 0, 0], [0, 0, 255]
    assert pixels[10, :4].tolist() == [red, blue] * 2
    assert pixels[:4, 70].tolist() == [red, blue] * 2
    assert pixels[0, 130:132].tolist() == [red, blue]
    assert pixels[1, 130:132].tolist() == [blue, red]
    assert np.abs(np.diff(pixels[:88, :64], axis=1)).sum(axis=2).min() == 510


def test_neutral_ramp_holds_every_grey_once_in_steps_of_one():
    pixels = patterns.neutral_ramp()
    assert (pixels == pixels[..., :1]).all()
    assert set(Counter(pixels[..., 0].ravel().tolist()).items()) == {(g, 132) for g in range(256)}
    assert np.abs(np.diff(pixels[..., 0].astype(int), axis=1)).max() == 1


def test_gamut_ramp_stays_on_the_edges_of_the_cube():
    pixels = patterns.gamut_ramp().astype(int)
    extreme = (pixels == 0) | (pixels == 255)
    assert (extreme.sum(axis=2) >= 1).all()
    assert (pixels[:, 0] == 0).all()
    assert (pixels[:, -1] == 255).all()


def test_chroma_noise_has_constant_luma_and_strong_chroma():
    pixels = patterns.chroma_noise().astype(int)
    luma = pixels @ np.array([77, 150, 29]) / 256
    assert abs(luma - 128).max() <= 1
    assert pixels[..., 2].std() > 30
    neighbours = np.corrcoef(pixels[:, 1:, 2].ravel(), pixels[:, :-1, 2].ravel())[0, 1]
    assert abs(neighbours) < 0.03


def test_fields_start_and_end_at_their_corner_colours():
    pixels = patterns.skin()
    assert pixels[0, 0].tolist() == [246, 214, 190]
    assert pixels[-1, -1].tolist() == [62, 38, 28]


@pytest.mark.parametrize(("name", "size"), [("1x1", (1, 1)), ("7x5", (5, 7))])
def test_tiny_sizes_have_distinct_pixels(name, size):
    pixels = CHARTS[f"size-{name}"]()
    assert pixels.shape[:2] == size
    assert len(set(map(tuple, pixels.reshape(-1, 3)))) == size[0] * size[1]


def test_odd_size_marks_its_last_column_and_row():
    pixels = patterns.odd_257x131()
    assert pixels.shape == (131, 257, 3)
    assert (pixels[:-1, -1] == (255, 0, 0)).all()
    assert (pixels[-1] == (0, 0, 255)).all()
