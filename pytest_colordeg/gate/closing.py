"""The baselines that are written once a run is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pytest_colordeg.baselines.draft import Mode
from pytest_colordeg.baselines.model import Baseline
from pytest_colordeg.baselines.selection import Selection
from pytest_colordeg.baselines.update import UpdatePlan, plan, table
from pytest_colordeg.gate.failure import shown_path
from pytest_colordeg.gate.judge import Gate
from pytest_colordeg.gate.whole import Whole, images_of
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.points import PointResult
from pytest_colordeg.records import Degradation
from pytest_colordeg.sweep.degrade import degrade

__all__ = ["update"]


def update(
    gate: Gate, points: Iterable[PointResult], narrowed: bool
) -> tuple[list[str], list[str]]:
    """Write what the run's update modes allow, one file at a time.

    Parameters
    ----------
    points
        All points of the run; only those judged writable are stored.
    narrowed
        Whether the run was a part of what there is; *prune* refuses then.

    Returns
    -------
    tuple of list of str
        What to tell, and what went wrong.
    """
    measured: dict[str, list[Degradation]] = {codec: [] for codec in gate.store.codecs()}
    images, whole = images_of(points := list(points)), Whole.of(gate, narrowed)
    for point in points:
        if point.writable and not point.failed:
            now = degrade(list(point.cells), point.digest, point.partial)
            measured.setdefault(point.codec, []).append(now)
    modes = frozenset(Mode(mode) for mode in gate.settings.update)
    plans: list[UpdatePlan] = []
    for codec, degradations in sorted(measured.items()):
        if degradations or Mode.PRUNE in modes:
            selection = whole.selection(codec, images, narrowed)
            plans.append(_one(gate, codec, degradations, modes, selection))
    problems = [f"{one.codec}: {line}" for one in plans for line in one.skipped]
    problems += [line for one in plans for line in _unmended(gate, one, measured[one.codec])]
    return _told(gate, plans), problems


def _one(
    gate: Gate,
    codec: str,
    degradations: Sequence[Degradation],
    modes: frozenset[Mode],
    selection: Selection,
) -> UpdatePlan:
    settings = gate.settings

    def make_plan(baseline: Baseline | None) -> UpdatePlan:
        return plan(
            baseline,
            degradations,
            [gate.compare(now, baseline) for now in degradations],
            modes,
            codec=codec,
            metrics=METRICS,
            reason=settings.reason or "",
            date=datetime.now(UTC).date().isoformat(),
            selection=selection,
            strict=settings.strict,
        )

    return gate.store.update(codec, make_plan, dry_run=settings.dry_run)


def _unmended(gate: Gate, done: UpdatePlan, degradations: Sequence[Degradation]) -> list[str]:
    """Points that would still fail against what was written: an update must not hide that."""
    strict = gate.settings.strict
    return [
        f"{now.codec}-r{now.rung} on {now.corpus} still fails after the update "
        f"({comparison.reason or comparison.verdict})"
        for now in degradations
        if (comparison := gate.compare(now, done.new)).fails(strict=strict)
    ]


def _short(one: UpdatePlan) -> UpdatePlan:
    """Without the metrics that are only recorded: what a reviewer has to weigh."""
    gated = [e for e in one.edits if e.what not in METRICS or METRICS[e.what].gated]
    return replace(one, edits=tuple(gated))


def _told(gate: Gate, plans: Sequence[UpdatePlan]) -> list[str]:
    if gate.settings.dry_run:
        return ["dry run, nothing is written:", *table([_short(one) for one in plans]).splitlines()]
    lines = []
    for one in plans:
        if one.writes:
            count = f"{len(one.edits)} change{'s' if len(one.edits) > 1 else ''}"
            path = shown_path(gate.store.path(one.codec))
            lines.append(f"{'removed' if one.new is None else 'wrote'} {path}: {count}")
    return lines or ["the update changed no baseline"]
