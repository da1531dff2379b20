"""Every guide is run: its files written, its commands run, their output compared."""

from pathlib import Path

import pytest

from .guide import Folder, blocks
from .jxl_tools import SHOWN, find, stand_ins

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
OF_LIBJXL = "gate-your-libjxl-build"
FOUND = find()


def run(name, folder):
    for block in blocks((GUIDES / f"{name}.md").read_text("utf-8")):
        folder.run(block)
    assert sum("pytest --colordeg" in command for command in folder.ran) >= 2
    for path in folder.kept:
        assert (folder.path / path).exists(), path


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in GUIDES.glob("*.md") if path.stem != OF_LIBJXL)
)
def test_guide(name, tmp_path):
    run(name, Folder(tmp_path))


# Two tests of one guide, so that every report says which programs were gated.
@pytest.mark.skipif(
    FOUND is None,
    reason="NO cjxl AND djxl HERE: the guide runs with stand-ins (Debian: libjxl-tools)",
)
def test_guide_of_libjxl_with_its_own_programs(tmp_path):
    for build in ("build", "build-main"):
        FOUND.build(tmp_path / "libjxl" / build)
    run(OF_LIBJXL, Folder(tmp_path / "libjxl", numbers=FOUND.version == SHOWN))


@pytest.mark.skipif(FOUND is not None, reason="cjxl and djxl are installed: no stand-ins needed")
def test_guide_of_libjxl_with_stand_ins(tmp_path):
    scripts = stand_ins(tmp_path / "bin")
    for build in ("build", "build-main"):
        scripts.build(tmp_path / "libjxl" / build)
    run(OF_LIBJXL, Folder(tmp_path / "libjxl", numbers=False))
