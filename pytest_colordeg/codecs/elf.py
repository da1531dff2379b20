"""Which files of machine code stand behind an extension module that this process has loaded."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Links", "libraries", "links"]

# Of the ELF specification: segment types, and tags of the dynamic section.
_LOAD, _DYNAMIC = 1, 2
_NEEDED, _STRTAB, _SONAME = 1, 5, 14


@dataclass(frozen=True, slots=True)
class Links:
    """What an ELF file calls itself (may be empty), and the libraries it asks for."""

    name: str
    needed: tuple[str, ...]


def libraries(extension: Path) -> list[Path] | None:
    """The extension and all shared libraries that it links, directly or not.

    They are looked up among the files that are mapped in this process, so the list
    is of what really runs, whatever search paths and preloading say. The extension
    must have been imported.

    Returns
    -------
    list of Path, or None
        ``None`` where that cannot be told: not Linux, or a file that was replaced
        since it was loaded.
    """
    mapped = _mapped()
    found: set[Path] = set()
    queue = [extension.resolve()]
    while queue:
        path = queue.pop()
        if path in found:
            continue
        found.add(path)
        try:
            queue += [mapped[name] for name in links(path).needed]
        except (KeyError, OSError, ValueError, struct.error):
            return None
    return sorted(found)


def links(path: Path) -> Links:
    """Read the dynamic section of a 64-bit ELF file.

    Raises
    ------
    ValueError
        If it is none.
    struct.error
        If it is cut short.
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:5] != b"\x7fELF\x02":
            raise ValueError(f"{path} is not a 64-bit ELF file")
        order = "<" if data[5] == 1 else ">"
        (table,) = struct.unpack_from(f"{order}Q", data, 32)
        size, count = struct.unpack_from(f"{order}HH", data, 54)
        segments = [struct.unpack_from(f"{order}IIQQQQ", data, table + size * i)
                    for i in range(count)]  # fmt: skip
        entries: list[tuple[int, int]] = []
        for kind, _, start, _, _, length in segments:
            if kind == _DYNAMIC:
                entries += struct.iter_unpack(f"{order}qQ", data[start : start + length])
        strings = _offset(segments, next((value for tag, value in entries if tag == _STRTAB), 0))

        def texts(wanted: int) -> tuple[str, ...]:
            begins = [strings + value for tag, value in entries if tag == wanted]
            return tuple(data[at : data.find(b"\0", at)].decode() for at in begins)

        return Links("".join(texts(_SONAME)), texts(_NEEDED))


def _offset(segments: list[tuple[int, ...]], address: int) -> int:
    """Where in the file an address of memory lies."""
    for kind, _, start, base, _, length in segments:
        if kind == _LOAD and base <= address < base + length:
            return start + address - base
    return address


def _mapped() -> dict[str, Path]:
    """The files of machine code in this process, by file name and by the name they go by."""
    try:
        lines = Path("/proc/self/maps").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return {}
    found: dict[str, Path] = {}
    for text in {line.split(maxsplit=5)[5] for line in lines if ".so" in line}:
        path = Path(text)
        try:
            found[links(path).name or path.name] = found[path.name] = path
        except (OSError, ValueError, struct.error):
            continue
    return found
