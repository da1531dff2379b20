"""Which points a test is about: the marker declares, the command line intersects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from pytest_colordeg.codecs.registry import Registry
    from pytest_colordeg.images import Selection
    from pytest_colordeg.options import Settings

__all__ = ["Declared", "Point", "declared", "points"]

_KEYS = ("codecs", "qualities", "images")


@dataclass(frozen=True)
class Point:
    """What one test item gets: parts that it did not ask for are ``None``."""

    codec: str | None = None
    rung: int | None = None
    image: str | None = None
    selection: Selection | None = None

    def __str__(self) -> str:
        rung = None if self.rung is None else f"r{self.rung}"
        return "-".join(part for part in (self.codec, rung, self.image) if part is not None)


@dataclass(frozen=True)
class Declared:
    """What the ``colordeg`` marker of a test says; ``None`` where it says nothing."""

    codecs: tuple[str, ...] | None = None
    qualities: tuple[str, ...] | None = None
    images: tuple[str, ...] | None = None


def declared(markers: Iterable[Any]) -> Declared:
    """Merge a test's ``colordeg`` markers, the closest one first.

    Raises
    ------
    ColordegError
        For positional arguments, unknown names or empty lists.
    """
    merged: dict[str, tuple[str, ...]] = {}
    for marker in markers:
        if marker.args or set(marker.kwargs) - set(_KEYS):
            unknown = [*map(repr, marker.args), *sorted(set(marker.kwargs) - set(_KEYS))]
            raise ColordegError(
                f"marker colordeg: unknown {', '.join(unknown)}; it takes codecs=[...], "
                "qualities=[...] and images=..."
            )
        for key, raw in marker.kwargs.items():
            values = (raw,) if isinstance(raw, str | int) else tuple(raw)
            if not values:
                raise ColordegError(f"marker colordeg: {key} is empty; leave it out or name some")
            merged.setdefault(key, tuple(map(str, values)))
    return Declared(**merged)


def points(
    wanted: Declared,
    settings: Settings,
    registry: Registry,
    parts: frozenset[str],
) -> list[Point]:
    """List the points of one test function, in codec, rung, image order.

    Parameters
    ----------
    parts
        Which of ``codec``, ``quality``, ``image``, ``corpus``, ``ladder`` the test asks for.

    Raises
    ------
    ColordegError
        For an empty intersection, an unknown codec, a rung that no selected
        codec has, an unknown corpus or image.
    """
    codecs: Sequence[str | None] = [None]
    if parts & {"codec", "quality", "corpus", "ladder"}:
        codecs = codec_ids(wanted, settings, registry)
    selections = _selections(wanted, settings) if parts & {"image", "corpus", "ladder"} else [None]
    found: list[Point] = []
    rungs: Mapping[str, Sequence[int]] = {}
    if parts & {"quality", "corpus"}:
        rungs = _rungs([codec for codec in codecs if codec], wanted, settings, registry)
    for selection in selections:
        names: Sequence[str | None] = [None]
        if "image" in parts and selection is not None:
            names = selection.names
        for codec in codecs:
            for rung in rungs.get(codec or "", [None]) if rungs else [None]:
                found += [Point(codec, rung, name, selection) for name in names]
    return found


def codec_ids(wanted: Declared, settings: Settings, registry: Registry) -> list[str]:
    """The codecs of one test function, each known and available."""
    typed = settings.codec if settings.from_command_line("codec") else None
    default = None if typed else settings.codec
    base = wanted.codecs or typed or default or registry.default_ids()
    chosen = [codec for codec in base if typed is None or codec in typed]
    if not chosen:
        raise ColordegError(
            f"no codec is left: the marker selects {', '.join(base)}; the command line selects "
            f"{', '.join(typed or ())}"
        )
    for codec in chosen:
        registry.get(codec)
    return chosen


def parse_rungs(texts: Iterable[str], origin: str) -> list[int]:
    """Read ``1,4-6`` style rung numbers; raises `ColordegError` for anything else."""
    rungs: list[int] = []
    for text in texts:
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise ColordegError(
                f"{origin}: {text!r} is not a rung; rungs are numbers from 1 up, such as 1,4-6"
            )
        rungs += range(first, last + 1)
    return sorted(set(rungs))


def _rungs(
    codecs: Sequence[str], wanted: Declared, settings: Settings, registry: Registry
) -> dict[str, list[int]]:
    asked: list[tuple[str, list[int]]] = []
    if wanted.qualities:
        asked.append(("the marker", parse_rungs(wanted.qualities, "marker colordeg, qualities")))
    typed = settings.from_command_line("quality")
    if settings.quality and (typed or not wanted.qualities):
        origin = "the command line" if typed else settings.origins["quality"]
        asked.append((origin, parse_rungs(settings.quality, f"quality ({origin})")))
    ladders = {codec: sorted(registry.get(codec).ladder) for codec in codecs}
    known = {rung for ladder in ladders.values() for rung in ladder}
    for origin, rungs in asked:
        lost = [rung for rung in rungs if rung not in known]
        if lost:
            raise ColordegError(
                f"no selected codec has rung {', '.join(map(str, lost))} (asked by {origin}); "
                + "; ".join(f"{codec} has {_spell(ladder)}" for codec, ladder in ladders.items())
            )
    chosen = {
        codec: [rung for rung in ladder if all(rung in rungs for _, rungs in asked)]
        for codec, ladder in ladders.items()
    }
    if not any(chosen.values()):
        raise ColordegError(
            "no rung is left: "
            + "; ".join(f"{origin} selects {_spell(rungs)}" for origin, rungs in asked)
        )
    return chosen


def _selections(wanted: Declared, settings: Settings) -> list[Selection]:
    from pytest_colordeg.images import resolve

    typed = settings.images if settings.from_command_line("images") else None
    default = None if typed else settings.images
    base = resolve(wanted.images or typed or default or ("photos",), settings.root)
    if typed is None or not wanted.images:
        return base
    narrowed = [
        replace(part, names=names)
        for part in resolve(typed, settings.root)
        for whole in base
        if whole.corpus.name == part.corpus.name
        and (names := tuple(name for name in part.names if name in whole.names))
    ]
    if not narrowed:
        raise ColordegError(
            f"no image is left: the marker selects {', '.join(wanted.images)}; "
            f"the command line selects {', '.join(typed)}"
        )
    return narrowed


def _spell(rungs: Sequence[int]) -> str:
    return ", ".join(map(str, rungs)) or "none"
