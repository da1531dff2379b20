"""From what the controller collected to what a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_colordeg.findings import Findings
from pytest_colordeg.options import OPTIONS, Settings
from pytest_colordeg.points import PointResult
from pytest_colordeg.report.model import Point
from pytest_colordeg.report.plain import findings_from_json

__all__ = ["Told", "as_point", "shown_settings"]


@dataclass(slots=True)
class Told:
    """What the tests of one point said, gathered as they report."""

    tests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def add(self, nodeid: str, failure: str, findings: Mapping[str, Any]) -> None:
        """Take what one test sent; findings of a failing test win over those of a passing one."""
        self.tests.append(nodeid)
        if failure and failure not in self.failures:
            self.failures.append(failure)
        new = findings_from_json(findings)
        if new.headline or not self.findings.changes:
            self.findings = new


def as_point(result: PointResult, told: Told) -> Point:
    """Join a point's cells and verdict with what its tests said."""
    return Point(
        result.codec,
        result.rung,
        result.corpus,
        result.device,
        result.digest,
        result.partial,
        result.verdict,
        result.cells,
        "\n\n".join(told.failures),
        tuple(sorted(told.tests)),
        told.findings,
    )


def shown_settings(settings: Settings) -> dict[str, str]:
    """The settings that somebody made, in words, paths relative to the project."""
    shown = {}
    for option in OPTIONS:
        value = getattr(settings, option.dest.removeprefix("colordeg_"))
        if value not in (None, (), False) and settings.origins[option.name] != "default":
            text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            shown[option.name] = text.replace(f"{settings.root}/", "")
    return shown
