"""The steps of an update; each keeps a file from mixing two corpora or definitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from pytest_colordeg.baselines.compare import corpus_change
from pytest_colordeg.baselines.draft import Draft, Mode, merged, without
from pytest_colordeg.baselines.judge import is_value
from pytest_colordeg.baselines.model import StoredPoint
from pytest_colordeg.baselines.selection import Selection, stale
from pytest_colordeg.baselines.specs import MetricSpec
from pytest_colordeg.baselines.verdicts import Comparison, Verdict
from pytest_colordeg.records import Degradation

__all__ = ["fix_definitions", "fix_sections", "prune", "update_point", "why_unusable"]


def why_unusable(now: Degradation, metrics: Mapping[str, MetricSpec]) -> str:
    """Say why nothing of this point may be stored, or nothing when it may."""
    if now.partial:
        return "only a part of the corpus was measured"
    if not now.rows or {*now.rows} != {*now.image_digests}:
        return "not every image was measured"
    names = {name for row in now.rows.values() for name in row}
    for name in (*now.aggregates, *names):
        if name not in metrics:
            return f"the metric {name} is not registered"
    for name, value in now.aggregates.items():
        if not is_value(value):
            return f"{name} is {value!r}"
        if name not in now.covered:
            return f"{name} does not say how many images it covers"
    for image, row in now.rows.items():
        for name in names:
            if name not in row:
                return f"the image {image} has no {name}"
            if name not in now.aggregates:
                return f"{name} has no aggregate"
            if not is_value(row[name]):
                return f"{name} of the image {image} is {row[name]!r}"
    return ""


def fix_definitions(draft: Draft, usable: Sequence[Degradation]) -> None:
    """Give a redefined metric its new definition, and drop every value of the old one.

    What this run measured is filled in again later; elsewhere the metric is
    then missing, which fails until it is created.
    """
    measured = {name for now in usable for name in now.aggregates}
    names = {name for name in measured if not draft.accepts(name)}
    for name in sorted(names):
        old = draft.metrics.pop(name).definition
        draft.edit(Mode.FIX, "", f"definition of {name}", old, draft.specs[name].definition)
    here = {(now.corpus, now.device, now.rung) for now in usable}
    for key, section in draft.sections.items():
        for rung, point in section.points.items():
            if (*key, rung) not in here:
                for name in sorted(names & point.aggregates.keys()):
                    draft.edit(Mode.FIX, f"{'/'.join(key)} rung {rung}", name, "dropped")
        points = {rung: without(point, names) for rung, point in section.points.items()}
        draft.sections[key] = replace(section, points=points)
    draft.refilled = names


def fix_sections(draft: Draft, usable: Sequence[Degradation], selection: Selection | None) -> None:
    """Replace the sections whose corpus changed, whole or not at all."""
    for key, group in groupby(usable, key=lambda now: (now.corpus, now.device)):
        section, points = draft.sections.get(key), list(group)
        if section is None or not (change := corpus_change(points[0], section)):
            continue
        place = "/".join(key)
        listed = section.points if selection is None else selection.rungs
        left = {*section.points} & {*listed} - {now.rung for now in points}
        if left:
            rungs = ", ".join(map(str, sorted(left)))
            draft.skip(f"{place}: {change}; measure rungs {rungs} too, to replace the section")
            continue
        del draft.sections[key]
        for now in points:
            draft.put(now, draft.stored(now))
        draft.edit(Mode.FIX, place, "section", change, f"{len(points)} points measured anew")


def update_point(
    draft: Draft,
    now: Degradation,
    comparison: Comparison | None,
    modes: Collection[Mode],
    strict: bool,
) -> None:
    """Create, fix or tighten one point, as the modes allow."""
    section = draft.sections.get((now.corpus, now.device))
    place = draft.place(now)
    if section is not None and (change := corpus_change(now, section)):
        if Mode.FIX not in modes:
            draft.skip(f"{place}: {change}; update=fix replaces the section")
        return
    point = section.points.get(now.rung) if section else None
    if point is None:
        if Mode.CREATE in modes:
            _note_redefined(draft, now, place)
            draft.put(now, draft.stored(now))
            draft.edit(Mode.CREATE, place, f"{len(now.aggregates)} metrics")
        return
    same = point.parameters == now.parameters and not _facts_changed(point, now)
    if Mode.FIX in modes and (not same or (comparison and _wrong(comparison, strict))):
        _replace(draft, now, point, place)
        return
    clean = comparison is None or not _wrong(comparison, strict=False)
    absent = {name for name in now.aggregates if name not in point.aggregates}
    absent = absent if Mode.CREATE in modes else absent & draft.refilled
    absent = {name for name in absent if draft.accepts(name)}
    better = _better(draft, comparison, point, now) if Mode.TIGHTEN in modes else set()
    if (absent or better) and not (same and clean):
        draft.skip(f"{place}: the point fails or has other parameters; update=fix replaces it")
        return
    if Mode.CREATE in modes:
        _note_redefined(draft, now, place)
    columns = draft.stored(now, absent | better)
    facts = {**now.facts, **point.facts} if Mode.CREATE in modes else point.facts
    draft.put(now, replace(merged(point, columns), facts=facts))
    for name in sorted(absent | better):
        mode = Mode.TIGHTEN if name in better else Mode.CREATE
        mode = Mode.FIX if name in draft.refilled else mode
        before = draft.show(name, point.aggregates.get(name))
        draft.edit(mode, place, name, before, draft.show(name, columns.aggregates[name]))
    if facts != point.facts:
        draft.edit(Mode.CREATE, place, "facts", "", ", ".join(sorted({*facts} - {*point.facts})))


def prune(draft: Draft, selection: Selection, *, remove: bool) -> None:
    """Remove what is no longer listed: the file, sections, rungs, metrics."""
    if not selection.listed:
        draft.removed = remove
        if remove:
            draft.edit(Mode.PRUNE, "", "the file", "the codec is no longer registered")
        return
    gone: set[str] = set()
    for entry in stale(draft.baseline(), selection, draft.specs):
        key = (entry.corpus or "", entry.device or "")
        if entry.metric:
            gone.add(entry.metric)
            draft.edit(Mode.PRUNE, "", f"metric {entry.metric}")
        elif entry.rung:
            section = draft.sections[key]
            kept = {rung: point for rung, point in section.points.items() if rung != entry.rung}
            draft.sections[key] = replace(section, points=kept)
            draft.edit(Mode.PRUNE, "/".join(key), f"rung {entry.rung}")
        elif entry.image:
            draft.skip(f"{'/'.join(key)}: the image {entry.image} is gone; update=fix replaces it")
        else:
            del draft.sections[key]
            draft.edit(Mode.PRUNE, "/".join(key), "section")
    for key, section in list(draft.sections.items()):
        if not section.points:
            del draft.sections[key]
        elif gone:
            points = {rung: without(point, gone) for rung, point in section.points.items()}
            draft.sections[key] = replace(section, points=points)


def _replace(draft: Draft, now: Degradation, point: StoredPoint, place: str) -> None:
    new = draft.stored(now)
    draft.put(now, new)
    before = len(draft.edits)
    names = {*point.aggregates, *new.aggregates}
    for name in sorted(names, key=lambda name: (not draft.gated(name), name)):
        old, fresh = point.aggregates.get(name), new.aggregates.get(name)
        if old != fresh:
            draft.edit(Mode.FIX, place, name, draft.show(name, old), draft.show(name, fresh))
    for what in ("parameters", "facts", "provenance"):
        old_pairs, pairs = getattr(point, what), getattr(new, what)
        for name in sorted({*old_pairs, *pairs}):
            if old_pairs.get(name) != pairs.get(name):
                texts = (str(side.get(name, "")) for side in (old_pairs, pairs))
                draft.edit(Mode.FIX, place, f"{what} {name}", *texts)
    if len(draft.edits) == before and point != new:
        draft.edit(Mode.FIX, place, "image rows")


def _wrong(comparison: Comparison, strict: bool) -> bool:
    """Tell whether the point fails for more than something that is absent."""
    return (
        any(item.verdict is not Verdict.MISSING for item in comparison.failures)
        or any(difference.fails for difference in comparison.differences)
        or (strict and bool(comparison.improvements))
    )


def _better(
    draft: Draft, comparison: Comparison | None, point: StoredPoint, now: Degradation
) -> set[str]:
    """Name the metrics to tighten: better, and in no image's favour at the corpus's cost."""
    names = {item.metric for item in comparison.improvements} if comparison else set()
    for name in sorted(name for name in names if _loosens(draft, name, point, now)):
        names.remove(name)
        draft.skip(f"{draft.place(now)}: {name} is better for some images but not for the corpus")
    return {name for name in names if draft.accepts(name)}


def _loosens(draft: Draft, name: str, point: StoredPoint, now: Degradation) -> bool:
    old, new = point.aggregates.get(name), now.aggregates.get(name)
    if not isinstance(old, (int, float)) or not isinstance(new, (int, float)):
        return False
    return new > old if draft.specs[name].direction == "lower" else new < old


def _facts_changed(point: StoredPoint, now: Degradation) -> bool:
    return any(now.facts.get(name) != value for name, value in point.facts.items())


def _note_redefined(draft: Draft, now: Degradation, place: str) -> None:
    for name in now.aggregates:
        if not draft.accepts(name):
            draft.skip(f"{place}: {name} is defined otherwise in the file; update=fix replaces it")
