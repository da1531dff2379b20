import numpy as np
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import Corpus, Image, Source


def test_source_loads_once_and_freezes_a_copy():
    calls = []
    pixels = np.zeros((2, 3, 3), np.uint8)

    def load():
        calls.append(1)
        return pixels

    source = Source("a", load)
    assert source.image is source.image
    assert calls == [1]
    pixels[0, 0, 0] = 9
    assert source.image.pixels[0, 0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        source.image.pixels[0, 0, 0] = 1


@pytest.mark.parametrize("bad", [np.zeros((2, 3, 3)), np.zeros((2, 3), np.uint8), None])
def test_source_that_gives_no_rgb8_is_an_error_naming_it(bad):
    with pytest.raises(ColordegError, match="image odd: "):
        _ = Source("odd", lambda: bad).image


def test_digest_tells_shape_and_pixels_apart_and_nothing_else():
    flat = np.arange(36, dtype=np.uint8)
    images = [Image("a", flat.reshape(shape)) for shape in [(3, 4, 3), (4, 3, 3), (2, 6, 3)]]
    assert len({image.sha256 for image in images}) == 3
    other = flat.reshape(3, 4, 3)
    strided = np.repeat(other, 2, axis=1)[:, ::2]
    assert Image("b", strided).sha256 == images[0].sha256


def test_corpus_digest_tells_order_and_names():
    def corpus(*names):
        pixels = {"a": 1, "b": 2, "c": 1}
        make = [Source(n, lambda n=n: np.full((1, 1, 3), pixels[n], np.uint8)) for n in names]
        return Corpus("x", tuple(make)).digest

    assert corpus("a", "b") == corpus("a", "b")
    assert len({corpus("a", "b"), corpus("b", "a"), corpus("c", "b"), corpus("a")}) == 4
