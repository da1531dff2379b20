"""Bisection on a codec's dial: the two neighbouring settings around a target.

Each look costs a corpus, so where between two settings to look next is guessed from their
values; a guess that leaves more than half is followed by a halving.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.targets.crossing import AtTarget, Step, crossing
from pytest_colordeg.targets.target import Target
from pytest_colordeg.values import Value

__all__ = ["RIPPLE", "search"]

RIPPLE = 0.005
"""How far a metric may turn back between settings of a dial, as a share of the target."""

Measure = Callable[[int | float], Mapping[str, Value]]


def search(
    codec: str,
    target: Target,
    dial: Dial,
    measure: Measure,
    known: Sequence[int | float] = (),
) -> AtTarget:
    """Turn a dial to a target.

    Parameters
    ----------
    codec
        Its id, for errors.
    target
        What to reach.
    dial
        Its steps go from the smallest file to the largest.
    measure
        Setting to the metrics over the corpus; called once for each setting.
    known
        Settings that are measured already, such as a ladder's: looked at first, so
        that the search begins between two of them.

    Returns
    -------
    AtTarget
        Between two neighbouring steps of the dial, each of them measured.

    Raises
    ------
    ColordegError
        If the target is out of the dial's reach, or the metric turns back by more than
        `RIPPLE` of the target between two settings that were looked at.
    """
    measured: dict[int, Step] = {}
    places = {value: index for index, value in enumerate(dial.steps)}

    def look(index: int) -> bool:
        """Whether the target lies at this setting or before it."""
        if index not in measured:
            setting = dial.steps[index]
            measured[index] = Step(f"{dial.name}={setting:g}", measure(setting))
        value = measured[index].values.get(target.metric)
        # A token is told of by `crossing`; where it stands does not matter.
        number = float(value) if isinstance(value, int | float) else float("nan")
        return number >= target.value if target.rises else number <= target.value

    starts = sorted({places[value] for value in known if value in places})
    below, above = 0, len(dial.steps) - 1
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if look(starts[middle]):
            above, high = starts[middle], middle
        else:
            below, low = starts[middle], middle + 1
    look(below)
    look(above)
    halve = False
    while above - below > 1:
        width = above - below
        share = 0.5 if halve else _share(target, measured[below], measured[above])
        middle = min(max(below + round(share * width), below + 1), above - 1)
        below, above = (below, middle) if look(middle) else (middle, above)
        # A guess that left more than half was a bad one: the curve is bent here.
        halve = not halve and above - below > width / 2
    return crossing(codec, target, [measured[index] for index in sorted(measured)], ripple=RIPPLE)


def _share(target: Target, below: Step, above: Step) -> float:
    """How far from one setting to the other the target should lie; a half when unknown."""
    low, high = below.values.get(target.metric), above.values.get(target.metric)
    if not isinstance(low, float) or not isinstance(high, float) or low == high:
        return 0.5
    scale = math.log if target.is_rate and min(low, high) > 0 else float
    share = (scale(target.value) - scale(low)) / (scale(high) - scale(low))
    return min(max(share, 0.0), 1.0)
