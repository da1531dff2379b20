"""What the process that closes a run knows of one operating point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.sweep.spool import Spooled
from pytest_colordeg.values import Value

__all__ = ["FAILING", "PointResult"]

#: Verdicts that fail; everything else passes.
FAILING = frozenset({"worse", "changed", "missing", "incomparable", "limit", "error", "failed"})


@dataclass
class PointResult:
    """What the controller knows of one operating point on one corpus."""

    codec: str
    rung: int
    corpus: str
    device: str
    digest: str
    partial: bool
    verdict: str
    writable: bool
    notes: list[str] = field(default_factory=list)
    cells: list[Measurement] | Spooled = field(default_factory=list)

    @property
    def images(self) -> list[str]:
        """The name of each cell's image."""
        if isinstance(self.cells, Spooled):
            return self.cells.images
        return [cell.image for cell in self.cells]

    @property
    def failures(self) -> int:
        """How many cells could not be measured."""
        if isinstance(self.cells, Spooled):
            return self.cells.failures
        return sum(cell.error is not None for cell in self.cells)

    @property
    def failed(self) -> bool:
        """Whether some cell could not be measured."""
        return self.failures > 0

    @property
    def label(self) -> str:
        return f"{self.codec}-r{self.rung}"

    @property
    def values(self) -> Mapping[str, Value]:
        """The aggregates, empty when a cell failed."""
        return {} if self.failed else degrade(list(self.cells), self.digest).aggregates
