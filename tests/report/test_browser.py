"""The page in a real browser: it works by mouse and keys, complains of nothing, asks for nothing.

Needs Chromium (``apt-get install chromium``, or COLORDEG_CHROMIUM=PATH).
"""

import pytest

from pytest_colordeg.report.html import write_report

from .browser import Browser, program
from .samples import HOSTILE, cell, failing, pictured, point, run

pytestmark = pytest.mark.skipif(
    program() is None,
    reason="NO BROWSER: the HTML report was not tried in Chromium; apt-get install chromium",
)


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    ladder = [pictured(folder), *(failing("posterizer", rung) for rung in (2, 3))]
    others = [point(codec, rung) for codec in ("avif", "webp") for rung in (1, 2, 10)]
    charts = [point("avif", rung, corpus="charts") for rung in (1, 2)]
    write_report(folder / "page.html", run([*ladder, *others, *charts]))
    return folder / "page.html"


@pytest.fixture
def opened(browser, page):
    browser.open(page)
    yield browser
    assert browser.complaints == []
    assert browser.requests == [page.as_uri()]


def rows(browser):
    return browser.run(
        "[...document.querySelectorAll('#point-table tbody tr')].filter(r => !r.hidden)"
        ".map(r => r.cells[0].textContent)"
    )


RATES = "[...document.querySelectorAll('[data-point]')].map(r => +r.cells[3].dataset.value)"


def click(browser, selector, text=""):
    browser.run(
        f"[...document.querySelectorAll({selector!r})].find(b => b.textContent.includes({text!r}))"
        ".click()"
    )


SRC = "document.querySelector('.stage img').src.length + ':' + "
SRC += "document.querySelector('.stage .tag').textContent"


def test_the_picture_flips_by_click_and_by_key(opened):
    first = opened.run(SRC)
    assert first.endswith(":decoded")
    click(opened, ".stage")
    second = opened.run(SRC)
    assert second.endswith(":original")
    assert second.split(":")[0] != first.split(":")[0]
    opened.run("document.querySelector('.stage').focus()")
    opened.key("f")
    assert opened.run(SRC) == first


def test_the_picture_stands_pixel_by_pixel_at_every_zoom(opened):
    for text, zoom in (("1:1", 1), ("4×", 4)):
        click(opened, ".viewer button", text)
        size = opened.run(
            "(i => [i.width, i.height, i.naturalWidth, getComputedStyle(i).imageRendering])"
            "(document.querySelector('.stage img'))"
        )
        assert size == [256 * zoom, 192 * zoom, 256, "pixelated"]


def test_the_slider_shows_part_of_each_picture(opened):
    click(opened, ".viewer button", "Slider")
    clip = "document.querySelector('.over').style.clipPath"
    assert opened.run(clip) == "inset(0px 0px 0px 50%)"
    opened.run("document.querySelector('.frame input').focus()")
    for _ in range(4):
        opened.key("ArrowRight")
    assert opened.run(clip) == "inset(0px 0px 0px 52%)"
    box = opened.run(
        "(r => [r.x, r.y, r.width, r.height])(document.querySelector('.frame input')"
        ".getBoundingClientRect())"
    )
    x, y = box[0] + box[2] * 0.25, box[1] + box[3] / 2
    opened.run(
        "document.querySelector('.stage').scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    y = opened.run(
        "(r => r.y + r.height / 2)(document.querySelector('.frame').getBoundingClientRect())"
    )
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        opened.mouse(kind, x, y)
    split = opened.run("parseFloat(document.querySelector('.bar').style.left)")
    assert split == pytest.approx(25, abs=2)


def test_pixels_under_the_pointer_are_those_of_the_files(opened):
    box = opened.run(
        "(s => { s.scrollIntoView({block: 'center', behavior: 'instant'});"
        "const r = s.getBoundingClientRect();"
        "return [r.x, r.y, s.querySelector('img').width / 256] })(document.querySelector('.frame'))"
    )
    opened.mouse("mouseMoved", box[0] + 10.5 * box[2], box[1] + 20.5 * box[2])
    opened.wait("document.querySelector('.readout').textContent.includes('(10, 20)')")
    words = opened.run("document.querySelector('.readout').textContent").split()
    from pytest_colordeg.images import resolve
    from pytest_colordeg.testing import posterizer

    (selection,) = resolve(["photos/coffee-saucer"], None)
    pixels = selection.images[0].pixels
    codec = posterizer()
    decoded = codec.decode(codec.encode(pixels, {"bits": 3}))
    # Images stand in corpus order: the first tab is astronaut-flag or coffee-saucer.
    name = opened.run("document.querySelector('.tabs [aria-pressed=true] strong').textContent")
    if name != "coffee-saucer":
        (selection,) = resolve([f"photos/{name}"], None)
        pixels = selection.images[0].pixels
        decoded = codec.decode(codec.encode(pixels, {"bits": 3}))
    assert [int(w) for w in words[3:6]] == pixels[20, 10].tolist()
    assert [int(w) for w in words[7:10]] == decoded[20, 10].tolist()


@pytest.mark.parametrize(
    ("mode", "images"), [("Side by side", 2), ("ΔE00 map", 1), ("a*b* plane", 2)]
)
def test_every_view_shows_pictures(opened, mode, images):
    click(opened, ".viewer button", mode)
    assert opened.run("document.querySelectorAll('.stage .frame img').length") == images
    opened.wait("[...document.querySelectorAll('.stage img')].every(i => i.complete)")
    assert opened.run("[...document.querySelectorAll('.stage img')].every(i => i.naturalWidth > 0)")
    if mode == "ΔE00 map":
        assert "10 and more" in opened.run("document.querySelector('.readout').textContent")


