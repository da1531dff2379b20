"""The hundred frames of Vimeo-90K: chosen once for everyone, and refused when they cannot be."""

import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import resolve
from pytest_colordeg.images.png import write_png
from pytest_colordeg.images.vimeo90k import COUNT, chosen

TRIPLETS = [f"{number // 10 + 1:05d}/{number % 10 + 1:04d}" for number in range(130)]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "vimeo_triplet"
    (folder / "sequences").mkdir(parents=True)
    (folder / "tri_testlist.txt").write_text("\n".join(TRIPLETS) + "\n\n")
    for number, name in enumerate(chosen(TRIPLETS)[:2]):
        for frame in (1, 2, 3):
            file = folder / "sequences" / name / f"im{frame}.png"
            write_png(file, np.full((4, 7, 3), 10 * number + frame, np.uint8))
    return folder


def test_the_first_frames_of_a_hundred_triplets(data):
    (selection,) = resolve(["vimeo_triplet"], data.parent)
    assert selection.corpus.name == "vimeo90k"
    assert len(selection.names) == COUNT
    assert list(selection.names) == sorted(selection.names)
    first, second = (source.image for source in selection.sources[:2])
    assert [first.pixels[0, 0, 0], second.pixels[0, 0, 0]] == [1, 11]
    assert first.name == chosen(TRIPLETS)[0].replace("/", "-")


def test_the_choice_does_not_depend_on_the_order_of_the_list():
    assert chosen(TRIPLETS[::-1]) == chosen(TRIPLETS)
    assert chosen(TRIPLETS, seed="another") != chosen(TRIPLETS)
    # A name once in stays in as far as the list allows: 130 names or 131, one changes at most.
    assert len(set(chosen([*TRIPLETS, "09999/0001"])) - set(chosen(TRIPLETS))) <= 1
    # Fixed for ever: stored results are of these images.
    assert chosen(TRIPLETS, count=3) == FIRST


FIRST = ["00001/0004", "00003/0009", "00005/0003"]


def test_one_frame_by_name(data):
    name = chosen(TRIPLETS)[1].replace("/", "-")
    (selection,) = resolve([f"vimeo_triplet/{name}"], data.parent)
    assert selection.names == (name,)
    assert selection.partial


def test_a_frame_that_is_not_there_is_named(data):
    (selection,) = resolve(["vimeo_triplet"], data.parent)
    with pytest.raises(ColordegError, match=r"im1\.png"):
        _ = selection.sources[5].image


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("00001/0001\nsequences/1\n", "entry 2 is 'sequences/1', not a triplet"),
        ("00001/0001\n" * 200, "names 1 triplets; 100 are needed"),
        ("é", "cannot be read"),
    ],
)
def test_what_is_no_test_list(data, text, said):
    (data / "tri_testlist.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ColordegError, match=said):
        resolve(["vimeo_triplet"], data.parent)
