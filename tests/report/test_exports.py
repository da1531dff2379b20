"""Exports equal their golden files, and their consumers read them."""

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report.exports import (
    compressai_json,
    csv_lines,
    write_compressai,
    write_csv,
)
from pytest_colordeg.values import LOSSLESS, NotApplicable

from .samples import BASE, HOSTILE, cell, failing, point, run

GOLDEN = Path(__file__).parent / "golden"
LADDER = [failing("jpeg", rung) for rung in (3, 1, 2)]


def test_the_table_is_the_golden_file():
    odd = cell("webp", 1, "b", psnr__rgb=LOSSLESS, ms_ssim__rgb=NotApplicable("too small"))
    failed = point("avif", 2, "error", [cell("avif", 2, error="decode: a, b")])
    data = run([failing(), point("webp", cells=[odd]), failed])
    assert "".join(csv_lines(data)) == (GOLDEN / "cells.csv").read_text("utf-8")


def test_the_table_reads_back_cell_by_cell(tmp_path):
    data = run()
    write_csv(tmp_path / "cells.csv", data)
    with (tmp_path / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = {(c.codec, c.rung, c.image): c for p in data.points for c in p.cells}
    assert len(rows) == len(cells) == data.measured
    for row in rows:
        found = cells.pop((row["codec"], int(row["rung"]), row["image"]))
        for metric, value in found.metrics.items():
            wanted = str(value) if isinstance(value, NotApplicable) else repr(value)
            assert row[metric] == wanted
    assert not cells


def test_the_table_runs_nothing_in_a_spreadsheet():
    for name in ('=HYPERLINK("x")', "+1", "-2+3", "@SUM(1)", HOSTILE):
        text = "".join(csv_lines(run([point(cells=[cell(image=name)])])))
        (row,) = list(csv.reader(text.splitlines()))[1:]
        assert row[3][0] not in "=+-@"
        assert "\x1b" not in text


def test_compressai_is_the_golden_file():
    assert compressai_json("jpeg", "photos", LADDER) == (GOLDEN / "jpeg.json").read_text("utf-8")


def read_as_compressai_does(path, metric):
    """What compressai.utils.plot asks of a file: a name, rates, and one list a metric."""
    data = json.loads(path.read_text("utf-8"))
    results = data["results"]
    assert "bpp" in results
    values = results[metric]
    if metric.startswith("ms-ssim"):
        values = [-10 * math.log10(1 - value) for value in values]
    return data.get("name", path.name.split(".")[0]), results["bpp"], values


def test_compressais_plots_can_read_it(tmp_path):
    (path,) = write_compressai(tmp_path, run(LADDER))
    assert path == tmp_path / "photos" / "jpeg.json"
    name, rates, values = read_as_compressai_does(path, "psnr-rgb")
    assert name == "jpeg"
    assert rates == [0.25, 0.5, 0.75]
    assert values == [27.0, 29.0, 31.0]
    assert read_as_compressai_does(path, "ms-ssim-rgb")[2] == pytest.approx([20.0] * 3)
    assert read_as_compressai_does(path, "delta-e00")[2] == pytest.approx([4.0, 2.0, 4 / 3])


def test_a_point_without_a_number_is_left_out_and_said():
    lossless = point("jpeg", 4, cells=[cell(rung=4, bpp=9.0, psnr__rgb=LOSSLESS)])
    data = json.loads(compressai_json("jpeg", "photos", [*LADDER, lossless]))
    assert len(data["results"]["bpp"]) == 3
    assert "1 points without a number left out" in data["description"]


def test_a_metric_without_a_number_somewhere_is_left_out_whole():
    small = point("jpeg", 4, cells=[cell(rung=4, bpp=9.0, ms_ssim__rgb=NotApplicable("small"))])
    results = json.loads(compressai_json("jpeg", "photos", [*LADDER, small]))["results"]
    assert "ms-ssim-rgb" not in results
    assert len(results["bpp"]) == len(results["psnr-rgb"]) == 4


def test_folders_and_names_cannot_leave_the_folder(tmp_path):
    data = run([point("jpeg", corpus="../../etc"), point("jpeg", corpus="..")])
    written = write_compressai(tmp_path / "out", data)
    assert len(written) == 2
    for path in written:
        assert (tmp_path / "out").resolve() in path.resolve().parents


def test_two_corpora_that_would_share_a_file_are_refused(tmp_path):
    with pytest.raises(ColordegError, match="share this file's name"):
        write_compressai(tmp_path, run([point(corpus="a b"), point(corpus="a?b")]))


def test_the_samples_hold_metrics_that_exports_name():
    assert {"bpp", "psnr.rgb", "ms_ssim.rgb", "delta_e00.mean"} <= set(BASE)


@pytest.mark.parametrize("metric", ["psnr", "ms-ssim", "delta-e00"])
def test_compressais_own_plot_tool_draws_it(tmp_path, metric):
    pytest.importorskip("compressai", reason="CompressAI's plot tool comes with the extra neural")
    paths = write_compressai(tmp_path, run([*LADDER, *(point("webp", rung) for rung in (1, 2))]))
    picture = tmp_path / "curves.png"
    tool = [sys.executable, "-W", "ignore", "-m", "compressai.utils.plot", "-m", metric]
    done = subprocess.run(
        [*tool, "-o", str(picture), "-f", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