def test_another_image_is_picked(opened):
    before = opened.run("document.querySelector('.stage img').src.slice(0, 400)")
    click(opened, ".tabs [aria-pressed=false]")
    assert opened.run("document.querySelector('.stage img').src.slice(0, 400)") != before


def test_columns_sort_by_number_both_ways(opened):
    click(opened, "th button", "bpp")
    found = opened.run(RATES)
    assert found == sorted(found)
    click(opened, "th button", "bpp")
    found = opened.run(RATES)
    assert found == sorted(found, reverse=True)
    assert (
        opened.run("document.querySelector('[aria-sort]').getAttribute('aria-sort')")
        == "descending"
    )


def test_points_sort_by_codec_and_rung(opened):
    click(opened, "th button", "point")
    found = rows(opened)
    assert [name for name in found if name.startswith("webp")] == ["webp-r1", "webp-r2", "webp-r10"]
    assert [name.split("-")[0] for name in found] == sorted(name.split("-")[0] for name in found)


def test_words_and_failing_only_filter(opened):
    whole = rows(opened)
    typed = "(b => { b.value = %r; b.dispatchEvent(new Event('input')) })"
    typed += "(document.querySelector('#filter'))"
    opened.run(typed % "AVIF charts")
    assert rows(opened) == ["avif-r1", "avif-r2"]
    assert (
        opened.run("document.querySelector('#point-count').textContent")
        == f"2 of {len(whole)} points"
    )
    opened.run(typed % "")
    click(opened, "#failing-only")
    assert rows(opened) == ["posterizer-r1", "posterizer-r2", "posterizer-r3"]


def test_enter_unfolds_the_images_of_a_row(opened):
    opened.run("document.querySelector('#point-table tbody tr').focus()")
    opened.key("Enter")
    images = opened.run(
        "[...document.querySelectorAll('tr.images')].map(r => [...r.cells].map(c => c.textContent))"
    )
    assert [row[0] for row in images] == ["a", "b"]
    assert images[0][1:3] == ["0.250", "4.00"]
    opened.key("Enter")
    assert opened.run("document.querySelectorAll('tr.images').length") == 0


def test_a_codec_is_switched_off_and_on(opened):
    drawn = "document.querySelectorAll('#chart g.series').length"
    before = opened.run(drawn)
    click(opened, ".legend button", "avif")
    assert opened.run(drawn) == before - 1
    assert opened.run("document.activeElement.textContent") == "avif"
    click(opened, ".legend button", "avif")
    assert opened.run(drawn) == before


def test_hover_and_arrow_keys_tell_values(opened):
    opened.run(
        "document.querySelector('#chart').scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    x, y = opened.run(
        "(r => [r.x + r.width / 2, r.y + r.height / 2])"
        "(document.querySelectorAll('#chart .marker')[2].getBoundingClientRect())"
    )
    opened.mouse("mouseMoved", x, y)
    tip = "document.querySelector('.tip').hidden ? '' : document.querySelector('.tip').textContent"
    # The last marker of avif; webp has the same values and lies beneath.
    assert opened.run(tip).startswith("avif-r10")
    opened.run("document.querySelector('#chart svg').focus()")
    opened.key("ArrowRight")
    opened.key("ArrowDown")
    assert "posterizer" in opened.run(tip)
    assert "baseline" in opened.run(tip)
    opened.key("Escape")
    assert opened.run(tip) == ""


def test_other_charts_corpora_and_hues_are_chosen(opened):
    title = "document.querySelector('#chart-title').textContent"
    choose = "(s => { s.value = %r; s.dispatchEvent(new Event('change')) })"
    choose += "(document.querySelectorAll('#chart-controls select')[%d])"
    opened.run(choose % ("cumulative", 0))
    assert opened.run(title) == "Cumulative change of unique a*b*, photos"
    opened.run(choose % ("charts", 1))
    assert opened.run(title).endswith("charts")
    assert opened.run("document.querySelectorAll('#rose circle.marker').length") == 11


def test_a_link_opens_the_failure_it_leads_to(opened):
    closed = "document.querySelectorAll('details.failure')[2]"
    assert not opened.run(f"{closed}.open")
    opened.run(
        "document.querySelector(`a[href='#${document.querySelectorAll('details.failure')[2].id}']`).click()"
    )
    opened.wait(f"{closed}.open")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(browser, page, width, dark):
    browser.open(page, width, 844, dark)
    assert browser.run("document.documentElement.scrollWidth") == width
    light = browser.run(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    )
    assert (light < 60) is dark
    assert browser.complaints == []


def test_hostile_names_run_nothing(browser, tmp_path):
    bad = failing(HOSTILE, 1, headline=HOSTILE, causes=(HOSTILE,))
    worse = point(HOSTILE, 2, "error", [cell(HOSTILE, 2, HOSTILE, error=HOSTILE)], corpus=HOSTILE)
    write_report(tmp_path / "page.html", run([bad, worse, point(HOSTILE, 3)]))
    browser.open(tmp_path / "page.html")
    for script in ("th button", ".legend button", "#point-table tbody tr"):
        browser.run(f"document.querySelectorAll({script!r}).forEach(b => b.click())")
    assert browser.run("document.querySelectorAll('img[src=x]').length") == 0
    assert browser.complaints == []
    assert browser.requests == [(tmp_path / "page.html").as_uri()]
