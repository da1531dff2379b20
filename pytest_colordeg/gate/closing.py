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
    images, whole = images_of(points := list(points)), Whole.of(gate, narrowed)
    measured: dict[str, list[PointResult]] = {codec: [] for codec in gate.store.codecs()}
    for point in points:
        if point.writable and not point.failed:
            measured.setdefault(point.codec, []).append(point)
    modes = frozenset(Mode(mode) for mode in gate.settings.update)
    done: list[UpdatePlan] = []
    told, problems, unmended = [], [], []
    for codec, ready in sorted(measured.items()):
        if not ready and Mode.PRUNE not in modes:
            continue
        now = [degrade(point.cells, point.digest, point.partial) for point in ready]
        one = _one(gate, codec, now, modes, whole.selection(codec, images, narrowed))
        told += _told(gate, one)
        problems += [f"{codec}: {line}" for line in one.skipped]
        unmended += _unmended(gate, one, now)
        done.append(replace(one, base=None, new=None))  # whole files: one at a time is enough
    if gate.settings.dry_run:
        lines = table([_short(one) for one in done]).splitlines()
        told = ["dry run, nothing is written:", *lines]
    return told or ["the update changed no baseline"], [*problems, *unmended]


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


def _told(gate: Gate, one: UpdatePlan) -> list[str]:
    if not one.writes:
        return []
    count = f"{len(one.edits)} change{'s' if len(one.edits) > 1 else ''}"
    path = shown_path(gate.store.path(one.codec))
    return [f"{'removed' if one.new is None else 'wrote'} {path}: {count}"]
