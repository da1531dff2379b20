"""Regenerate docs/failures.md: gate real codecs, break each, and keep what is printed.

python tools/failure_texts.py            prints the page
python tools/failure_texts.py --write    replaces docs/failures.md
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent, fill

PAGE = Path(__file__).parents[1] / "docs" / "failures.md"

CONFTEST = '''
"""The built-in codecs at rung 5 under other ids; with BROKEN set, each has a fault."""

import os

import numpy as np

from pytest_colordeg.codecs.registry import Registry

BROKEN = "BROKEN" in os.environ
BUILT_IN = Registry()


class Codec:
    """A built-in codec, some parameters or one of its functions replaced."""

    def __init__(self, id, like, fault):
        self.id, self.source = id, BUILT_IN.get(like)
        fault = fault if BROKEN else {}
        self.ladder = {5: {**self.source.ladder[5], **fault.pop("parameters", {})}}
        self.encode, self.decode = self.source.encode, self.source.decode
        self.inspect, self.expected = self.source.inspect, self.source.expected
        self.provenance = self.source.provenance
        self.__dict__.update(fault)


def encode_420(image, parameters):
    return BUILT_IN.get("avif").encode(image, {**parameters, "subsampling": "4:2:0"})


def encode_dark(image, parameters):
    if image.mean() > 170:
        raise IndexError("list index out of range")
    return BUILT_IN.get("webp").encode(image, parameters)


def decode_swapped(data):
    y, u, v = ycc(BUILT_IN.get("jpeg444").decode(data) @ MATRIX.T)
    return np.clip(np.rint(ycc([y, v, u]) @ INVERSE.T), 0, 255).astype(np.uint8)


def ycc(planes):
    return np.moveaxis(planes, -1, 0) if isinstance(planes, np.ndarray) else np.stack(planes, -1)


MATRIX = np.array([[0.299, 0.587, 0.114], [-0.299, -0.587, 0.886], [0.701, -0.587, -0.114]])
MATRIX[1] /= 1.772
MATRIX[2] /= 1.402
INVERSE = np.linalg.inv(MATRIX)


def pytest_colordeg_codecs():
    return [
        Codec("my-avif", "avif", {"parameters": {"subsampling": "4:2:0"}}),
        Codec("your-avif", "avif", {"encode": encode_420}),
        Codec("my-jpegxl", "jpegxl", {"parameters": {"distance": 4.5}}),
        Codec("my-jpeg2000", "jpeg2000", {}),
        Codec("my-jpeg", "jpeg444", {"decode": decode_swapped}),
        Codec("my-webp", "webp", {"encode": encode_dark}),
    ]
'''

PROGRAM = '''
"""A JPEG encoder and decoder in one program; with BROKEN set, a white corner ends it."""

import os
import signal
import sys

from PIL import Image

picture = Image.open(sys.argv[1])
if "BROKEN" in os.environ and picture.getpixel((0, 0))[0] > 240:
    os.kill(os.getpid(), signal.SIGSEGV)
picture.save(sys.argv[2], quality=80, subsampling=0)
'''

PYPROJECT = """
[tool.colordeg.codecs.my-program]
encode = ["python", "codec.py", "{input}", "{output}"]
decode = ["python", "codec.py", "{input}", "{output}"]
suffix = ".jpg"
ladder = {5 = {}}
"""

TEST = """
def test_color(colordeg):
    colordeg.check()
"""

INTRODUCTION = """
What the gate prints when it fails, in the order cause, numbers, images, pictures, command.
Each text below is one that was printed: `tools/failure_texts.py` gates the built-in codecs
under other names over `photos`, breaks each in one way, and writes this page. A test does
the same and compares.
"""

#: ``python`` is the one that runs this script, lines have 80 columns and no colours.
_ENVIRONMENT = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    "COLUMNS": "80",
    "NO_COLOR": "1",
    "PYTEST_ADDOPTS": "",
}

#: Codec, heading, what was done, and how to read the text.
SECTIONS = (
    (
        "my-avif",
        "Chroma at half resolution",
        "An AVIF encoder was set from 4:4:4 to 4:2:0. The file's own header tells it, and the "
        "parameter that did it stands below. Smaller files do not make up for lost colour: "
        "`bpp` is better, and the point fails.",
    ),
    (
        "your-avif",
        "Another file than was asked for",
        "The parameters still say 4:4:4, and the encoder writes 4:2:0. What is read back from "
        "the file counts, so nothing is measured and nothing can be accepted.",
    ),
    (
        "my-jpegxl",
        "A lower quality level",
        "JPEG XL at distance 4.5 in place of 3.45. No fault is found in the pixels, so the "
        "parameter is all that is named.",
    ),
    (
        "my-jpeg2000",
        "NaN in a baseline",
        "The number of `delta_e00.mean` in `baselines/my-jpeg2000.yaml` was replaced by `nan`. "
        "The codec is as it was. A baseline that cannot be compared with never passes.",
    ),
    (
        "my-jpeg",
        "Cb and Cr exchanged",
        "A JPEG decoder that mixes the two chroma planes up. Versions, parameters and files are "
        "as before; exchanging the planes back brings the original's colours, which names the "
        "cause.",
    ),
    (
        "my-webp",
        "A codec that raises on one image",
        "The other seven images were measured, and their records are kept. No update writes a "
        "point of which an image failed.",
    ),
    (
        "my-program",
        "A program that crashes on one image",
        "The same for a command-line codec: the command as it ran, how it ended and what it said.",
    ),
)


def page() -> str:
    """The whole page, from two runs of pytest in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="failures-") as name:
        texts = _texts(Path(name).resolve())
    parts = ["# Failure texts", INTRODUCTION.strip()]
    for codec, heading, explanation in SECTIONS:
        parts += [f"## {heading}", fill(explanation, 90), f"```text\n{texts[codec]}\n```"]
    return "\n\n".join(parts) + "\n"


def _texts(folder: Path) -> dict[str, str]:
    """Failure text by codec."""
    written = {
        "conftest.py": CONFTEST,
        "codec.py": PROGRAM,
        "pyproject.toml": PYPROJECT,
        "test_color.py": TEST,
    }
    for name, text in written.items():
        (folder / name).write_text(dedent(text).lstrip(), encoding="utf-8")
    first = ("--colordeg-update=create", "--colordeg-reason=first")
    _pytest(folder, 0, *first)
    baseline = folder / "baselines" / "my-jpeg2000.yaml"
    text = baseline.read_text("utf-8")
    baseline.write_text(re.sub(r"(?m)^( *delta_e00\.mean,) [\d.]+", r"\1 nan", text), "utf-8")
    printed = _pytest(folder, 1, BROKEN="1")
    found = re.findall(
        r"^_+ test_color\[(\S+)-r5\] _+\n(.*?)\n(?=^_+ test_color|^=+ )", printed, re.M | re.S
    )
    return {codec: _without(folder, text) for codec, text in found}


def _without(folder: Path, text: str) -> str:
    """Take the folder's name out, and break lines as if it had never been there."""
    paragraphs = text.split("\n\n")
    for place, paragraph in enumerate(paragraphs):
        if str(folder) in paragraph.replace("\n", " "):
            short = " ".join(paragraph.split()).replace(f"{folder}/", "")
            paragraphs[place] = fill(short, 80, break_on_hyphens=False)
    return "\n\n".join(paragraphs)


def _pytest(folder: Path, status: int, *arguments: str, **environment: str) -> str:
    """Run the gate in `folder`; raises when it does not end with `status`."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--colordeg", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != status:
        raise SystemExit(f"pytest ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
