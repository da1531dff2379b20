"""``vvc``: H.266/VVC intra pictures by VVenC, in 10-bit 4:2:0."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from pytest_colordeg.codecs import chroma420, ffmpeg
from pytest_colordeg.codecs.built_in import DialCodec
from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.fingerprint import digests, own_class
from pytest_colordeg.codecs.imagecodecs_base import as_int, checked_image
from pytest_colordeg.codecs.protocol import Pixels
from pytest_colordeg.codecs.readback.vvc import read_vvc
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["VVC", "Vvc"]

# The size before padding, which the stream cannot tell where it is odd.
_HEADER = struct.Struct(">4sII")
_MAGIC = b"cdVV"
# VVenC refuses smaller pictures.
_SMALLEST = 16


class Vvc(DialCodec):
    """VVC by quantisation parameter, one intra picture an image, one thread.

    ffmpeg encodes and decodes through pipes; starting it takes about 30 ms of
    the half second that it needs for an image of 768 x 512. Colours are
    converted by `chroma420`, since ffmpeg's own scaler truncates. Perceptual
    adaptation of the quantiser is off: it trades fidelity for looks.
    """

    # Every call is a program of its own.
    concurrent = True

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        self.dial.check(self.id, parameters)
        height, width, _ = checked_image(image).shape
        padded = _padded(image)
        raw = b"".join(plane.astype("<u2").tobytes() for plane in chroma420.to_planes(padded))
        stream = ffmpeg.run(
            [
                *("-f", "rawvideo", "-pix_fmt", "yuv420p10le"),
                *("-video_size", f"{padded.shape[1]}x{padded.shape[0]}", "-i", "pipe:0"),
                *("-frames:v", "1", "-c:v", "libvvenc", "-threads", "1"),
                *("-preset", str(parameters["preset"]), "-qp", str(as_int(parameters["qp"]))),
                *("-qpa", str(int(bool(parameters["qpa"]))), "-f", "vvc", "pipe:1"),
            ],
            raw,
        )
        return _HEADER.pack(_MAGIC, width, height) + stream

    def decode(self, data: bytes) -> Pixels:
        width, height, stream = _opened(data)
        facts = read_vvc(stream)
        raw = ffmpeg.run(
            [
                *("-threads", "1", "-f", "vvc", "-i", "pipe:0"),
                *("-f", "rawvideo", "-pix_fmt", "yuv420p10le", "pipe:1"),
            ],
            stream,
        )
        wide, tall = int(facts["width"]), int(facts["height"])
        samples = np.frombuffer(raw, "<u2")
        if len(samples) != wide * tall * 3 // 2:
            raise ColordegError(f"ffmpeg decoded {len(samples)} samples of {wide * tall * 3 // 2}")
        luma, blue, red = np.split(samples, [wide * tall, wide * tall * 5 // 4])
        half = (tall // 2, wide // 2)
        pixels = chroma420.from_planes(
            (luma.reshape(tall, wide), blue.reshape(half), red.reshape(half))
        )
        return np.ascontiguousarray(pixels[:height, :width])

    def payload(self, data: bytes) -> int:
        """Bytes of the stream itself, without the header of ours."""
        return len(data) - _HEADER.size

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        width, height, stream = _opened(data)
        facts = read_vvc(stream)
        if (facts["width"], facts["height"]) != (_side(width), _side(height)):
            raise ColordegError(
                f"the VVC stream is {facts['width']} x {facts['height']} for an image of "
                f"{width} x {height}"
            )
        return {**facts, "width": width, "height": height}

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return {"format": "VVC", "bit_depth": 10, "subsampling": "4:2:0", "pictures": 1}

    def provenance(self) -> Mapping[str, Scalar]:
        """Versions of imageio-ffmpeg and of the program that it brings; one thread."""
        from importlib.metadata import version

        return {
            "imageio-ffmpeg": version("imageio-ffmpeg"),
            "ffmpeg": ffmpeg.version(),
            "threads": 1,
        }

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """Digest of the program; ``None`` for one that loads libraries, which are not known."""
        program = ffmpeg.standalone()
        return None if program is None or not own_class(self) else digests([program])

    def unavailable(self) -> str | None:
        """Why this codec cannot run here and how to get it."""
        return ffmpeg.missing(("encoder", "libvvenc"), ("decoder", "vvc"))


def _opened(data: bytes) -> tuple[int, int, bytes]:
    if len(data) < _HEADER.size or data[:4] != _MAGIC:
        raise ColordegError("codec vvc: these bytes were not written by it")
    _, width, height = _HEADER.unpack_from(data)
    return width, height, data[_HEADER.size :]


def _side(length: int) -> int:
    return max(_SMALLEST, length + length % 2)


def _padded(image: Pixels) -> Pixels:
    """Repeat the last row and column until the encoder takes the size."""
    height, width, _ = image.shape
    missing: Any = ((0, _side(height) - height), (0, _side(width) - width), (0, 0))
    return np.pad(image, missing, mode="edge")


VVC = Vvc("vvc", Dial("qp", range(56, 3, -1), {"preset": "faster", "qpa": False}))
