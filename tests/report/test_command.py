"""``colordeg report``: from a records file to a page, figures and exports."""

import csv
import json

import pytest

from pytest_colordeg.cli import main
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.images import resolve
from pytest_colordeg.sweep.engine import Engine
from pytest_colordeg.sweep.serial import record_lines


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Two codecs of two rungs on two photographs, as `--colordeg-records` writes them."""
    (selection,) = resolve(["photos/coffee-saucer", "photos/chelsea-eyes"], None)
    registry, engine = Registry(), Engine()
    cells = [
        cell
        for codec in ("jpeg", "webp")
        for rung in (3, 4)
        for cell in engine.sweep(registry.get(codec), rung, selection, "cpu")
    ]
    path = tmp_path_factory.mktemp("records") / "run.jsonl"
    path.write_text("".join(f"{line}\n" for line in record_lines(cells)), encoding="utf-8")
    return path


def test_the_page_goes_beside_the_records(records, capsys):
    assert main(["report", str(records)]) == 0
    page = records.with_suffix(".html")
    assert capsys.readouterr().out == f"{page}\n"
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_exports_are_written_where_asked_and_no_page(records, tmp_path, capsys):
    table, folder = tmp_path / "cells.csv", tmp_path / "results"
    assert main(["report", str(records), "--csv", str(table), "--compressai", str(folder)]) == 0
    assert len(list(csv.reader(table.read_text("utf-8").splitlines()))) == 9
    assert len(json.loads((folder / "photos" / "webp.json").read_text())["results"]["bpp"]) == 2
    assert capsys.readouterr().out.splitlines() == [
        str(table),
        str(folder / "photos" / "jpeg.json"),
        str(folder / "photos" / "webp.json"),
    ]


def test_figures_of_curves_and_of_pixels_go_to_the_folder_and_the_page(records, tmp_path, capsys):
    figures, page = tmp_path / "figures", tmp_path / "page.html"
    arguments = ["--figures", str(figures), "-o", str(page), "--image", "chelsea-eyes"]
    assert main(["report", str(records), *arguments]) == 0
    names = {path.name for path in figures.iterdir()}
    assert {"photos-cumulative.svg", "photos-plane-chelsea-eyes.png"} <= names
    assert "photos-patch-chelsea-eyes.svg" in names
    assert str(figures / "photos-psnr.svg") in capsys.readouterr().out
    assert page.read_text("utf-8").count('class="card drawn"') == 2


@pytest.fixture
def pixels_only(monkeypatch):
    """Curves are tested elsewhere, and take seconds to draw."""
    monkeypatch.setattr("pytest_colordeg.report.figures.curve_figures", lambda data, rate: [])


@pytest.mark.usefixtures("pixels_only")
def test_codecs_and_images_that_are_not_here_are_told(records, tmp_path, capsys):
    text = records.read_text("utf-8").replace('"codec": "webp"', '"codec": "mine"')
    other = tmp_path / "run.jsonl"
    other.write_text(text, encoding="utf-8")
    assert main(["report", str(other), "--figures", str(tmp_path / "f"), "--image", "none"]) == 0
    assert "no figures of pixels on photos: the records have no image 'none'" in (
        capsys.readouterr().out
    )
    assert main(["report", str(other), "--figures", str(tmp_path / "f")]) == 0
    assert "mine is left out of figures of pixels: unknown codec 'mine'" in capsys.readouterr().out
    other.write_text(text.replace('"corpus": "photos"', '"corpus": "kodak"'), encoding="utf-8")
    assert main(["report", str(other), "--figures", str(tmp_path / "f")]) == 0
    assert "not a bundled corpus; say where it is by --images" in capsys.readouterr().out


@pytest.mark.usefixtures("pixels_only")
def test_other_pixels_under_the_same_name_are_told(records, tmp_path, capsys):
    (selection,) = resolve(["photos/coffee-saucer"], None)
    digest = selection.images[0].sha256
    other = tmp_path / "run.jsonl"
    other.write_text(records.read_text("utf-8").replace(digest, "0" * 64), encoding="utf-8")
    arguments = ["--figures", str(tmp_path / "f"), "--image", "coffee-saucer"]
    assert main(["report", str(other), *arguments]) == 0
    assert "is not the image that was measured" in capsys.readouterr().out


def test_what_cannot_be_read_is_one_line(tmp_path, capsys):
    assert main(["report", str(tmp_path / "none.jsonl")]) == 2
    assert "there is no such file" in capsys.readouterr().err
