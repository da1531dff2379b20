"""What a test holds in its hands: the `colordeg` fixture's object."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pytest_colordeg.findings import Findings, findings_to_json
from pytest_colordeg.gate.failure import failed_cells
from pytest_colordeg.gate.judge import Gate, Judgement
from pytest_colordeg.records import Degradation, Measurement
from pytest_colordeg.selection import Point
from pytest_colordeg.sweep.serial import to_json
from pytest_colordeg.sweep.spool import failures
from pytest_colordeg.values import Value

__all__ = ["Colordeg"]


class Colordeg:
    """The degradation of one codec at one rung over a corpus.

    It is measured when first read. Reading fails the test when a cell could not
    be measured, and says which and why.

    Examples
    --------
    >>> def test_color(colordeg):
    ...     colordeg.check()                       # baseline and limits
    ...     assert colordeg["delta_e00.mean"] < 3  # or plain asserts
    """

    def __init__(self, gate: Gate, point: Point, nodeid: str) -> None:
        assert point.codec is not None
        assert point.rung is not None
        assert point.selection is not None
        self.codec, self.quality = point.codec, point.rung
        self.corpus = point.selection.corpus.name
        self._gate, self._point, self._nodeid = gate, point, nodeid
        self._cells: Sequence[Measurement] | None = None
        self._degradation: Degradation | None = None
        self._read = False
        self._judgement: Judgement | None = None

    def __repr__(self) -> str:
        return f"<colordeg {self.codec}-r{self.quality} on {self.corpus}>"

    @property
    def read(self) -> bool:
        """Whether the test has read anything."""
        return self._read

    @property
    def measurements(self) -> Sequence[Measurement]:
        """The measured cells, one an image, failed ones included."""
        if self._cells is None:
            self._cells = self._gate.measure(self._point)
            self._read = True
        return self._cells

    @property
    def degradation(self) -> Degradation:
        """The aggregated record; fails the test when a cell could not be measured."""
        __tracebackhide__ = True
        if failures(self.measurements):
            failed = [cell for cell in self.measurements if cell.error]
            title = f"{self.codec}-r{self.quality} on {self.corpus}"
            pytest.fail(failed_cells(title, failed), pytrace=False)
        if self._degradation is None:
            self._degradation = self._gate.degradation(self._point, self.measurements)
        return self._degradation

    @property
    def images(self) -> Mapping[str, Mapping[str, Value]]:
        """Image name to that image's metrics."""
        __tracebackhide__ = True
        return self.degradation.rows

    def __getitem__(self, metric: str) -> Any:
        """A metric over the corpus: a float, or a token that compares with no number."""
        __tracebackhide__ = True
        aggregates = self.degradation.aggregates
        if metric not in aggregates:
            below = [name for name in aggregates if name.startswith(f"{metric}.")]
            close = below[:4] or difflib.get_close_matches(metric, aggregates, n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(close)}?" if close else "see docs/metrics.md"
            raise KeyError(f"no metric {metric!r}; {hint}")
        return aggregates[metric]

    def check(self) -> None:
        """Judge the point against its baseline and the limits; all failures in one text."""
        __tracebackhide__ = True
        if self._judgement is None:
            self._judgement = self._gate.judge(self._point, self.measurements, self._nodeid)
        if self._judgement.failure:
            pytest.fail(self._judgement.failure, pytrace=False)

    def properties(self) -> list[tuple[str, object]]:
        """Small facts of a failing item, for JUnit: verdict, cause, failing metrics."""
        judged = self._judgement
        if judged is None or not judged.failure:
            return []
        found = judged.findings
        metrics = {
            f"colordeg.{change.metric}": f"{change.baseline} -> {change.now}"
            for change in found.changes
            if change.fails and change.image is None
        }
        cause = {"colordeg.cause": found.causes[0]} if found.causes else {}
        return [("colordeg.verdict", judged.verdict), *cause.items(), *metrics.items()]

    def payload(self, plain: bool) -> dict[str, Any]:
        """What travels to the controller.

        Parameters
        ----------
        plain
            JSON-like data alone, for another process.
        """
        selection = self._point.selection
        assert selection is not None
        judged = self._judgement
        cells = self.measurements
        failed = failures(cells) > 0
        return {
            "codec": self.codec,
            "rung": self.quality,
            "corpus": self.corpus,
            "device": self._gate.settings.device,
            "digest": "" if failed else selection.corpus.digest,
            "partial": selection.partial,
            "verdict": "error" if failed else judged.verdict if judged else "unchecked",
            "writable": judged is not None and judged.writable,
            "notes": list(judged.notes) if judged else [],
            "findings": findings_to_json(judged.findings if judged else Findings()),
            "cells": [to_json(cell) for cell in cells] if plain else cells,
            "cached": self._gate.from_cache(self._point),
        }

    def forget(self) -> None:
        """Let go of the measurements; pytest keeps items, and so this, to the end of the run."""
        self._cells = self._degradation = None
