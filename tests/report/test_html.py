"""The page: complete, self-contained, and harmless whatever the names hold."""

import base64
import hashlib
import html
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.findings import Findings, Picture
from pytest_colordeg.report import pictures
from pytest_colordeg.report.html import render, write_report
from pytest_colordeg.report.model import Figure
from pytest_colordeg.report.palette import DARK, LIGHT
from pytest_colordeg.report.plane import plane

from .samples import HOSTILE, cell, failing, pictured, point, run


class Page(HTMLParser):
    """Elements with their attributes and text, in order."""

    VOID = frozenset({"meta", "link", "img", "br", "input"})

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(text)
        self.close()
        assert not self.open, "unclosed elements"

    def handle_starttag(self, tag, attributes):
        self.elements.append([tag, dict(attributes), ""])
        if tag not in self.VOID:
            self.open.append(self.elements[-1])

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for element in self.open:
            element[2] += data

    def all(self, tag, **attributes):
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.elements if e[0] == tag and wanted.items() <= e[1].items()]

    @property
    def content(self):
        (block,) = self.all("script", id="content")
        return json.loads(block[2])


def test_photographs_are_shown_before_charts_unless_charts_fail():
    for verdict, first in (("pass", "photos"), ("worse", "charts")):
        made = point(corpus="charts", verdict=verdict)
        page = Page(render(run([made, point(corpus="photos")])))
        assert page.content["group"].startswith(first)


def test_sections_come_failures_first():
    page = Page(render(run()))
    assert [e[1].get("id") for e in page.all("section")] == [
        None,
        "failures",
        "curves",
        "points",
        "provenance",
    ]
    assert "3 of 6 operating points fail" in page.all("section")[0][2]
    assert page.all("title")[0][2].startswith("Failed")


def test_a_passing_run_has_no_failures():
    page = Page(render(run([point("webp", rung) for rung in (1, 2)])))
    assert "Colours are kept: 2 operating points pass" in page.all("section")[0][2]
    assert not page.all("section", id="failures")
    assert page.all("title")[0][2].startswith("Passed")


def test_a_run_with_a_problem_fails_though_every_point_passes():
    page = Page(render(run([point()], problems=["required codec x was not measured"])))
    verdict = page.all("section")[0]
    assert verdict[1]["class"] == "verdict bad"
    assert "required codec x was not measured" in verdict[2]


def test_what_changed_puts_rungs_with_one_cause_together():
    data = run(
        [failing("jpeg", rung, causes=(f"hues turned by +4.{rung}°",)) for rung in (1, 2, 4)]
    )
    (entry,) = [e for e in Page(render(data)).all("li") if "jpeg" in e[2]]
    assert "r1–r2, r4" in entry[2]
    assert "mean ΔE00 up to +0.50 (+33.3 %)" in entry[2]


def test_a_failure_tells_cause_table_and_command():
    (article, *_) = Page(render(run())).all("details", class_="card failure")
    text = article[2]
    assert text.index("subsampling 4:4:4 → 4:2:0") < text.index("allowed") < text.index("+0.5000")
    for words in ("+0.5000", "±0.02", "--colordeg-update=fix", "1 value of single images"):
        assert words in text


def test_cells_that_failed_are_told_with_their_error():
    broken = [cell(image=name, error="decode: no such box") for name in "abc"]
    page = Page(render(run([point("jpeg", 1, "error", broken)])))
    assert (
        "3 images could not be measured: decode: no such box" in page.all("p", class_="error")[0][2]
    )


def test_a_plain_assert_that_failed_shows_its_text():
    found = point(verdict="failed", failure="E   assert 3.1 < 3\n/home/x/test.py:3")
    page = Page(render(run([found])))
    assert "assert 3.1 < 3" in page.all("pre")[0][2]
    assert "assert 3.1 < 3" in page.all("ul", class_="changed")[0][2]


