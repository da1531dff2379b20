"""The comparison that the other tests of the pages lean on."""

import pytest

from .matching import compare, tidy


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\nb", "a\nb"),
        ("a\n...\nd", "a\nb\nc\nd"),
        ("a\n...\nd", "a\nd"),
        ("...\nb\n...", "a\nb\nb\nc"),
        ("passed in ...", "passed in 0.31s"),
        ("bpp   0.48  pass", "bpp 0.480 pass"),
        ("psnr 31.12 -0.176 ±0.05", "psnr 31.13 -0.175 ±0.050"),
        ("levels 4:2:0, v0.7.0", "levels 4:2:0, v0.7.0"),
        ("", ""),
    ],
)
def test_the_same(shown, printed):
    assert compare(tidy(shown), tidy(printed)) is None


@pytest.mark.parametrize(
    ("shown", "printed", "line"),
    [
        ("a\nb", "a", 2),
        ("a", "a\nb", 2),
        ("a\n...\nd", "a\nb\nc", 4),
        ("24 cells", "25 cells", 1),
        ("change -0.176", "change +0.176", 1),
        ("psnr 31.12", "psnr 31.62", 1),
        ("v0.7.0", "v0.7.1", 1),
        ("psnr 31.12", "psnr none", 1),
        ("allowed ±0.02", "allowed ±0.01", 1),
        ("a (b", "a b", 1),
    ],
)
def test_not_the_same(shown, printed, line):
    assert compare(tidy(shown), tidy(printed)).startswith(f"printed line {line}, ")


def test_numbers_can_be_left_open_and_words_cannot():
    assert compare(["psnr 31.12 pass"], ["psnr 20.00 pass"], numbers=False) is None
    assert compare(["psnr 31.12 pass"], ["psnr 20.00 worse"], numbers=False)
