"""What a paper says, and what became of it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.ladder import CumulativeChange
from pytest_colordeg.records import Degradation
from pytest_colordeg.targets.crossing import AtTarget

__all__ = ["Claim", "Evaluate", "LadderLike", "NotTestableError", "Outcome", "Study", "evaluate"]

Word: TypeAlias = Literal["reproduced", "not reproduced", "not testable here"]


class LadderLike(Protocol):
    """What a claim needs of a codec's ladder; see `pytest_colordeg.gate.ladder.Ladder`."""

    @property
    def codec(self) -> str: ...

    @property
    def rungs(self) -> Mapping[int, Degradation]: ...

    def at(self, *, interpolate: bool = False, **wanted: float) -> AtTarget: ...

    def curve(self, metric: str) -> Sequence[tuple[float, float]]: ...

    def change(self) -> CumulativeChange: ...


class Study(Protocol):
    """Gives the ladder of a codec over the study's images; raises `NotTestableError` without it."""

    def ladder(self, codec: str) -> LadderLike: ...


class NotTestableError(ColordegError):
    """A claim needs what is not here; the message says what, and how to get it."""


Evaluate: TypeAlias = Callable[[Study], tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a paper.

    Attributes
    ----------
    id
        Paper and number: ``000-3``.
    says
        The statement, in our words.
    evaluate
        From a study to whether it holds, and the figures.
    """

    id: str
    says: str
    evaluate: Evaluate

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Outcome:
    """A claim, and what became of it."""

    claim: Claim
    word: Word
    figures: str

    def __str__(self) -> str:
        return f"{self.claim.id} {self.word}: {self.claim.says} [{self.figures}]"


def evaluate(claim: Claim, study: Study) -> Outcome:
    """Evaluate a claim.

    Raises
    ------
    ColordegError
        If it could be tested here and something went wrong.
    """
    try:
        holds, figures = claim.evaluate(study)
    except NotTestableError as why:
        return Outcome(claim, "not testable here", str(why))
    return Outcome(claim, "reproduced" if holds else "not reproduced", figures)
