"""A hundred frames of the test part of Vimeo-90K, as paper 000 takes them.

MacPherson and others compress 100 images chosen at random from the test split of Vimeo-90K
(Xue and others, *Video enhancement with task-oriented flow*, IJCV 2019), without saying which.
Here they are the first frames of the 100 triplets whose names hash lowest under a seed: the
same for everyone, in whatever order a list has them.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from pathlib import Path

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.load import load_image
from pytest_colordeg.images.model import Corpus, Source
from pytest_colordeg.images.names import printable

__all__ = ["COUNT", "LIST", "NAME", "SEED", "chosen", "is_vimeo90k", "vimeo90k_corpus"]

NAME = "vimeo90k"
LIST = "tri_testlist.txt"
COUNT = 100
SEED = "colordeg-1"

_FRAME = "im1.png"
_TRIPLET = re.compile(r"\d{5}/\d{4}")


def is_vimeo90k(folder: Path) -> bool:
    """Whether this is the folder of the triplet data set: its test list, and the sequences."""
    return (folder / LIST).is_file() and (folder / "sequences").is_dir()


def vimeo90k_corpus(folder: Path) -> Corpus:
    """The hundred frames, in the order of their names: ``00001-0389``.

    Parameters
    ----------
    folder
        Holds ``tri_testlist.txt`` and ``sequences/00001/0389/im1.png`` and so on.

    Raises
    ------
    ColordegError
        If the list cannot be read, names something else, or fewer than a hundred.
    """
    path = folder / LIST
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ColordegError(f"{printable(str(path))} cannot be read: {error}") from None
    for number, line in enumerate(lines, start=1):
        if not _TRIPLET.fullmatch(line):
            raise ColordegError(
                f"{printable(str(path))}: entry {number} is {line!r}, not a triplet such as "
                "00001/0389"
            )
    if len(set(lines)) < COUNT:
        raise ColordegError(
            f"{printable(str(path))} names {len(set(lines))} triplets; {COUNT} are needed"
        )
    names = chosen(lines)
    return Corpus(
        NAME,
        tuple(
            Source(
                name.replace("/", "-"), partial(load_image, folder / "sequences" / name / _FRAME)
            )
            for name in names
        ),
    )


def chosen(triplets: list[str], count: int = COUNT, seed: str = SEED) -> list[str]:
    """The `count` names whose SHA-256 with the seed is lowest, sorted by name."""

    def key(name: str) -> bytes:
        return hashlib.sha256(f"{seed}/{name}".encode()).digest()

    return sorted(sorted(set(triplets), key=key)[:count])
