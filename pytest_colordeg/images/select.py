"""From what a user types (corpora, folders, files, single images) to selections."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.charts import charts
from pytest_colordeg.images.folder import folder_corpus, image_name
from pytest_colordeg.images.model import Corpus, Image, Source
from pytest_colordeg.images.names import printable
from pytest_colordeg.images.photos import photos
from pytest_colordeg.images.vimeo90k import is_vimeo90k, vimeo90k_corpus

__all__ = ["BUILT_IN", "Selection", "resolve"]

BUILT_IN = {"photos": photos, "charts": charts}


@dataclass(frozen=True)
class Selection:
    """A corpus and which of its images are wanted.

    Attributes
    ----------
    corpus
        The whole corpus, also when only a part is selected.
    names
        Selected image names, in corpus order, at least one.
    """

    corpus: Corpus
    names: tuple[str, ...]

    @property
    def partial(self) -> bool:
        """True when some image of the corpus is not selected."""
        return len(self.names) < len(self.corpus.sources)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The selected images, not yet loaded."""
        wanted = set(self.names)
        return tuple(source for source in self.corpus.sources if source.name in wanted)

    @property
    def images(self) -> tuple[Image, ...]:
        """The selected images; loads them."""
        return tuple(source.image for source in self.sources)


def resolve(spec: Sequence[str], root: Path) -> list[Selection]:
    """Find what the entries of `spec` name; reads folders' listings, never pixels.

    Parameters
    ----------
    spec
        Each entry is ``photos``, ``charts``, a folder, one image of these
        (``photos/astronaut-face``, ``folder/name``), or an image file. Entries
        naming parts of one corpus are merged.
    root
        Folder that relative paths start from.

    Returns
    -------
    list of Selection
        One for each corpus, in order of first mention.

    Raises
    ------
    ColordegError
        If nothing is named, an entry names nothing that exists, or two
        different corpora would share a name.
    """
    corpora: dict[str, Corpus] = {}
    origins: dict[str, Path | None] = {}
    wanted: dict[str, set[str]] = {}
    for entry in spec:
        corpus, origin, names = _find(entry, root)
        if origins.setdefault(corpus.name, origin) != origin:
            raise ColordegError(
                f"images {entry!r}: there are two folders named {corpus.name!r} "
                f"({_shown(origins[corpus.name])} and {_shown(origin)}), and baselines tell "
                "corpora apart by name; rename one"
            )
        corpora.setdefault(corpus.name, corpus)
        wanted.setdefault(corpus.name, set()).update(names)
    if not corpora:
        raise ColordegError(f"no images selected; name {_what_exists()}")
    return [
        Selection(
            corpus, tuple(source.name for source in corpus.sources if source.name in wanted[name])
        )
        for name, corpus in corpora.items()
    ]


def _find(entry: str, root: Path) -> tuple[Corpus, Path | None, list[str]]:
    """Find one entry: its corpus, the folder it came from if any, and the names meant."""
    head, _, image = entry.partition("/")
    if head in BUILT_IN:
        corpus = BUILT_IN[head]()
        return corpus, None, _names(corpus, image, entry)
    path = root / Path(entry).expanduser()
    if entry.strip() and path.is_dir():
        return _in_folder(path, "", entry)
    # A bare word that names no file is a mistyped corpus, not an image of the root.
    if path.is_file() or (path.parent.is_dir() and "/" in entry):
        return _in_folder(path.parent, image_name(path) if path.is_file() else path.name, entry)
    raise ColordegError(
        f"images {entry!r}: no such corpus, folder or file{_did_you_mean(head, list(BUILT_IN))}; "
        f"there are {_what_exists()} (looked in {_shown(path.parent)})"
    )


def _in_folder(folder: Path, image: str, entry: str) -> tuple[Corpus, Path | None, list[str]]:
    corpus = vimeo90k_corpus(folder) if is_vimeo90k(folder) else folder_corpus(folder)
    if corpus.name in BUILT_IN:
        raise ColordegError(
            f"images {entry!r}: a folder named {corpus.name!r} would pass for the built-in corpus; "
            "rename it"
        )
    return corpus, folder.resolve(), _names(corpus, image, entry)


def _names(corpus: Corpus, image: str, entry: str) -> list[str]:
    names = [source.name for source in corpus.sources]
    if not image:
        return names
    if image not in names:
        raise ColordegError(
            f"images {entry!r}: corpus {corpus.name} has no image {image!r}"
            f"{_did_you_mean(image, names)}; it has {_listing(names)}"
        )
    return [image]


def _shown(path: Path | None) -> str:
    return printable(str(path))


def _did_you_mean(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _listing(names: Sequence[str], most: int = 15) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _what_exists() -> str:
    return f"{', '.join(BUILT_IN)}, a folder of images, or an image of these"
