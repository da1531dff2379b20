"""Boxes of the ISO base media file format, as far as still images need them."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_colordeg.errors import ColordegError

__all__ = ["boxes", "primary_properties"]


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of the boxes that follow each other in `data`.

    Raises
    ------
    ColordegError
        If a box ends beyond the data.
    """
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        start = at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        end = len(data) if size == 0 else at + size
        if end > len(data) or end < start:
            raise ColordegError("is truncated or damaged")
        yield kind, data[start:end]
        at = end


def primary_properties(data: bytes) -> list[tuple[bytes, bytes]]:
    """Properties of an HEIF-like file's primary item, type and content, in order.

    Raises
    ------
    ColordegError
        If the file has no primary item.
    """
    meta = _first(data, b"meta")[4:]
    chosen = _first(meta, b"pitm")
    wide = chosen[:1] != b"\0"
    item = int.from_bytes(chosen[4 : 8 if wide else 6], "big")
    description = _first(meta, b"iprp")
    properties = list(boxes(_first(description, b"ipco")))
    for kind, content in boxes(description):
        if kind == b"ipma":
            indices = _associations(content).get(item, [])
            if any(not 1 <= index <= len(properties) for index in indices):
                raise ColordegError("is damaged: a property that does not exist")
            return [properties[index - 1] for index in indices]
    raise ColordegError("is damaged: no properties of its primary image")


def _first(data: bytes, wanted: bytes) -> bytes:
    for kind, content in boxes(data):
        if kind == wanted:
            return content
    raise ColordegError(f"is damaged: no box {wanted.decode()!r}")


def _associations(content: bytes) -> dict[int, list[int]]:
    """Item to its properties' numbers, from 1, of an ``ipma`` box."""
    identity = 2 if content[0] < 1 else 4
    width, mask = (2, 0x7FFF) if content[3] & 1 else (1, 0x7F)
    found: dict[int, list[int]] = {}
    at = 8
    for _ in range(int.from_bytes(content[4:8], "big")):
        if at >= len(content):
            raise ColordegError("is damaged: property associations")
        item = int.from_bytes(content[at : at + identity], "big")
        count = content[at + identity]
        at += identity + 1
        found[item] = [
            int.from_bytes(content[start : start + width], "big") & mask
            for start in range(at, at + count * width, width)
        ]
        found[item] = [index for index in found[item] if index]
        at += count * width
    return found
