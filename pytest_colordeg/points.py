"""What the process that closes a run knows of one operating point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.sweep.spool import failures, image_names
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
    cells: Sequence[Measurement] = ()

    @property
    def images(self) -> list[str]:
        """The name of each cell's image."""
        return image_names(self.cells)

    @property
    def failures(self) -> int:
        """How many cells could not be measured."""
        return failures(self.cells)

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
        return {} if self.failed else degrade(self.cells, self.digest).aggregates
