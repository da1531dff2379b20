import numpy as np
import PIL.Image
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.png import write_png


def test_pixels_come_back_and_folders_are_made(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 3), np.uint8)
    write_png(tmp_path / "deep" / "er" / "a.png", pixels)
    with PIL.Image.open(tmp_path / "deep" / "er" / "a.png") as picture:
        assert picture.format == "PNG"
        assert np.array_equal(np.asarray(picture), pixels)


def test_same_pixels_make_the_same_bytes(tmp_path):
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    write_png(tmp_path / "a.png", pixels)
    write_png(tmp_path / "b.png", pixels.copy())
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_failed_write_keeps_the_old_file_and_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    write_png(path, np.zeros((2, 2, 3), np.uint8))
    before = path.read_bytes()

    def fails(*_):
        raise OSError("no space")

    monkeypatch.setattr("pytest_colordeg.images.png.os.replace", fails)
    with pytest.raises(OSError, match="no space"):
        write_png(path, np.ones((2, 2, 3), np.uint8))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.png"]


def test_anything_but_rgb8_is_refused(tmp_path):
    with pytest.raises(ColordegError, match="float64"):
        write_png(tmp_path / "a.png", np.zeros((2, 2, 3)))
    assert not list(tmp_path.iterdir())
