"""What GitHub Actions shows: the job's summary and annotations on failing tests."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report import text
from pytest_colordeg.report.model import Point, ReportData
from pytest_colordeg.report.page import COLUMNS, groups

__all__ = ["append_summary", "error_lines", "summary_markdown"]

_MOST_BYTES = 900_000  # GitHub drops a step's summary above 1 MiB
_MOST_POINTS = 200
_MOST_TEXTS = 20
_MOST_ANNOTATIONS = 10  # GitHub shows ten a step


def append_summary(path: Path, data: ReportData) -> None:
    """Add the summary to the file that GitHub named; raises `ColordegError` if it cannot."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(summary_markdown(data))
    except OSError as error:
        raise ColordegError(
            f"{path}: the job summary cannot be written: {error.strerror or error}"
        ) from None


def summary_markdown(data: ReportData) -> str:
    """Word the summary: the verdict, what changed, failing points, the table of all.

    Whatever came from outside is escaped, so that it can be neither HTML nor Markdown.
    """
    parts = [*_head(data), *_changes(data), *_problems(data), *_texts(data), *_table(data)]
    summary = "\n".join(parts) + "\n"
    if len(summary.encode()) > _MOST_BYTES:
        parts = [*_head(data), *_changes(data), "", "The rest is too long for a job summary."]
        summary = "\n".join(parts)[: _MOST_BYTES // 4] + "\n"
    return summary


def error_lines(data: ReportData) -> list[str]:
    """Give one workflow command a failing point, on the line of its test's file.

    GitHub shows ten; when there are more, the last one says how many.
    """
    failing = data.failing
    most = _MOST_ANNOTATIONS if len(failing) <= _MOST_ANNOTATIONS else _MOST_ANNOTATIONS - 1
    lines = [_annotation(point) for point in failing[:most]]
    lines += [_command("", "colordeg", problem) for problem in data.problems[: 10 - len(lines)]]
    if len(failing) > most:
        lines = lines[:most]
        rest = f"{len(failing) - most} more operating points fail; see the job's summary"
        lines.append(_command("", "colordeg", rest))
    return lines


def _annotation(point: Point) -> str:
    file = point.tests[0].split("::")[0] if point.tests else ""
    found = point.findings
    words = found.headline or point.failure or point.verdict
    if found.causes:
        words = f"{words}\nProbable cause: {found.causes[0]}"
    return _command(file, f"colordeg: {point.label} on {point.corpus}", words)


def _command(file: str, title: str, message: str) -> str:
    properties = [f"file={_property(file)}"] if file else []
    properties.append(f"title={_property(title)}")
    return f"::error {','.join(properties)}::{_data(message)}"


def _data(words: str) -> str:
    return text.clean(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def _head(data: ReportData) -> list[str]:
    failed, points = len(data.failing), len(data.points)
    if data.passed:
        title = f"✅ Colours are kept: {points} operating points pass"
    elif failed:
        title = f"❌ {failed} of {points} operating points change colours"
    else:
        title = "❌ The colour run fails"
    return [f"## {title}", "", f"{data.measured} cells measured, {len(data.codecs)} codecs", ""]


def _changes(data: ReportData) -> Iterator[str]:
    found = groups(data)
    if found:
        yield from ("| what fails | on | probable cause | effect |", "| --- | --- | --- | --- |")
    for group in found[:_MOST_POINTS]:
        cells = (f"{group.codec} {group.rungs}", group.corpus, group.cause, group.effect)
        yield _row(map(_escaped, cells))


def _problems(data: ReportData) -> Iterator[str]:
    for problem in data.problems[:_MOST_POINTS]:
        yield from ("", f"**Failed:** {_escaped(problem)}")


def _texts(data: ReportData) -> Iterator[str]:
    for point in [point for point in data.failing if point.failure][:_MOST_TEXTS]:
        title = _escaped(f"{point.label} on {point.group}: {point.verdict}")
        # A block that begins with <pre> is Markdown to nobody until </pre>.
        words = html.escape(text.clean(point.failure))
        yield from ("", f"<details><summary>{title}</summary>", "", f"<pre>{words}</pre>")
        yield from ("", "</details>")


def _table(data: ReportData) -> Iterator[str]:
    yield from ("", "<details><summary>All points</summary>", "")
    yield _row(["point", "corpus", *(_escaped(column.title) for column in COLUMNS), "verdict"])
    yield _row(["---", "---", *("---:" for _ in COLUMNS), "---"])
    ordered = [*data.failing, *(point for point in data.ordered if not point.failing)]
    for point in ordered[:_MOST_POINTS]:
        values = [
            text.value(column.metric, point.values.get(column.metric), column.digits)
            for column in COLUMNS
        ]
        yield _row(map(_escaped, (point.label, point.group, *values, point.verdict)))
    if len(ordered) > _MOST_POINTS:
        yield from ("", f"and {len(ordered) - _MOST_POINTS} more, in the records")
    yield from ("", "</details>")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


_SPECIAL = {ord(c): f"&#{ord(c)};" for c in "\\`*_[]#!|~<>&@:$"}


def _escaped(words: str) -> str:
    """One line in which nothing is markup, a mention or a link."""
    return text.clean(" ".join(words.split())).translate(_SPECIAL)
