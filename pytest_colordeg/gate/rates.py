"""Limits at a target, such as 0.5 bpp: judged on whole ladders when a run is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pytest_colordeg.baselines.bounds import why_broken
from pytest_colordeg.baselines.limits import Limit, Limits
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.failure import shown_path
from pytest_colordeg.points import PointResult
from pytest_colordeg.targets.crossing import AtTarget, Step, crossing
from pytest_colordeg.targets.target import target

__all__ = ["judge_targets"]


def judge_targets(
    limits: Limits,
    rungs_of: Mapping[str, Sequence[int]],
    points: Iterable[PointResult],
    narrowed: bool,
) -> tuple[list[str], list[str]]:
    """Judge each ladder of a run by the limits that are set at a target.

    Parameters
    ----------
    limits
        Those of limits.yaml.
    rungs_of
        Codec id to the rungs of its ladder.
    points
        All points of the run. A ladder whose corpus was measured in part is not
        judged, nor one of which the user asked for some rungs only.
    narrowed
        Whether the run was a part of what there is.

    Returns
    -------
    tuple of list of str
        What to tell (limits that are held, with both neighbours), and what failed.
    """
    ladders: dict[tuple[str, str, str], list[PointResult]] = {}
    for point in points:
        ladders.setdefault((point.codec, point.corpus, point.device), []).append(point)
    notes: list[str] = []
    problems: list[str] = []
    for limit in limits.limits:
        for (codec, corpus, _), rungs in ladders.items():
            if limit.at is None or not limit.scope.covers(codec, corpus):
                continue
            where = f"{shown_path(Path(limit.where))}: {codec} on {corpus}"
            if any(point.partial for point in rungs):
                notes.append(f"{where}: a limit at {_aim(limit)} needs the whole corpus")
                continue
            absent = set(rungs_of[codec]) - {point.rung for point in rungs}
            if absent and narrowed:
                notes.append(f"{where}: a limit at {_aim(limit)} needs the whole ladder")
                continue
            try:
                found = _reach(limit, codec, rungs)
            except ColordegError as error:
                problems.append(f"{where}: {error}")
                continue
            for held, line in _judged(limit, found):
                (notes if held else problems).append(f"{where} at {_aim(limit)}: {line}")
    return notes, problems


def _reach(limit: Limit, codec: str, rungs: Sequence[PointResult]) -> AtTarget:
    assert limit.at is not None
    failed = [point.label for point in rungs if point.failed]
    if failed:
        raise ColordegError(f"{', '.join(failed)} could not be measured, so neither could this")
    ordered = sorted(rungs, key=lambda point: point.rung)
    steps = [Step(f"r{point.rung}", point.values) for point in ordered]
    return crossing(codec, target(dict([limit.at])), steps)


def _judged(limit: Limit, found: AtTarget) -> Iterator[tuple[bool, str]]:
    for metric, bound in limit.metrics.items():
        broken = why_broken(bound, found.values.get(metric))
        yield not broken, f"{metric} {found.between(metric)}: {broken or 'held'}"


def _aim(limit: Limit) -> str:
    assert limit.at is not None
    return f"{limit.at[0]} {limit.at[1]:g}"
