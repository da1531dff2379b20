"""What an update would change: a pure function from what is stored and measured to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as calendar
from itertools import groupby

from pytest_colordeg.baselines.draft import Draft, Edit, Mode
from pytest_colordeg.baselines.fill import (
    fix_definitions,
    fix_sections,
    prune,
    update_point,
    why_unusable,
)
from pytest_colordeg.baselines.model import Baseline, Change
from pytest_colordeg.baselines.selection import Selection
from pytest_colordeg.baselines.specs import MetricSpec
from pytest_colordeg.baselines.verdicts import Comparison
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Degradation

__all__ = ["Edit", "Mode", "UpdatePlan", "parse_modes", "plan", "table"]

_MOST_IN_LINE = 6
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """What an update does.

    Attributes
    ----------
    base
        The baseline that the plan was made from.
    new
        What to store; equal to `base` when there is nothing to do, ``None``
        when the file is to be removed.
    edits
        Every change, in order.
    skipped
        What was asked for and cannot be done, each with the reason.
    """

    codec: str
    base: Baseline | None
    new: Baseline | None
    edits: tuple[Edit, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Tell whether the file would change."""
        return bool(self.edits)


def parse_modes(text: str) -> frozenset[Mode]:
    """Read a comma-separated list such as ``create,fix``.

    Raises
    ------
    ColordegError
        If a word is no mode.
    """
    modes = set()
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            modes.add(Mode(word))
        except ValueError:
            known = ", ".join(Mode)
            raise ColordegError(f"update: expected some of {known}, found {word!r}") from None
    return frozenset(modes)


def plan(
    baseline: Baseline | None,
    degradations: Sequence[Degradation],
    comparisons: Sequence[Comparison],
    modes: frozenset[Mode],
    *,
    codec: str,
    metrics: Mapping[str, MetricSpec],
    reason: str,
    date: str,
    selection: Selection | None = None,
    strict: bool = False,
) -> UpdatePlan:
    """Work out what an update would do; nothing is written.

    Parameters
    ----------
    baseline
        What is stored, or ``None``.
    degradations, comparisons
        The codec's points of this run, and each one's comparison with `baseline`.
    modes
        What may be done, see `Mode`.
    codec
        The codec's id.
    metrics
        Every registered metric by name.
    reason
        Why, in words; stands in the history.
    date
        ISO date, ``YYYY-MM-DD``.
    selection
        What is listed today; *prune* needs it, and *fix* of a changed corpus
        uses it to drop rungs that no longer exist.
    strict
        Let *fix* replace improvements too, as a strict gate fails them.

    Raises
    ------
    ColordegError
        If the reason is blank, the date is none, or *prune* is asked for on a
        partial selection.
    """
    if not reason.strip():
        raise ColordegError("an update needs a reason: say why with --colordeg-reason")
    try:
        calendar.fromisoformat(date)
    except ValueError:
        raise ColordegError(f"expected a date such as 2026-01-31, found {date!r}") from None
    if Mode.PRUNE in modes and (selection is None or selection.partial):
        raise ColordegError(
            "update=prune needs the whole selection: run every codec, quality and image"
        )
    if wrong := [now.codec for now in degradations if now.codec != codec]:
        raise ColordegError(f"an update of {codec} was given measurements of {wrong[0]}")

    draft = Draft(baseline or Baseline(codec), metrics)
    judged = {(item.corpus, item.device, item.rung): item for item in comparisons}
    usable = []
    for now in sorted(degradations, key=lambda now: (now.corpus, now.device, now.rung)):
        if why := why_unusable(now, metrics):
            draft.skip(f"{draft.place(now)}: {why}")
        else:
            usable.append(now)
    if Mode.FIX in modes:
        fix_definitions(draft, usable)
        fix_sections(draft, usable, selection)
    for now in usable:
        update_point(draft, now, judged.get((now.corpus, now.device, now.rung)), modes, strict)
    if Mode.PRUNE in modes and selection is not None:
        prune(draft, selection, remove=baseline is not None)
    return _finish(baseline, draft, reason, date)


def _finish(baseline: Baseline | None, draft: Draft, reason: str, date: str) -> UpdatePlan:
    skipped = tuple(draft.skipped)
    new = draft.baseline()
    if draft.removed:
        return UpdatePlan(draft.codec, baseline, None, tuple(draft.edits), skipped)
    if not draft.edits:
        return UpdatePlan(draft.codec, baseline, baseline, (), skipped)
    change = Change(date, " ".join(reason.split()), _summary(draft.edits))
    new = replace(new, history=(*new.history, change))
    return UpdatePlan(draft.codec, baseline, new, tuple(draft.edits), skipped)


def _summary(edits: Sequence[Edit]) -> tuple[str, ...]:
    """Tell the edits in a line a place."""
    lines = []
    for (mode, place), group in groupby(edits, key=lambda edit: (edit.mode, edit.place)):
        texts = [edit.text for edit in group]
        if mode == Mode.CREATE and len(texts) > _MOST_IN_LINE:
            # What is new has nothing to be compared with: its numbers stand below.
            texts = [f"{len(texts)} metrics, from {texts[0].split(' ')[0]}"]
        more = [f"{len(texts) - _MOST_IN_LINE} more"] if len(texts) > _MOST_IN_LINE else []
        start = f"{mode} {place}".rstrip()
        lines.append(f"{start}: {', '.join(texts[:_MOST_IN_LINE] + more)}")
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"and {len(lines) - _MOST_LINES} more"]
    return tuple(lines)


def table(plans: Sequence[UpdatePlan]) -> str:
    """Show plans as a table, a line an edit, with what was skipped below."""
    header = ("codec", "mode", "place", "what", "baseline", "now")
    cells = [
        (plan.codec, str(edit.mode), edit.place, edit.what, edit.before, edit.after)
        for plan in plans
        for edit in plan.edits
    ]
    lines = ["no baseline changes"]
    if cells:
        widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (header, *cells)
        ]
    lines += [f"skipped: {plan.codec} {line}" for plan in plans for line in plan.skipped]
    return "\n".join(lines)
