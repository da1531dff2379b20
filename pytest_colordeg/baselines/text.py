"""Baseline to text: one spelling for each content, so that diffs show changes alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pytest_colordeg.baselines.model import FORMAT, Baseline, Section, StoredPoint
from pytest_colordeg.baselines.table import join, quote
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar
from pytest_colordeg.values import NotApplicable, Value, is_number

__all__ = ["END", "USUAL", "dump", "number", "rounded"]

END = "..."
"""The last line: a file without it was cut short."""

USUAL = "n/a"
"""The key of a metric's usual reason, which its cells then leave out."""

_HEADER = """\
# Written by pytest-colordeg: how the codec below degrades images today.
# Change it with
#   pytest --colordeg --colordeg-update=fix --colordeg-reason="why"
# rather than by hand. Absolute limits are written by hand, in limits.yaml.
"""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*")
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"}
_MAX_KEY = 200


class _Format(NamedTuple):
    """How a metric's cells are written."""

    digits: int
    usual: str | None


def dump(baseline: Baseline) -> str:
    """Write a baseline as YAML text.

    Names are sorted, numbers have the decimals of their metric, and every
    image, metric and history entry has a line of its own.

    Raises
    ------
    ColordegError
        If something cannot be stored: NaN, infinity, a name that is no text, a
        row that lacks a metric of its point.
    """
    lines = [f"format: {FORMAT}", f"codec: {_text(baseline.codec)}"]
    lines += _history(baseline)
    lines += _empty("metrics", baseline.metrics)
    reasons = _usual_reasons(baseline)
    for name, metric in sorted(baseline.metrics.items()):
        usual = f", {USUAL}: {quote(reasons[name])}" if name in reasons else ""
        fields = f"digits: {metric.digits}{usual}, definition: {quote(metric.definition)}"
        lines.append(f"  {_key(name)}: {{{fields}}}")
    formats = {
        name: _Format(metric.digits, reasons.get(name)) for name, metric in baseline.metrics.items()
    }
    lines += _empty("sections", baseline.sections)
    corpus = None
    for key, section in sorted(baseline.sections.items()):
        if section.corpus != corpus:
            corpus = section.corpus
            lines.append(f"  {_key(corpus)}:")
        lines.append(f"    {_key(section.device)}:")
        try:
            lines += _indent(_section(section, formats), 6)
        except ValueError as error:
            raise ColordegError(f"{baseline.codec} on {'/'.join(key)}: {error}") from None
    return _HEADER + "\n".join(lines) + f"\n{END}\n"


def rounded(value: Value, digits: int) -> Value:
    """Give the value as it will be read back from the file."""
    return float(number(value, digits)) if isinstance(value, (int, float)) else value


def number(value: float, digits: int) -> str:
    """Write a number with fixed decimals; there is no negative zero.

    Raises
    ------
    ValueError
        If it is NaN or infinite.
    """
    if not is_number(value):
        raise ValueError(f"{value!r} is not a finite number")
    text = f"{value:.{digits}f}"
    return text[1:] if text[0] == "-" and not text.strip("-0.") else text


def _history(baseline: Baseline) -> Iterator[str]:
    yield from _empty("history", baseline.history, "[]")
    for change in baseline.history:
        yield f"  - date: {quote(change.date)}"
        yield f"    reason: {quote(change.reason)}"
        yield from (f"    {line}" for line in _empty("changes", change.edits, "[]"))
        yield from (f"      - {quote(edit)}" for edit in change.edits)


def _section(section: Section, formats: Mapping[str, _Format]) -> Iterator[str]:
    yield f"corpus_digest: {quote(section.corpus_digest)}"
    yield "images: |"
    yield "  image, sha256"
    for name, digest in sorted(section.images.items()):
        yield f"  {join((name, digest))}"
    yield from _empty("points", section.points)
    for rung, point in sorted(section.points.items()):
        yield f"  {rung}:"
        yield from _indent(_point(point, rung, formats), 4)


def _point(point: StoredPoint, rung: int, formats: Mapping[str, _Format]) -> Iterator[str]:
    yield f"parameters: {_flow(point.parameters)}"
    yield f"facts: {_flow(point.facts)}"
    yield f"provenance: {_flow(point.provenance)}"
    yield "aggregates: |"
    yield "  metric, value, images"
    for name, value in sorted(point.aggregates.items()):
        place = f"rung {rung}: {name}"
        yield f"  {join((name, _cell(value, formats[name], place), str(point.covered[name])))}"
    yield "rows: |"
    names = sorted({name for row in point.rows.values() for name in row})
    yield f"  {join(('image', *names))}"
    for image, row in sorted(point.rows.items()):
        place = f"rung {rung}, image {image}"
        if len(row) != len(names):
            absent = next(name for name in names if name not in row)
            raise ValueError(f"{place}: no value for {absent}")
        cells = (_cell(row[name], formats[name], f"{place}: {name}") for name in names)
        yield f"  {join((image, *cells))}"


def _cell(value: Value, form: _Format, place: str) -> str:
    if isinstance(value, NotApplicable) and value.reason == form.usual:
        return USUAL
    if not isinstance(value, (int, float)):
        return str(value)
    try:
        return number(value, form.digits)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _usual_reasons(baseline: Baseline) -> dict[str, str]:
    """Find each metric's commonest reason for ``n/a``: told once, it keeps tables short."""
    counts: dict[str, Counter[str]] = {}
    for section in baseline.sections.values():
        for point in section.points.values():
            for values in (point.aggregates, *point.rows.values()):
                for name, value in values.items():
                    if isinstance(value, NotApplicable):
                        counts.setdefault(name, Counter())[value.reason] += 1
    return {
        name: min(reasons, key=lambda reason: (-reasons[reason], reason))
        for name, reasons in counts.items()
    }


def _flow(pairs: Mapping[str, Scalar]) -> str:
    inner = ", ".join(f"{_key(name)}: {_scalar(value)}" for name, value in sorted(pairs.items()))
    return f"{{{inner}}}"


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if not is_number(value):
        raise ValueError(f"{value!r} is not a finite number")
    text = repr(value)
    # Older YAML takes 1e-05 for text, for want of a point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _RESERVED
    return text if plain else quote(text)


def _key(text: str) -> str:
    if len(text) > _MAX_KEY:
        raise ColordegError(f"the name {text[:40]!r}... is too long to be stored: shorten it")
    return _text(text)


def _empty(name: str, content: Iterable[object], nothing: str = "{}") -> list[str]:
    return [f"{name}:" if content else f"{name}: {nothing}"]


def _indent(lines: Iterable[str], width: int) -> Iterator[str]:
    return (" " * width + line for line in lines)
