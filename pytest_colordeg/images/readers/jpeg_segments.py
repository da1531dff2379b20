"""JPEG structure: size, Exif, ICC profile and Adobe's marker, read before any decoder runs."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_colordeg.errors import ColordegError

__all__ = ["Segments", "parse_segments"]

_SCAN, _EXIF, _ICC, _ADOBE = 0xDA, 0xE1, 0xE2, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15
_APPLICATION = range(0xE0, 0xF0)
_COMMENT = 0xFE
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without length
_ICC_NAME = b"ICC_PROFILE\0"


@dataclass(frozen=True)
class Segments:
    """What stands before the first scan.

    Attributes
    ----------
    width, height
        In pixels.
    exif
        The Exif block, empty if there is none.
    profile
        The ICC profile, empty if there is none.
    adobe
        Whether Adobe's marker is there.
    decodable
        The file without Exif, profile, previews and comments.
    """

    width: int
    height: int
    exif: bytes
    profile: bytes
    adobe: bool
    decodable: bytes


def parse_segments(data: bytes) -> Segments:
    """Read the segments up to the first scan.

    Raises
    ------
    ColordegError
        If the file ends before it or an ICC profile lacks a part.
    """
    size: tuple[int, int] | None = None
    exif, adobe = b"", False
    parts: list[bytes] = []
    kept = [data[:2]]
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if at + 4 > len(data):
            raise ColordegError("is truncated")
        if data[at] != 0xFF:
            raise ColordegError("is damaged: a JPEG marker is missing")
        marker = data[at + 1]
        length = 0 if marker in _BARE else int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        body = data[at + 4 : end]
        if marker == _SCAN:
            break
        if end > len(data):
            raise ColordegError("is truncated")
        if marker in _FRAMES:
            size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
        elif marker == _EXIF and body.startswith(b"Exif\0"):
            exif = exif or body
        elif marker == _ICC and body.startswith(_ICC_NAME):
            parts.append(body[len(_ICC_NAME) :])
        adobe = adobe or (marker == _ADOBE and body.startswith(b"Adobe"))
        aside = marker in _APPLICATION or marker == _COMMENT
        if not aside or body.startswith((b"JFIF", b"Adobe")):
            kept.append(data[at:end])
        at = end
    if size is None:
        raise ColordegError("is damaged: a JPEG without frame header")
    return Segments(*size, exif, _joined(parts), adobe, b"".join(kept) + data[at:])


def _joined(parts: list[bytes]) -> bytes:
    """Put the numbered parts of a profile together: each is number, count, content."""
    numbered = {part[0]: part[2:] for part in parts if len(part) >= 2}
    counts = {part[1] for part in parts if len(part) >= 2}
    if not parts:
        return b""
    if counts != {len(parts)} or sorted(numbered) != list(range(1, len(parts) + 1)):
        raise ColordegError("has an ICC profile that is incomplete")
    return b"".join(numbered[number] for number in sorted(numbered))
