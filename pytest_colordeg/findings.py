"""What the judge finds out about a point, as plain records that travel and are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pytest_colordeg.values import Value, to_text

__all__ = ["Change", "Findings", "Picture", "findings_to_json"]


@dataclass(frozen=True, slots=True)
class Change:
    """One metric against its baseline; fields as in `MetricVerdict`."""

    metric: str
    verdict: str
    baseline: Value | None = None
    now: Value | None = None
    change: float | None = None
    allowed: float | None = None
    gated: bool = True
    fails: bool = False
    image: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One of the worst images of a failing point.

    Attributes
    ----------
    text
        What it did: ``delta_e00.mean 2.10 → 3.40``.
    hue
        The hue sector most affected, in words; empty when none is populated.
    files
        Kind (``original``, ``decoded``, ``delta_e00``) to PNG file.
    problem
        Why there are no files, when there are none.
    """

    image: str
    text: str = ""
    hue: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the judge found out about a point, apart from the text it was worded in.

    Attributes
    ----------
    headline
        One line: which metrics are worse, changed, missing.
    reason
        Why the point as a whole could not be compared; mostly empty.
    causes
        Probable causes, most certain first.
    changes
        Gated aggregates, and others that moved, in the order of the registry; then
        single images that do not pass.
    limits
        Limits that are not held, in words.
    pictures
        The worst images.
    command
        What accepts the change; empty when nothing does.
    against
        What was compared with: ``baseline``, or the other codec's id.
    stored
        The baseline's aggregates, for curves.
    """

    headline: str = ""
    reason: str = ""
    causes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    limits: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    command: str = ""
    against: str = "baseline"
    stored: Mapping[str, Value] = field(default_factory=dict)


def findings_to_json(findings: Findings) -> dict[str, Any]:
    """Give the JSON object; keys as in `Findings`, values as in records."""
    plain = asdict(findings)
    # asdict takes value tokens apart; they are put in again as text.
    for made, source in zip(plain["changes"], findings.changes, strict=True):
        made["baseline"], made["now"] = _optional(source.baseline), _optional(source.now)
    plain["stored"] = {name: to_text(value) for name, value in findings.stored.items()}
    return plain


def _optional(value: Value | None) -> float | str | None:
    return None if value is None else to_text(value)
