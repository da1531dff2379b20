"""The gate before faulty codecs: a baseline of the right one, and a verdict on each other."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_colordeg.baselines import Mode, plan
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.judge import Gate, Judgement
from pytest_colordeg.images import Selection, resolve
from pytest_colordeg.images.model import Corpus
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.options import Settings, defaults
from pytest_colordeg.selection import Point

__all__ = ["Trial", "prove_all"]


@dataclass(frozen=True)
class Trial:
    """One fault at one point.

    Attributes
    ----------
    caught
        Whether the gate failed the point.
    causes
        The hints, most certain first; for a cell that could not be measured, its error.
    named
        Whether the first hint names the fault.
    text
        The failure as a user sees it; empty when nothing was caught.
    """

    mutation: str
    codec: str
    rung: int
    caught: bool
    causes: tuple[str, ...]
    named: bool
    text: str


def prove_all(
    codec: Codec,
    mutants: Mapping[str, tuple[str, Codec]],
    rungs: tuple[int, ...],
    images: tuple[str, ...],
    limits: str,
) -> list[Trial]:
    """See `mutations.prove`; `mutants` has the cause to be named and the codec by name."""
    trials = []
    with tempfile.TemporaryDirectory(prefix="colordeg-") as name:
        settings = _settings(Path(name))
        settings.baselines.mkdir()
        (settings.baselines / "limits.yaml").write_text(limits, encoding="utf-8")
        points = [
            Point(codec.id, rung, None, _whole(selection))
            for selection in resolve(images, Path.cwd())
            for rung in rungs
        ]
        _bless(settings, codec, points)
        _must_pass(settings, codec, points)
        for mutation, (cause, mutant) in mutants.items():
            for point in points:
                if mutation.startswith("tiles") and point.rung == min(codec.ladder):
                    continue
                trials.append(_trial(mutation, cause, point, _judge(settings, mutant, point)))
    return trials


def _whole(selection: Selection) -> Selection:
    """The selected images as a corpus of their own: a baseline is made of a whole one."""
    return Selection(Corpus(selection.corpus.name, selection.sources), selection.names)


def _trial(mutation: str, cause: str, point: Point, judged: Judgement) -> Trial:
    assert point.codec is not None
    assert point.rung is not None
    text = judged.failure or ""
    causes = judged.findings.causes
    if judged.verdict == "error":
        causes = (" ".join(text.split("\n\n", 1)[1].split()),)
    named = bool(cause and causes and cause in causes[0])
    caught = judged.failure is not None
    return Trial(mutation, point.codec, point.rung, caught, causes, named, text)


class _Only(Registry):
    """A registry whose every id is this codec."""

    def __init__(self, codec: Codec) -> None:
        super().__init__()
        self._codec = codec

    def find(self, name: str) -> Codec:
        return self._codec


def _judge(settings: Settings, codec: Codec, point: Point) -> Judgement:
    gate = Gate(settings, _Only(codec))
    return gate.judge(point, gate.measure(point), "test_color.py")


def _bless(settings: Settings, codec: Codec, points: list[Point]) -> None:
    gate = Gate(settings, _Only(codec))
    found = []
    for point in points:
        cells = gate.measure(point)
        for cell in cells:
            if cell.error:
                raise ColordegError(f"{codec.id}-r{cell.rung}, {cell.image}: {cell.error}")
        found.append(gate.degradation(point, cells))
    made = [gate.compare(now, None) for now in found]
    gate.store.update(
        codec.id,
        lambda base: plan(
            base,
            found,
            made,
            frozenset({Mode.CREATE}),
            codec=codec.id,
            metrics=METRICS,
            reason="the right codec",
            date="2000-01-01",
        ),
    )


def _must_pass(settings: Settings, codec: Codec, points: list[Point]) -> None:
    for point in points:
        judged = _judge(settings, codec, point)
        if judged.failure is not None:
            raise ColordegError(f"the right codec fails its own baseline: {judged.failure}")


def _settings(folder: Path) -> Settings:
    # What a fault does has to be measured, and one thread is enough for it.
    return replace(defaults(folder), cache=None, jobs=1)
