"""A corpus from the image files of a folder."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache, partial
from pathlib import Path

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.load import load_image
from pytest_colordeg.images.model import Corpus, Source
from pytest_colordeg.images.names import printable
from pytest_colordeg.images.readers import HEAD, is_handled

__all__ = ["folder_corpus", "image_name"]

# Files of these suffixes stand for an image whether or not it can be read: an
# image is refused by name, never left out in silence.
_HANDLED = {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".webp", ".avif", ".jxl"}
_OTHERS = {".avifs", ".bmp", ".dng", ".exr", ".gif", ".hdr", ".heic", ".heif", ".ico", ".jp2"}
_MORE = {".j2k", ".jpx", ".jxr", ".pbm", ".pgm", ".pnm", ".ppm", ".psd", ".qoi", ".svg", ".tga"}
_SUFFIXES = frozenset(_HANDLED | _OTHERS | _MORE)


def folder_corpus(folder: Path) -> Corpus:
    """The images that lie in `folder` (not in folders below it), in natural order.

    A file is an image when its suffix or its first bytes say so; hidden files
    and all others, such as ``README.md``, are passed over. Pixels are read when
    an image is first asked for.

    Parameters
    ----------
    folder
        An existing folder; its name becomes the corpus's.

    Raises
    ------
    ColordegError
        If the folder holds no image, two files would have one name, or a name
        cannot stand in a record.
    """
    files = sorted(
        (entry for entry in folder.iterdir() if _stands_for_image(entry)), key=_natural_order
    )
    if not files:
        below = sorted(printable(entry.name) for entry in folder.iterdir() if entry.is_dir())
        hint = f"; did you mean a folder below it: {', '.join(below[:5])}?" if below else ""
        raise ColordegError(f"folder {printable(str(folder))} holds no image{hint}")
    named: dict[str, Path] = {}
    for file in files:
        name = image_name(file)
        if name in named:
            raise ColordegError(
                f"folder {printable(str(folder))}: {file.name} and {named[name].name} would "
                f"both be image {name!r}; rename one of them"
            )
        named[name] = file
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 (keeps links)
    return _corpus(whole.name, tuple((name, file, *_state(file)) for name, file in named.items()))


@lru_cache(maxsize=16)
def _corpus(name: str, listing: tuple[tuple[str, Path, int, int], ...]) -> Corpus:
    """One corpus for one state of its files, so that all tests of a run share its images."""
    return Corpus(
        name, tuple(Source(image, partial(load_image, file)) for image, file, *_ in listing)
    )


def _state(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0  # loading it says why
    return status.st_size, status.st_mtime_ns


def image_name(file: Path) -> str:
    """The name of the image in `file`: its stem, in Unicode form NFC.

    macOS hands out other code points than Linux for the same accented name, and
    a baseline must find its rows on both.

    Raises
    ------
    ColordegError
        If the name is not text (bytes that are not UTF-8, control characters).
    """
    name = unicodedata.normalize("NFC", file.stem)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise ColordegError(
            f"{printable(str(file))}: the file name is not plain text (bytes that are not "
            "UTF-8, or control characters), and image names stand in baselines; rename it"
        )
    return name


def _stands_for_image(entry: Path) -> bool:
    if entry.name.startswith(".") or not entry.is_file():
        return False
    if entry.suffix.lower() in _SUFFIXES:
        return True
    try:
        with entry.open("rb") as stream:
            return is_handled(stream.read(HEAD))
    except OSError:
        return True  # loading it says why not


def _natural_order(file: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key under which img2 comes before img10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", file.name)
    key = [(0, int(part), "") if part[0].isdigit() else (1, 0, part) for part in parts]
    return key, file.name
