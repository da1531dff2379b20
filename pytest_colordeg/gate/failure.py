"""The text of a failure: what, why, how much, where to look, how to accept it."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pytest_colordeg.baselines.bounds import LimitResult
from pytest_colordeg.baselines.paired import LEVEL
from pytest_colordeg.baselines.verdicts import Comparison, MetricVerdict, Verdict
from pytest_colordeg.gate.artifacts import Exhibit
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.records import Measurement
from pytest_colordeg.values import Value

__all__ = ["accept_command", "failed_cells", "failure_text", "headline", "limit_text", "shown_path"]

_WIDTH = 80
_MOST = 4

Rows = Mapping[str, Mapping[str, Value]]


def failed_cells(point: str, cells: Sequence[Measurement]) -> str:
    """Word the cells that could not be measured, one line a different error."""
    images: dict[str, list[str]] = {}
    for cell in cells:
        images.setdefault(cell.error or "", []).append(cell.image)
    lines = [f"colordeg: {point}: {_count(len(cells), 'image')} could not be measured", ""]
    for error, names in images.items():
        lines += _wrapped("", f"{_few(names)}: {error}")
    return "\n".join(lines)


def failure_text(
    title: str,
    comparison: Comparison | None,
    limits: Sequence[LimitResult],
    causes: Sequence[str],
    worst: Sequence[tuple[str, str]],
    exhibits: Sequence[Exhibit],
    command: str | None,
    base: str = "baseline",
) -> str:
    """Put the parts of a failure together.

    Parameters
    ----------
    title
        The point, such as ``jpeg-r4 on photos``.
    comparison
        Against the baseline; ``None`` where a test uses none.
    limits
        The limits that are not held.
    causes
        Most certain first.
    worst
        Image name and what to say of it.
    exhibits
        Where their pictures are.
    command
        What accepts the change, if anything does.
    base
        What the comparison is with: the column's heading.
    """
    lines = [*_wrapped("colordeg: ", f"{title}: {headline(comparison, limits)}", hang=2)]
    if comparison is not None and comparison.reason:
        lines += ["", *_wrapped("", comparison.reason)]
    if causes:
        lines += ["", *_wrapped("Probable cause: ", causes[0])]
        for cause in causes[1:]:
            lines += _wrapped("           also: ", cause)
    if comparison is not None and comparison.outcome is None:
        lines += ["", *_table(comparison, base)]
    lines += ["", *(line for limit in limits for line in _wrapped("Limit: ", limit_text(limit)))]
    if not limits:
        lines.pop()
    if worst:
        lines += ["", "Worst images:"]
        wide = max(len(name) for name, _ in worst)
        lines += [line for n, text in worst for line in _wrapped(f"  {n:<{wide}}  ", text)]
    lines += _pictures(exhibits)
    if command:
        missing = comparison is not None and comparison.outcome is Verdict.MISSING
        lines += ["", f"To {'record it' if missing else 'accept this change'}:", f"  {command}"]
    return "\n".join(lines)


def accept_command(mode: str, nodeid: str) -> str:
    """The command that records what was measured at one item as the new baseline."""
    return (
        f"pytest --colordeg --colordeg-update={mode} --colordeg-reason='...' {shlex.quote(nodeid)}"
    )


def headline(comparison: Comparison | None, limits: Sequence[LimitResult]) -> str:
    """What fails, in one line: metrics by verdict, most severe first, and limits."""
    parts: list[str] = []
    if comparison is not None:
        if comparison.outcome is Verdict.MISSING:
            parts.append("no baseline to compare with")
        elif comparison.outcome is not None:
            parts.append("incomparable with the baseline")
        groups: dict[str, dict[str, None]] = {}
        whole = [item for item in comparison.failures if item.image is None]
        for item in sorted(whole, key=lambda item: -item.verdict.severity):
            groups.setdefault(item.verdict, {})[item.metric] = None
        for fact in comparison.differences:
            if fact.fails:
                groups.setdefault(Verdict.CHANGED, {})[fact.name] = None
        parts += [f"{verdict}: {', '.join(names)}" for verdict, names in groups.items()]
        known = {item.metric for item in whole}
        alone = dict.fromkeys(i.metric for i in comparison.failures if i.metric not in known)
        parts += [f"on single images: {', '.join(alone)}"] if alone else []
        if not parts and comparison.improvements:
            names = dict.fromkeys(item.metric for item in comparison.improvements)
            parts.append(f"better, which --colordeg-strict fails: {', '.join(names)}")
    parts += [f"{_count(len(limits), 'limit')} not held"] if limits else []
    return "; ".join(parts)


def limit_text(broken: LimitResult) -> str:
    """A limit that is not held, in words."""
    value = "" if broken.value is None else f" {_value(broken.value, 4)}"
    place = f" of {broken.image}" if broken.image else ""
    return f"{broken.metric}{place}{value}: {broken.reason} ({shown_path(Path(broken.where))})"


def _table(comparison: Comparison, base: str) -> list[str]:
    aggregates = [item for item in comparison.metrics if item.gated]
    aggregates.sort(key=lambda item: -item.verdict.severity)
    lines = [_row("metric", base[:11], "now", "change", "allowed", "")]
    lines += [_verdict_row(item, item.metric) for item in aggregates]
    return lines + _image_rows(comparison) + _interval_rows(aggregates)


def _interval_rows(aggregates: Sequence[MetricVerdict]) -> list[str]:
    """What failed, as the mean change of the images with its bootstrap interval."""
    lines = [
        f"  {item.metric:<18}{item.paired.text(_digits(item.metric) - 1)}"
        for item in aggregates
        if item.paired is not None and item.fails
    ]
    return [f"mean change of an image, with its {LEVEL} % interval:", *lines] if lines else []


def _image_rows(comparison: Comparison) -> list[str]:
    """Single images: those that fail where the corpus passes, and how many fail besides."""
    failing = {item.metric for item in comparison.metrics if item.fails}
    images = [item for item in comparison.images if item.fails]
    alone = sorted((i for i in images if i.metric not in failing), key=lambda i: -_excess(i))
    lines: list[str] = []
    for item in alone[:_MOST]:
        lines += [f"{item.image}:", _verdict_row(item, f"  {item.metric}")]
    rest = len(images) - len(lines) // 2
    if rest:
        more = "more " if lines else ""
        lines.append(f"{more}values of single images beyond their tolerance: {rest}")
    return lines


def _excess(item: MetricVerdict) -> float:
    if item.change is None or not item.allowed:
        return float("inf")
    return abs(item.change) / item.allowed


def _verdict_row(item: MetricVerdict, name: str) -> str:
    digits = _digits(item.metric)
    change = "" if item.change is None else f"{item.change:+.{digits}f}"
    allowed = "" if item.allowed is None else f"±{_short(item.allowed)}"
    now, stored = _value(item.now, digits), _value(item.baseline, digits)
    row = _row(name, stored, now, change, allowed, str(item.verdict))
    return row if not item.reason else f"{row}\n    {item.reason}"


def _digits(metric: str) -> int:
    return min(METRICS[metric].digits, 4) if metric in METRICS else 4


def _row(name: str, baseline: str, now: str, change: str, allowed: str, verdict: str) -> str:
    row = f"{name:<20}{baseline:>12}{now:>12}{change:>12}{allowed:>11}  {verdict}"
    return row.rstrip()


def _value(value: Value | None, digits: int) -> str:
    if value is None:
        return "none"
    if isinstance(value, int | float):
        return f"{value:.{digits}f}"
    return str(value).split(":", maxsplit=1)[0]


def _short(number: float) -> str:
    return f"{number:.3g}"


def _pictures(exhibits: Iterable[Exhibit]) -> list[str]:
    lines: list[str] = []
    for exhibit in exhibits:
        if exhibit.problem:
            return ["", *_wrapped("Pictures: ", exhibit.problem)]
        first = next(iter(exhibit.paths.values()))
        if not lines:
            lines = ["", f"Pictures, in {shown_path(first.parent)}:"]
        stem = first.name.removesuffix(".original.png")
        lines.append(f"  {stem}.{{{','.join(exhibit.paths)}}}.png")
    return lines


def shown_path(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _wrapped(head: str, text: str, hang: int | None = None) -> list[str]:
    indent = " " * (len(head) if hang is None else hang)
    return textwrap.wrap(
        text, _WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
    ) or [head.rstrip()]


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
