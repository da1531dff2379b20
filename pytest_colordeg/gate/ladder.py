"""What a test of a whole ladder holds in its hands: the `colordeg_ladder` fixture's object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import pytest

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.setting import AtSetting
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.failure import failed_cells
from pytest_colordeg.gate.judge import Gate
from pytest_colordeg.metrics.ladder import CumulativeChange, cumulative_change
from pytest_colordeg.records import Degradation, Measurement
from pytest_colordeg.selection import Point
from pytest_colordeg.targets.crossing import AtTarget, Step, crossing
from pytest_colordeg.targets.search import search
from pytest_colordeg.targets.target import target
from pytest_colordeg.values import Value

__all__ = ["Ladder"]

_TOLD = ("bpp", "delta_e00.mean", "psnr.rgb")


class Ladder:
    """A codec at all of its rungs, and between them, over a corpus.

    Each rung and setting is measured when first needed. Reading fails the test
    when a cell could not be measured.

    Examples
    --------
    >>> def test_color_at_half_a_bit(colordeg_ladder):
    ...     assert colordeg_ladder.at(bpp=0.5)["delta_e00.mean"] < 2.0
    """

    def __init__(self, gate: Gate, point: Point) -> None:
        assert point.codec is not None
        assert point.selection is not None
        self.codec = point.codec
        self.corpus = point.selection.corpus.name
        self._gate, self._point = gate, point
        self._found: dict[str, Degradation] = {}
        self.told: dict[str, None] = {}  # lines for the report, each once

    def __repr__(self) -> str:
        return f"<colordeg ladder of {self.codec} on {self.corpus}>"

    @property
    def measured(self) -> int:
        """How many cells were measured so far."""
        return sum(len(found.rows) for found in self._found.values())

    @property
    def rungs(self) -> Mapping[int, Degradation]:
        """Rung to degradation, rung 1 first."""
        return {rung: self._rung(rung) for rung in sorted(self._inner.ladder)}

    def at(self, *, interpolate: bool = False, **wanted: float) -> AtTarget:
        """Bring the codec to a target: ``at(bpp=0.5)``, ``at(ssim=0.97)``, ``at(delta_e00=1)``.

        A built-in codec's dial is turned by bisection until two neighbouring
        settings lie around the target; of other codecs the two rungs around it are
        taken. Between the two, metrics are interpolated, linear in the target's
        metric (rates by their logarithm).

        Parameters
        ----------
        interpolate
            Take the rungs of a built-in codec too: nothing is searched.
        wanted
            One metric and its value over the corpus. Names with a dot go by
            ``at(**{"ssim.wang": 0.97})``.

        Returns
        -------
        AtTarget
            ``["delta_e00.mean"]`` and all other metrics there; both neighbours.

        Raises
        ------
        ColordegError
            If the target is out of reach, or the metric does not move one way.
        """
        # One that works in another process does not tell its dial.
        aim = target(wanted)
        dial = getattr(self._gate.registry.find(self.codec), "dial", None)
        if interpolate or not isinstance(dial, Dial):
            found = crossing(self.codec, aim, self.steps())
        else:
            known = [cast(float, rung[dial.name]) for rung in self._inner.ladder.values()]
            found = search(self.codec, aim, dial, lambda value: self._setting(dial, value), known)
        values = ", ".join(f"{name} {_text(found[name])}" for name in _TOLD)
        self.told[f"{found.said_of(self.corpus)}: {values}"] = None
        return found

    def steps(self) -> list[Step]:
        """The rungs as steps for `crossing`, by rising rate."""
        return [Step(f"r{rung}", whole.aggregates) for rung, whole in self.rungs.items()]

    def change(self) -> CumulativeChange:
        """Change of the number of unique (a*, b*) colours, from the best rung downwards."""
        counts: dict[str, list[float]] = {}
        for rung in sorted(self.rungs, reverse=True):
            for image, row in self.rungs[rung].rows.items():
                value = row["unique_ab.count"]
                if not isinstance(value, float):
                    raise ColordegError(f"{self.codec}-r{rung}, {image}: unique_ab.count {value}")
                counts.setdefault(image, []).append(value)
        return cumulative_change(counts)

    def curve(self, metric: str) -> list[tuple[float, float]]:
        """Points (bpp, metric) of all rungs, for `bd_rate` and `bd_quality`.

        Raises
        ------
        ColordegError
            If a rung has no number there.
        """
        points = []
        for step in self.steps():
            rate, value = step.values["bpp"], step.values.get(metric)
            if not isinstance(rate, float) or not isinstance(value, float):
                raise ColordegError(f"{self.codec}-{step.label}: {metric} is {value}, no number")
            points.append((rate, value))
        return points

    def of(self, codec: str) -> Ladder:
        """The ladder of another codec over the same images.

        Examples
        --------
        >>> from pytest_colordeg.metrics.bjontegaard import bd_rate
        >>> def test_rate_at_equal_colour(colordeg_ladder):
        ...     jpeg = colordeg_ladder.of("jpeg")
        ...     curves = (one.curve("delta_e00.mean") for one in (jpeg, colordeg_ladder))
        ...     assert bd_rate(*curves, lower_is_better=True) < -20
        """
        return Ladder(self._gate, replace(self._point, codec=codec))

    @property
    def _inner(self) -> Codec:
        return self._gate.registry.get(self.codec)

    def _rung(self, rung: int) -> Degradation:
        label = f"r{rung}"
        if label not in self._found:
            point = replace(self._point, rung=rung)
            self._found[label] = self._whole(label, self._gate.measure(point))
        return self._found[label]

    def _setting(self, dial: Dial, value: int | float) -> Mapping[str, Value]:
        parameters = dial.parameters(value)
        for rung, known in self._inner.ladder.items():
            if known == parameters:
                return self._rung(rung).aggregates
        label = f"{dial.name}={value:g}"
        if label not in self._found:
            assert self._point.selection is not None
            codec = AtSetting(self._inner, label, parameters)
            cells = self._gate.measure_setting(codec, self._point.selection)
            self._found[label] = self._whole(label, cells)
        return self._found[label].aggregates

    def _whole(self, label: str, cells: Sequence[Measurement]) -> Degradation:
        __tracebackhide__ = True
        failed = [cell for cell in cells if cell.error]
        if failed:
            title = f"{self.codec}-{label} on {self.corpus}"
            pytest.fail(failed_cells(title, failed), pytrace=False)
        return self._gate.degradation(self._point, cells)


def _text(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