def test_the_page_carries_everything_and_may_connect_to_nothing():
    text = render(run(figures=[Figure("a figure", "what it shows", b"\x89PNG")]))
    page = Page(text)
    (policy,) = [
        e[1]["content"]
        for e in page.all("meta")
        if e[1].get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    (style,) = page.all("style")
    script = page.all("script")[-1]
    for element, rule in ((style, "style-src"), (script, "script-src")):
        digest = base64.b64encode(hashlib.sha256(element[2].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    for _, attributes, _ in page.elements:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:")), attributes
    assert not re.search(r"@import|url\(", style[2])


def test_pictures_stand_in_the_page_byte_for_byte(tmp_path):
    found = pictured(tmp_path)
    page = Page(render(run([found])))
    held = page.content["pictures"]
    (viewer,) = page.all("div", class_="tabs")
    assert "coffee-saucer" in viewer[2]
    buttons = [e for e in page.all("button") if "data-keys" in e[1]]
    for button, picture in zip(buttons, found.findings.pictures, strict=True):
        keys = json.loads(button[1]["data-keys"])
        for kind, path in picture.files.items():
            assert base64.b64decode(held[keys[kind]]) == Path(path).read_bytes()
        assert (button[1]["data-width"], button[1]["data-height"]) == ("256", "192")


def test_equal_pictures_stand_once(tmp_path):
    data = run([pictured(tmp_path, codec) for codec in ("one", "two")])
    assert len(Page(render(data)).content["pictures"]) == 2 * 5


def test_the_budget_shows_every_points_worst_first(tmp_path, monkeypatch):
    data = run([pictured(tmp_path, codec) for codec in ("one", "two")])
    files = [Path(p) for p in data.points[0].findings.pictures[0].files.values()]
    size = sum(path.stat().st_size for path in files) * 4 // 3
    book, shown = pictures.album(data.failing, budget=size + 40_000)
    assert [bool(row[0].keys) for row in shown] == [True, True]
    assert [row[1].keys for row in shown] == [{}, {}]
    assert "left out" in shown[0][1].problem
    assert book.left >= 0


@pytest.mark.parametrize("damage", ["gone", "not a png", "cut"])
def test_pictures_that_are_gone_are_told(tmp_path, damage):
    found = pictured(tmp_path)
    path = Path(found.findings.pictures[0].files["decoded"])
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"GIF89a" if damage == "not a png" else path.read_bytes()[:200])
    (shown, other), *_ = pictures.album([found])[1]
    assert "not there any more" in shown.problem
    assert not shown.keys
    assert other.keys


def test_hostile_names_come_out_harmless():
    picture = Picture(HOSTILE, HOSTILE, HOSTILE, {}, HOSTILE)
    words = {"headline": HOSTILE, "causes": (HOSTILE, HOSTILE), "command": HOSTILE}
    bad = replace(
        failing(HOSTILE, 1, [picture], limits=(HOSTILE,), reason=HOSTILE, **words),
        corpus=HOSTILE,
        failure=HOSTILE,
        cells=[
            replace(cell(HOSTILE, 1, HOSTILE), parameters={HOSTILE: HOSTILE}, facts={"f": HOSTILE})
        ],
    )
    worse = point(HOSTILE, 2, "error", [cell(HOSTILE, 2, HOSTILE, error=HOSTILE)], corpus=HOSTILE)
    data = replace(
        run([bad, worse, point()], problems=[HOSTILE], notes=[HOSTILE]),
        header={"platform": HOSTILE, "versions": {HOSTILE: HOSTILE}},
        settings={HOSTILE: HOSTILE},
    )
    text = render(data)
    page = Page(text)
    assert not [e for e in page.all("img") if e[1].get("src") == "x"]
    assert "<img src=x" not in text
    assert "49" not in page.all("title")[0][2]
    for forbidden in ("\x1b", "\x07", "\u202e"):
        assert forbidden not in text
        assert forbidden not in json.dumps(page.content, ensure_ascii=False)
    assert r"\x1b[31mred" in page.all("h3")[0][2]


def test_an_id_is_a_plain_fragment_and_tells_odd_names_apart():
    from pytest_colordeg.report.page import identity

    assert identity(point()) == "p-jpeg-r1-photos-cpu"
    odd = [identity(point(corpus=name)) for name in ("a b", "a/b", "a_b")]
    assert len(set(odd)) == 3
    assert all(re.fullmatch(r"[\w.-]+", name) for name in odd)


def test_text_of_the_data_block_cannot_end_it():
    data = run([point("jpeg", 1, "error", [cell(error="</script><b id=broke>")])])
    page = Page(render(data))
    assert not page.all("b", id="broke")
    assert page.content["points"][0]["rows"][0][1] == "</script><b id=broke>"


def test_without_jinja_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ColordegError, match=r"pytest-colordeg\[report\]"):
        render(run())


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ColordegError, match="file"):
        write_report(tmp_path / "file" / "page.html", run())


def test_the_plane_shows_the_unique_pairs():
    pixels = np.array([[[255, 0, 0], [255, 0, 0], [119, 119, 119]]], dtype=np.uint8)
    shown = plane(pixels)
    lit = np.argwhere((shown != 38).any(-1) & (shown != 74).any(-1))
    # sRGB red is a* 80, b* 67; grey is in the middle: rows count down from b* 127.
    assert sorted(map(tuple, lit)) == [(127 - 67, 127 + 80), (127, 127)]
    red, grey = shown[127 - 67, 127 + 80], shown[127, 127]
    assert red[0] > 200 > red[1]
    assert len(set(grey.tolist())) == 1


def test_the_style_sheet_has_the_colours_of_the_figures():
    style = Page(render(run())).all("style")[0][2]
    light, dark = style.split("@media (prefers-color-scheme: dark)")[:2]
    for colours, part in ((LIGHT, light), (DARK, dark)):
        assert re.findall(r"--s\d: (#\w{6})", part)[:8] == list(colours)


def test_the_default_gate_stays_small():
    points = [
        replace(point(f"codec{c}", r), cells=[cell(f"codec{c}", r, f"image{i}") for i in range(19)])
        for c in range(6)
        for r in range(1, 9)
    ]
    assert len(render(run(points)).encode()) < 1_000_000


def test_values_of_the_baseline_stand_as_changes():
    found = replace(point(), findings=Findings(stored={"psnr.rgb": 26.5, "bpp": 0.2500001}))
    page = Page(render(run([found])))
    (row,) = [e for e in page.all("tr") if e[1].get("data-point")]
    smalls = [e[2] for e in page.all("small") if e[2].startswith(("+", "−"))]
    assert "27.00" in row[2]
    assert smalls == ["+0.50"]


def test_nothing_is_lost_on_the_way_into_the_page():
    image = PIL.Image.new("RGB", (3, 2), (1, 2, 3))
    png = pictures.png_bytes(np.asarray(image))
    text = render(run(figures=[Figure("<f>", "c", png)]))
    drawn = [e for e in Page(text).all("img") if e[1]["alt"] == "<f>"]
    assert base64.b64decode(drawn[0][1]["src"].partition(",")[2]) == png
    assert html.escape("<f>") in text
