"""What is listed today, and which stored entries no longer are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pytest_colordeg.baselines.model import Baseline, Section

__all__ = ["Selection", "Stale", "stale"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a codec's baseline may hold today.

    Attributes
    ----------
    rungs
        The codec's whole ladder, whatever was selected of it.
    images
        Corpus name to the names of its images, for each corpus whose list is known.
    corpora, devices
        Every corpus and device that exists, or ``None`` when nobody can tell;
        sections are then never stale.
    listed
        False when the codec itself is no longer registered.
    partial
        True when the run selected only a part; nothing may be pruned then.
    """

    rungs: Collection[int]
    images: Mapping[str, Collection[str]] = field(default_factory=dict)
    corpora: Collection[str] | None = None
    devices: Collection[str] | None = None
    listed: bool = True
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """A stored entry that is no longer listed; what is ``None`` is not narrowed down."""

    codec: str
    corpus: str | None = None
    device: str | None = None
    rung: int | None = None
    image: str | None = None
    metric: str | None = None

    def __str__(self) -> str:
        place = [self.codec]
        if self.corpus:
            place.append(f"{self.corpus}/{self.device}")
        for word in ("rung", "image", "metric"):
            if (value := getattr(self, word)) is not None:
                place.append(f"{word} {value}")
        return " ".join(place)


def stale(baseline: Baseline, selection: Selection, metrics: Collection[str]) -> tuple[Stale, ...]:
    """Find the sections, rungs, images and metrics that are stored but no longer listed.

    A stale image means that the corpus changed: only *fix* mends it, by
    replacing the section. All else *prune* removes.
    """
    if not selection.listed:
        return (Stale(baseline.codec),)
    found = [Stale(baseline.codec, metric=name) for name in baseline.metrics if name not in metrics]
    for section in baseline.sections.values():
        found += _in_section(baseline.codec, section, selection)
    return tuple(found)


def _in_section(codec: str, section: Section, selection: Selection) -> Iterator[Stale]:
    place = (codec, section.corpus, section.device)
    known_corpora, known_devices = selection.corpora, selection.devices
    if (known_corpora is not None and section.corpus not in known_corpora) or (
        known_devices is not None and section.device not in known_devices
    ):
        yield Stale(*place)
        return
    for rung in section.points:
        if rung not in selection.rungs:
            yield Stale(*place, rung=rung)
    if (names := selection.images.get(section.corpus)) is not None:
        for image in section.images:
            if image not in names:
                yield Stale(*place, image=image)
