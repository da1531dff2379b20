"""docs/failures.md shows what is printed today."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from .matching import compare, tidy

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "failures.md"
PINNED = re.search(r"^imagecodecs==(\S+)", (ROOT / "constraints.txt").read_text(), flags=re.M)


def sections(page):
    """Heading to lines; what stands before the first heading comes under ''."""
    parts = re.split(r"^## (.*)$", page, flags=re.M)
    return {"": tidy(parts[0])} | {
        heading: tidy(text) for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.fixture(scope="module")
def printed():
    script = ROOT / "tools" / "failure_texts.py"
    done = subprocess.run(
        [sys.executable, script], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return sections(done.stdout)


@pytest.mark.skipif(
    version("imagecodecs") != PINNED[1],
    reason=f"the figures of docs/failures.md are those of imagecodecs {PINNED[1]}",
)
def test_every_text_is_printed_so_today(printed):
    shown = sections(PAGE.read_text("utf-8"))
    assert list(shown) == list(printed), "run: python tools/failure_texts.py --write"
    wrong = [compare(shown[heading], printed[heading]) for heading in shown]
    assert not any(wrong), "\n".join(
        ["run: python tools/failure_texts.py --write", *filter(None, wrong)]
    )


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Chroma at half resolution", "subsampling 4:4:4 → 4:2:0 (read back from the files)"),
        ("Another file than was asked for", "subsampling 4:2:0, asked was 4:4:4"),
        ("A lower quality level", "parameter distance 3.45 → 4.5"),
        ("NaN in a baseline", "found 'nan'"),
        ("Cb and Cr exchanged", "Probable cause: Cb and Cr are swapped"),
        ("A codec that raises on one image", "ihc-tissue: encode raised IndexError"),
        ("A program that crashes on one image", "was killed by SIGSEGV"),
    ],
)
def test_the_cause_is_in_the_text(printed, heading, said):
    assert said in " ".join(" ".join(printed[heading]).split())
