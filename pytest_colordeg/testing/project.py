"""A small, exact codec and a project to gate it in: for our tests and for plug-in authors'.

The codec keeps the upper bits of every channel, so that its colour error is known
beforehand, and every fault of a codec can be put in its place.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pytest_colordeg.codecs.protocol import FunctionCodec, Pixels
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import resolve
from pytest_colordeg.images.png import write_png

if TYPE_CHECKING:
    import pytest

__all__ = ["PROJECT", "Project", "posterizer"]


def posterizer(
    id: str = "posterizer",
    ladder: Mapping[int, Mapping[str, int]] | None = None,
    fault: Callable[[Pixels], Pixels] = lambda pixels: pixels,
    effort: int = 9,
) -> FunctionCodec:
    """Make a codec that keeps the upper `bits` of each channel.

    Parameters
    ----------
    id
        The codec's name.
    ladder
        Rung to ``{"bits": 1..8}``; by default 3, 4 and 5 bits.
    fault
        Applied to what the decoder returns.
    effort
        zlib's level: less gives larger files of the same pixels.
    """

    def encode(image: Pixels, bits: int) -> bytes:
        height, width, _ = image.shape
        kept = image >> np.uint8(8 - bits)
        return f"{width} {height} {bits}\n".encode() + zlib.compress(kept.tobytes(), effort)

    def decode(data: bytes) -> Pixels:
        head, _, body = data.partition(b"\n")
        try:
            width, height, bits = map(int, head.split())
            flat = np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, width, 3)
        except (ValueError, zlib.error) as error:
            raise ColordegError(f"not a posterizer file: {error}") from None
        step = 256 >> bits
        return fault((flat * np.uint8(step) + np.uint8(step // 2)).astype(np.uint8))

    def inspect(data: bytes) -> dict[str, int]:
        width, height, bits = map(int, data.partition(b"\n")[0].split())
        return {"width": width, "height": height, "kept_bits": bits}

    return FunctionCodec(
        id,
        encode,
        decode,
        ladder or {1: {"bits": 3}, 2: {"bits": 4}, 3: {"bits": 5}},
        inspector=inspect,
        versions={"posterizer": "1.0"},
    )


#: A project with one codec and the two-line test, as files for `Project`.
PROJECT = {
    "conftest.py": """
        from pytest_colordeg.testing import posterizer

        def pytest_colordeg_codecs():
            return [posterizer()]
    """,
    "test_color.py": """
        def test_color(colordeg):
            colordeg.check()
    """,
    "pyproject.toml": """
        [tool.colordeg]
        images = "pictures"
    """,
}


def _crops() -> dict[str, Pixels]:
    """Two small photographs: skin and greys, a dark saturated red."""
    wanted = {"photos/astronaut-face": "face", "photos/coffee-saucer": "saucer"}
    (selection,) = resolve(list(wanted), Path())
    return {
        wanted[f"photos/{image.name}"]: image.pixels[48:112, 64:160] for image in selection.images
    }


class Project:
    """A pytester folder set up to gate the posterizer; `run` runs ``pytest --colordeg`` there.

    Its corpus is the folder ``pictures`` with two 96x64 photographs, `face` and `saucer`.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path: Path = pytester.path
        self.write(**PROJECT)
        for name, crop in _crops().items():
            write_png(self.path / "pictures" / f"{name}.png", crop)

    def write(self, **files: str) -> None:
        """Write files, dedented; names as keyword arguments or ``**{"a.py": ...}``."""
        from textwrap import dedent

        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def run(self, *arguments: str, on: bool = True, apart: bool = False) -> pytest.RunResult:
        """Run pytest in the folder, with ``--colordeg`` unless `on` is false.

        Parameters
        ----------
        apart
            In a process of its own: for what kills or exits. In this process a
            run takes a fraction of the time, as nothing is imported again.
        """
        flag = ("--colordeg",) if on else ()
        run = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        return run(*flag, "-p", "no:cacheprovider", *arguments)

    def bless(self, *arguments: str) -> pytest.RunResult:
        """Record baselines for everything; fails the test when that fails."""
        result = self.run("--colordeg-update=create", "--colordeg-reason=first", *arguments)
        assert result.ret == 0, result.stdout.str()
        return result
