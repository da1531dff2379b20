import subprocess
import sys

import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import photos
from pytest_colordeg.images.photos import CROPS

# Baselines are keyed by these digests: changing one makes every baseline incomparable.
CORPUS_DIGEST = "ba40b82daba2b36f95e082170cde73dc3e4455f81f0287fac0de7afc239ae72e"


def test_crops_are_plain_slices_of_the_photographs_that_scikit_image_reads():
    import skimage.data

    corpus = photos.photos()
    assert [source.name for source in corpus.sources] == list(CROPS)
    for source in corpus.sources:
        crop = CROPS[source.name]
        if crop.file == "motorcycle_left.png":
            whole = skimage.data.stereo_motorcycle()[0]
        elif crop.file == "ihc.png":
            whole = skimage.data.immunohistochemistry()
        else:
            whole = getattr(skimage.data, crop.file.removesuffix(".png"))()
        expected = whole[crop.top : crop.top + 192, crop.left : crop.left + 256]
        assert np.array_equal(source.image.pixels, expected)
        assert source.image.pixels.shape == (192, 256, 3)
        assert not source.image.pixels.flags.writeable


def test_corpus_digest_is_pinned():
    assert photos.photos().digest == CORPUS_DIGEST


def test_changed_photograph_is_an_error_naming_the_release(monkeypatch):
    photograph = photos._photograph

    def repainted(file):
        pixels = photograph(file).copy()
        pixels[60, 130, 0] ^= 1
        return pixels

    monkeypatch.setattr(photos, "_photograph", repainted)
    with pytest.raises(ColordegError, match=r"astronaut-face .*scikit-image installed here, \d"):
        photos._load("astronaut-face")


def test_missing_scikit_image_is_an_error_naming_what_to_install(monkeypatch):
    monkeypatch.setattr(photos, "find_spec", lambda name: None)
    photos._photograph.cache_clear()
    with pytest.raises(ColordegError, match="pip install scikit-image"):
        photos._load("chelsea-eyes")


def test_damaged_photograph_is_an_error_naming_the_file(monkeypatch, tmp_path):
    (tmp_path / "coffee.png").write_bytes(b"not a picture")
    monkeypatch.setattr(photos, "_folder", lambda: tmp_path)
    photos._photograph.cache_clear()
    with pytest.raises(ColordegError, match=r"coffee\.png .*reinstall scikit-image"):
        photos._load("coffee-saucer")


def test_photos_cover_the_colours_that_they_are_there_for():
    from skimage.color import rgb2lab

    lab = np.concatenate([rgb2lab(s.image.pixels).reshape(-1, 3) for s in photos.photos().sources])
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    neutral = np.mean(chroma < 5)
    red = np.mean((chroma > 50) & ((hue < 45) | (hue > 340)))
    blue = np.mean((chroma > 20) & (hue > 250) & (hue < 310))
    yellow = np.mean((chroma > 30) & (hue > 75) & (hue < 105))
    skin = np.mean((chroma > 15) & (chroma < 40) & (hue > 30) & (hue < 75) & (lab[:, 0] > 50))
    assert neutral > 0.1
    assert red > 0.05
    assert blue > 0.01
    assert yellow > 0.005
    assert skin > 0.05


def test_loading_photos_leaves_scikit_image_unimported():
    code = (
        "import sys, pathlib; from pytest_colordeg.images import resolve; "
        "assert 'PIL' not in sys.modules; "
        "resolve(['photos/chelsea-eyes'], pathlib.Path('.'))[0].images; "
        "assert 'PIL' in sys.modules and 'skimage' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
