"""AVIF of 8, 10 and 12 bits; sequences are refused."""

from __future__ import annotations

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.decoded import Admit, Decoded, split_alpha
from pytest_colordeg.images.encoding import SRGB, Encoding, from_cicp
from pytest_colordeg.images.readers.bmff import primary_properties

__all__ = ["read"]

# Turns and mirrors of HEIF as Exif orientations: (quarter turns to the left, mirror axis).
_ORIENTATIONS = {
    (0, None): 1,
    (1, None): 8,
    (2, None): 3,
    (3, None): 6,
    (0, 0): 4,
    (1, 0): 5,
    (2, 0): 2,
    (3, 0): 7,
    (0, 1): 2,
    (1, 1): 7,
    (2, 1): 4,
    (3, 1): 5,
}


def read(data: bytes, admit: Admit) -> Decoded:
    """Decode an AVIF file's primary image."""
    import imagecodecs

    if data[8:12] == b"avis":
        raise ColordegError("is animated, and which frame is meant is not said")
    properties = primary_properties(data)
    kinds = dict(reversed(properties))
    size = kinds.get(b"ispe", b"")
    width, height = (int.from_bytes(size[at : at + 4], "big") for at in (4, 8))
    admit(width, height)
    if b"clap" in kinds:
        raise ColordegError("is cropped by a clean aperture box, which is not handled")
    samples, model, alpha = split_alpha(imagecodecs.avif_decode(data, numthreads=1))
    if samples.shape[:2] != (height, width):
        raise ColordegError("is damaged: header and picture differ in size")
    return Decoded(
        samples,
        model,
        bits=8 if samples.dtype.itemsize == 1 else _depth(kinds),
        tag=_tag([content for kind, content in properties if kind == b"colr"]),
        orientation=_orientation(kinds),
        alpha=alpha,
    )


def _depth(kinds: dict[bytes, bytes]) -> int:
    if b"av1C" in kinds:
        flags = kinds[b"av1C"][2]
        return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
    return kinds[b"pixi"][5]


def _tag(colours: list[bytes]) -> bytes | Encoding:
    """An ICC profile goes before code points, as MIAF has it."""
    for content in colours:
        if content[:4] in (b"prof", b"rICC"):
            return content[4:]
    for content in colours:
        if content[:4] == b"nclx":
            # The range belongs to YCbCr and is undone by the decoder.
            return from_cicp(
                int.from_bytes(content[4:6], "big"), int.from_bytes(content[6:8], "big")
            )
    return SRGB


def _orientation(kinds: dict[bytes, bytes]) -> int:
    turns = kinds[b"irot"][0] & 3 if b"irot" in kinds else 0
    mirror = kinds[b"imir"][0] & 1 if b"imir" in kinds else None
    return _ORIENTATIONS[turns, mirror]
