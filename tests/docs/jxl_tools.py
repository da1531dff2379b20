"""``cjxl`` and ``djxl`` for the guides: libjxl's own where installed, else stand-ins."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Tools", "find", "stand_ins"]

#: The version that printed the numbers of the guides: the one of Debian 12.
SHOWN = "0.7.0"

_CJXL = """#!{python}
import sys

import imagecodecs

if "--version" in sys.argv:
    print("cjxl", imagecodecs.jpegxl_version())
    raise SystemExit
source, target = sys.argv[1:3]
given = dict(zip(sys.argv[3::2], sys.argv[4::2]))
with open(source, "rb") as file:
    pixels = imagecodecs.png_decode(file.read())
data = imagecodecs.jpegxl_encode(
    pixels,
    distance=float(given["-d"]),
    effort=int(given.get("-e", 7)),
    lossless=False,
    numthreads=1,
)
with open(target, "wb") as file:
    file.write(data)
"""
_DJXL = """#!{python}
import sys

import imagecodecs

with open(sys.argv[1], "rb") as file:
    pixels = imagecodecs.jpegxl_decode(file.read(), numthreads=1)
with open(sys.argv[2], "wb") as file:
    file.write(imagecodecs.png_encode(pixels))
"""


@dataclass(frozen=True)
class Tools:
    """Both programs, and what they are."""

    cjxl: Path
    djxl: Path
    version: str
    real: bool

    def build(self, folder: Path) -> None:
        """Make `folder` look like a build of libjxl."""
        (folder / "tools").mkdir(parents=True)
        (folder / "lib").mkdir()
        (folder / "tools" / "cjxl").symlink_to(self.cjxl)
        (folder / "tools" / "djxl").symlink_to(self.djxl)
        (folder / "lib" / "libjxl.so").write_text(self.version, encoding="utf-8")


def find() -> Tools | None:
    """The installed programs, if there are any."""
    cjxl, djxl = shutil.which("cjxl"), shutil.which("djxl")
    if cjxl is None or djxl is None:
        return None
    done = subprocess.run([cjxl, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"v(\d+(?:\.\d+)+)", done.stdout + done.stderr)
    return Tools(Path(cjxl), Path(djxl), version[1] if version else "unknown", real=True)


def stand_ins(folder: Path) -> Tools:
    """Two scripts that do with imagecodecs' libjxl what the guides ask of the programs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"cjxl": _CJXL, "djxl": _DJXL}.items():
        path = folder / name
        path.write_text(text.format(python=sys.executable), encoding="utf-8")
        path.chmod(0o755)
    return Tools(folder / "cjxl", folder / "djxl", "stand-ins", real=False)
