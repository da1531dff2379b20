"""Runs to report on: small, made by hand, and one with real pictures."""

from pytest_colordeg.findings import Change, Findings, Picture
from pytest_colordeg.gate.artifacts import exhibit
from pytest_colordeg.images import resolve
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Measurement
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.testing import posterizer
from pytest_colordeg.values import NotApplicable

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}\x1b[31mred\x07\u202egnp.\n::error::owned"

BASE = {
    "bpp": 1.0,
    "delta_e00.mean": 2.0,
    "delta_e00.p95": 5.0,
    "delta_c": -0.5,
    "unique_ab.count": 1000.0,
    "unique_ab.change": -3.0,
    "psnr.rgb": 31.0,
    "ms_ssim.rgb": 0.99,
    **{f"delta_c.h{start:03d}": start / 100 - 1.5 for start in range(0, 330, 30)},
    "delta_c.h330": NotApplicable("fewer than 64 pixels of the original in h330"),
}
assert set(BASE) <= set(METRICS)


def cell(codec="jpeg", rung=1, image="a", error=None, corpus="photos", device="cpu", **metrics):
    """A measurement; metrics by their names with ``__`` for the dot."""
    values = BASE | {name.replace("__", "."): value for name, value in metrics.items()}
    return Measurement(
        codec=codec,
        rung=rung,
        image=image,
        corpus=corpus,
        device=device,
        image_sha256="ab" * 32,
        parameters={"level": 10 * rung},
        facts={"subsampling": "4:2:0"},
        provenance={"libjpeg": "3.1", "threads": 1},
        metrics={} if error else values,
        error=error,
    )


def point(codec="jpeg", rung=1, verdict="pass", cells=None, findings=None, failure="", **rest):
    """A point of two images whose metrics lie around those of `BASE`."""
    if cells is None:
        step = {"bpp": 0.25 * rung, "delta_e00__mean": 4.0 / rung, "psnr__rgb": 25.0 + 2 * rung}
        cells = [
            cell(codec, rung, "a", **step, unique_ab__count=1000.0 + 10 * rung),
            cell(codec, rung, "b", **step, unique_ab__count=800.0 + 30 * rung),
        ]
    return Point(
        codec,
        rung,
        rest.pop("corpus", "photos"),
        rest.pop("device", "cpu"),
        "d" * 64,
        False,
        verdict,
        cells,
        failure,
        rest.pop("tests", (f"test_color.py::test_color[{codec}-r{rung}]",)),
        findings or Findings(),
    )


def failing(codec="jpeg", rung=1, pictures=(), **words):
    """A failing point with everything that can be known of it."""
    said = {
        "headline": "worse: delta_e00.mean",
        "causes": ("subsampling 4:4:4 → 4:2:0 (read back from the files)", "parameter level 1 → 2"),
        "command": f"pytest --colordeg --colordeg-update=fix 'test_color.py::t[{codec}-r{rung}]'",
    } | words
    changes = (
        Change("delta_e00.mean", "worse", 1.5, 2.0, 0.5, 0.02, fails=True),
        Change("psnr.rgb", "pass", 31.0, 31.0, 0.0, 0.05),
        Change("delta_e00.mean", "worse", 1.0, 2.5, 1.5, 0.06, fails=True, image="a"),
    )
    found = Findings(
        changes=changes,
        pictures=tuple(pictures),
        stored={"bpp": 0.25 * rung, "delta_e00.mean": 1.5, "unique_ab.count": 900.0},
        **said,
    )
    return point(codec, rung, "worse", findings=found, failure=f"colordeg: {codec}-r{rung}: worse")


def run(points=None, **rest):
    """A run of a passing and a failing codec of three rungs each."""
    if points is None:
        points = [point("webp", rung) for rung in (1, 2, 3)]
        points += [failing("jpeg", rung) for rung in (1, 2, 3)]
    header = {
        "schema": 1,
        "started": "2026-01-02T03:04:05+00:00",
        "platform": "Linux",
        "versions": {"numpy": "1.26.4"},
    }
    return ReportData(points, header, {"images": "photos"}, **rest)


def pictured(folder, codec="posterizer", **words):
    """A failing point with pictures of two photographs, coded by the posterizer."""
    (selection,) = resolve(["photos/coffee-saucer", "photos/astronaut-flag"], folder)
    shown = []
    for image in selection.images:
        seen = exhibit(posterizer(), 1, image, folder / "pictures")
        files = {kind: str(path) for kind, path in seen.paths.items()}
        shown.append(Picture(image.name, "delta_e00.mean 1.00 → 2.00", seen.hue, files))
    return failing(codec, 1, shown, **words)
