"""What the process that closes a run knows of one operating point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.degrade import degrade
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
    cells: list[Measurement] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether some cell could not be measured."""
        return any(cell.error for cell in self.cells)

    @property
    def label(self) -> str:
        return f"{self.codec}-r{self.rung}"

    @property
    def values(self) -> Mapping[str, Value]:
        """The aggregates, empty when a cell failed."""
        return {} if self.failed else degrade(self.cells, self.digest).aggregates
