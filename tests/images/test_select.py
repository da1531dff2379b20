import os
import subprocess
import sys

import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import Corpus, resolve
from pytest_colordeg.images.charts import CHARTS
from pytest_colordeg.images.photos import CROPS
from pytest_colordeg.images.png import write_png

from .files import jpeg, pillow, png, tiff
from .samples import write


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(["img10", "img2", "img1"]):
        write_png(tmp_path / "set" / f"{name}.png", np.full((4, 5, 3), number, np.uint8))
    (tmp_path / "set" / "README.md").write_text("about")
    (tmp_path / "set" / "SHA256SUMS").write_text("0" * 64)
    (tmp_path / "set" / ".hidden.png").write_bytes(b"\0")
    (tmp_path / "set" / "sub.png").mkdir()
    return tmp_path / "set"


def test_built_in_corpora_in_the_order_asked(tmp_path):
    chosen = resolve(["charts", "photos"], tmp_path)
    assert [s.corpus.name for s in chosen] == ["charts", "photos"]
    assert chosen[0].names == tuple(CHARTS)
    assert chosen[1].names == tuple(CROPS)
    assert not any(s.partial for s in chosen)


def test_parts_of_one_corpus_merge_in_corpus_order(tmp_path):
    entries = ["photos/coffee-saucer", "charts", "photos/astronaut-face", "photos/coffee-saucer"]
    photos, charts = resolve(entries, tmp_path)
    assert photos.names == ("astronaut-face", "coffee-saucer")
    assert photos.partial
    assert [image.name for image in photos.images] == list(photos.names)
    assert len(photos.corpus.sources) == len(CROPS)
    assert not charts.partial


def test_part_and_whole_of_one_corpus_is_the_whole(tmp_path):
    (chosen,) = resolve(["charts/skin", "charts"], tmp_path)
    assert not chosen.partial


def test_folder_in_natural_order_without_what_is_no_image(folder):
    (chosen,) = resolve(["set"], folder.parent)
    assert chosen.corpus.name == "set"
    assert chosen.names == ("img1", "img2", "img10")
    assert [int(image.pixels[0, 0, 0]) for image in chosen.images] == [2, 1, 0]
    assert not chosen.partial


@pytest.mark.parametrize("name", ["a.gif", "a.HEIC", "a.jpg", "a.png"])
def test_image_that_cannot_be_read_is_listed_and_refused_by_name(folder, name):
    (folder / name).write_bytes(b"GIF89a")
    (chosen,) = resolve([f"set/{name}"], folder.parent)
    with pytest.raises(ColordegError, match=rf"{name}: is GIF"):
        _ = chosen.images


def test_image_without_suffix_is_known_by_its_first_bytes(folder):
    (folder / "img1.png").rename(folder / "img1")
    (folder / "img2.png").rename(folder / "img2.dat")
    (chosen,) = resolve(["set"], folder.parent)
    assert chosen.names == ("img1", "img2", "img10")


@pytest.mark.parametrize("entry", ["set/img2.png", "set/img2", "./set/img2.png", "{}/set/img2.png"])
def test_one_image_of_a_folder_is_a_part_of_it(folder, entry):
    (chosen,) = resolve([entry.format(folder.parent)], folder.parent)
    assert chosen.names == ("img2",)
    assert chosen.partial
    assert isinstance(chosen.corpus, Corpus)


def test_same_folder_by_two_paths_is_one_corpus(folder):
    (chosen,) = resolve(["set/img1.png", str(folder / "img2.png")], folder.parent)
    assert chosen.names == ("img1", "img2")


def test_listing_reads_no_pixels(folder):
    (folder / "img3.png").write_bytes(b"")
    (chosen,) = resolve(["set"], folder.parent)
    assert "img3" in chosen.names
    with pytest.raises(ColordegError, match=r"img3\.png"):
        _ = chosen.images


def test_folder_of_several_formats(tmp_path):
    grey = np.full((4, 5), 70, np.uint8)
    write(tmp_path, "1.jpg", jpeg(grey))
    write(tmp_path, "2.tif", tiff(np.full((4, 5, 3), 70 * 257, np.uint16), photometric="rgb"))
    write(tmp_path, "3.webp", pillow(np.dstack([grey] * 3), "WEBP", lossless=True))
    write(tmp_path, "4", png(grey))
    (chosen,) = resolve([str(tmp_path)], tmp_path)
    assert chosen.names == ("1", "2", "3", "4")
    assert all((image.pixels == 70).all() for image in chosen.images)
    assert len({image.sha256 for image in chosen.images}) == 1


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (["photo"], r"did you mean 'photos'\?"),
        (["photos/astronaut"], r"no image 'astronaut'.*astronaut-face"),
        (["charts/skim"], r"did you mean 'skin'\?.*it has patches"),
        (["nowhere/at-all"], r"no such corpus, folder or file"),
        (["set/img3"], r"corpus set has no image 'img3'.*it has img1, img2, img10"),
        (["set/README.md"], r"corpus set has no image"),
        ([""], r"no such corpus"),
        ([], r"no images selected; name photos, charts"),
    ],
)
def test_unknown_names_say_what_exists(folder, spec, text):
    with pytest.raises(ColordegError, match=text) as caught:
        resolve(spec, folder.parent)
    assert "\n" not in str(caught.value)


def test_empty_folder_is_an_error_naming_folders_below(folder):
    with pytest.raises(ColordegError, match=r"holds no image; did you mean .*: set\?"):
        resolve(["."], folder.parent)


def test_two_folders_of_one_name_are_refused(folder, tmp_path):
    write_png(tmp_path / "other" / "set" / "a.png", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ColordegError, match="two folders named 'set'"):
        resolve(["set", "other/set"], tmp_path)


def test_folder_named_like_a_built_in_corpus_is_refused(tmp_path):
    write_png(tmp_path / "photos" / "a.png", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ColordegError, match="named 'photos'"):
        resolve(["./photos"], tmp_path)


def test_two_files_of_one_stem_are_refused(folder):
    (folder / "img2.jpg").write_bytes(b"")
    with pytest.raises(ColordegError, match=r"img2\.(jpg|png) and img2\.(jpg|png) would both"):
        resolve(["set"], folder.parent)


def test_names_are_the_same_text_however_the_file_system_spells_them(folder):
    write_png(folder / "cafe\u0301.png", np.zeros((2, 2, 3), np.uint8))
    (chosen,) = resolve(["set"], folder.parent)
    assert "caf\u00e9" in chosen.names


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", [b"caf\xe9.png", b"two\nlines.png"])
def test_name_that_is_not_text_is_refused_in_one_line(folder, name):
    try:
        (folder / os.fsdecode(name)).write_bytes(b"")
    except OSError:
        pytest.skip("this file system holds no such name")
    with pytest.raises(ColordegError, match="rename it") as caught:
        resolve(["set"], folder.parent)
    str(caught.value).encode("ascii")


def test_importing_and_listing_load_no_image_library(folder):
    code = (
        "import sys, pathlib; from pytest_colordeg.images import resolve; "
        f"resolve(['photos', 'charts', 'set'], pathlib.Path({str(folder.parent)!r})); "
        "heavy = {'PIL', 'skimage', 'imagecodecs', 'scipy'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
