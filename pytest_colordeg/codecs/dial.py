"""A codec's native dial: the one parameter that trades size for quality, and the fixed others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_colordeg.codecs.ladders import FROZEN
from pytest_colordeg.codecs.protocol import Ladder
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["Dial"]


@dataclass(frozen=True)
class Dial:
    """The settings that a codec can be calibrated over.

    Parameters
    ----------
    name
        The native parameter that varies.
    steps
        Its attainable values, from the smallest file to the largest.
    fixed
        The other parameters. They stand in every rung, so that a baseline
        records them and a change of one is seen.
    """

    name: str
    steps: Sequence[int | float]
    fixed: Mapping[str, Scalar] = field(default_factory=dict)

    def parameters(self, value: int | float) -> dict[str, Scalar]:
        """All native parameters of one setting."""
        return {self.name: value, **self.fixed}

    def ladder(self, codec: str) -> Ladder:
        """The frozen ladder of a built-in codec."""
        return {rung: self.parameters(step.value) for rung, step in FROZEN[codec].items()}

    def check(self, codec: str, parameters: Mapping[str, Scalar]) -> None:
        """Refuse parameters that an encoder would ignore, clamp or default.

        Raises
        ------
        ColordegError
            Naming the codec, what is wrong, and what it takes.
        """
        takes = {self.name, *self.fixed}
        if set(parameters) != takes:
            raise ColordegError(
                f"codec {codec} takes the parameters {', '.join(sorted(takes))}; "
                f"got {', '.join(sorted(parameters)) or 'none'}"
            )
        value = parameters[self.name]
        low, high = min(self.steps), max(self.steps)
        if isinstance(value, bool | str) or not low <= value <= high:
            raise ColordegError(
                f"codec {codec}: {self.name} must be a number from {low:g} to {high:g}, "
                f"got {value!r}"
            )
