"""The books of a run: collects what the items sent, writes files, closes fail-closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from pytest_colordeg.baselines import files
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate import closing
from pytest_colordeg.gate.explain import explain, run_header
from pytest_colordeg.gate.judge import Gate
from pytest_colordeg.gate.whole import Whole, judge_whole
from pytest_colordeg.options import Settings
from pytest_colordeg.points import FAILING, PointResult
from pytest_colordeg.progress import Progress
from pytest_colordeg.report import outputs
from pytest_colordeg.report.collect import Told, as_point, shown_settings
from pytest_colordeg.report.load import HEADER_SUFFIX, header_json
from pytest_colordeg.report.model import ReportData
from pytest_colordeg.report.terminal import summary_lines
from pytest_colordeg.shard import shard_header
from pytest_colordeg.sweep.serial import from_json, record_lines
from pytest_colordeg.sweep.spool import Spool, Spooled
from pytest_colordeg.throughput.table import throughput_lines

__all__ = ["Controller"]

_MOST_FAILED = 50


def _not_tested(left_out: Mapping[str, str]) -> str:
    """One line for codecs that lack the same thing."""
    return "; ".join(
        f"not tested: {', '.join(name for name in left_out if left_out[name] == reason)} ({reason})"
        for reason in dict.fromkeys(left_out.values())
    )


class Controller:
    """Lives in the process that the user watches, under xdist and without."""

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        registry: Registry,
        gate: Gate,
        progress: Progress,
    ) -> None:
        self._config, self._settings = config, settings
        self._registry, self._gate, self._progress = registry, gate, progress
        self._points: dict[tuple[str, int, str, str], PointResult] = {}
        self._told: dict[tuple[str, int, str, str], Told] = {}
        self._failed: list[str] = []  # tests that failed with no point to show for it
        self._plan = ""  # of a shard
        self._timed: list[dict[str, Any]] = []
        self._decoded = self._cached = self._corrupt = 0
        self._spool = Spool()
        config.add_cleanup(self._spool.close)
        self._problems: list[str] = []
        self._notes: list[str] = []
        self._annotations: list[str] = []
        self._draft: Any = None
        self._started = datetime.now(UTC)

    # -- collecting ---------------------------------------------------------------

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._progress.plan(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self._progress.plan(len(ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        sent = getattr(report, "colordeg", None)
        if report.failed and not (sent and sent["point"]):
            self._failed.append(report.nodeid)
        if report.when != "call" or sent is None:
            return
        self._progress.item_done()
        self._decoded += sent["decoded"]
        self._notes += sent["notes"]
        self._corrupt += sent["corrupt"]
        if sent["throughput"]:
            self._timed.append(sent["throughput"])
            self._decoded += 1
        self._plan = sent["plan"]
        if sent["point"] is not None:
            self._take(sent["point"], report)

    def _take(self, sent: dict[str, Any], report: pytest.TestReport) -> None:
        cells, cached = sent.pop("cells"), sent.pop("cached")
        if hasattr(report, "node"):  # from another process
            cells = [from_json(record) for record in cells]
            self._progress.add_cells(len(cells))
        findings = sent.pop("findings")
        new = PointResult(**sent, cells=cells)
        if report.failed and new.verdict not in FAILING:
            new.verdict = "failed"
        elif report.passed and new.verdict in FAILING:
            self._problems.append(f"{report.nodeid}: judged {new.verdict}, but the test passed")
        key = (new.codec, new.rung, new.corpus, new.device)
        told = self._told.setdefault(key, Told())
        told.add(report.nodeid, report.longreprtext if report.failed else "", findings)
        known = self._points.setdefault(key, new)
        if known is new:
            self._cached += cached
            new.cells = Spooled(self._spool, cells)
            self._keep(new.cells)
            return
        self._merge(known, new)

    def _merge(self, known: PointResult, new: PointResult) -> None:
        """Two tests on one point: keep every cell once, and the worse verdict."""
        places = {image: place for place, image in enumerate(known.images)}
        fresh = Spooled(self._spool)
        for cell in new.cells:
            if cell.image not in places:
                fresh.extend([cell])
            elif known.cells[places[cell.image]] != cell:
                self._problems.append(
                    f"{known.label} on {known.corpus}, {cell.image}: measured twice with different "
                    "results; the codec is not deterministic"
                )
        if fresh:
            self._keep(fresh)
            known.cells = Spooled(self._spool, chain(known.cells, fresh))
            known.partial = known.partial and new.partial
            known.digest = known.digest or new.digest
        if known.verdict not in FAILING and known.verdict in ("unchecked", "pass"):
            known.verdict = new.verdict if new.verdict != "unchecked" else known.verdict
        elif new.verdict in FAILING:
            known.verdict = new.verdict
        known.writable = known.writable or new.writable

    def _keep(self, cells: Spooled) -> None:
        """Append to the records' draft at once, so that a killed run loses nothing."""
        if self._settings.records is None:
            return
        try:
            if self._draft is None:
                path = self._draft_path(self._settings.records)
                path.parent.mkdir(parents=True, exist_ok=True)
                self._draft = path.open("w", encoding="utf-8")
            self._draft.writelines(f"{line}\n" for line in record_lines(cells))
            self._draft.flush()
        except OSError as error:
            raise pytest.UsageError(
                f"colordeg: {self._settings.records}: records cannot be written: {error}"
            ) from None

    @staticmethod
    def _draft_path(records: Path) -> Path:
        return records.with_name(records.name + ".part")

    # -- closing ------------------------------------------------------------------

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._config.option.collectonly or getattr(self._config.option, "setupplan", False):
            return
        finished = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        self._write_records()
        if finished:
            self._update_baselines()
            self._close_books()
        elif self._settings.update:
            self._notes.append("the run did not finish: no baseline was written")
        if self._corrupt:
            entries = "entry was" if self._corrupt == 1 else "entries were"
            self._notes.append(
                f"{self._corrupt} corrupt cache {entries} thrown away and measured again"
            )
        if self._settings.cache and not self._settings.cache.is_dir():
            self._notes.append(f"no cache: {self._settings.cache} cannot be made")
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            self._problems.append("measured no cell: no test was collected")
        self._report(finished)
        if self._problems and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write_records(self) -> None:
        path = self._settings.records
        if path is None:
            return
        if self._draft is not None:
            self._draft.close()
        points = [self._points[key] for key in sorted(self._points)]
        lines = (f"{line}\n".encode() for point in points for line in record_lines(point.cells))
        try:
            files.write(path, lines)
        except ColordegError as error:
            self._problems.append(str(error))
            return
        if self._draft is not None:
            self._draft_path(path).unlink(missing_ok=True)

    def _report(self, finished: bool) -> None:
        """Last of all, so that it tells of everything."""
        data = self._report_data(finished)
        if finished and self._settings.report is not None:
            data = self._with_figures(data)
        records = self._settings.records
        try:
            if records is not None:
                header = records.with_name(records.name + HEADER_SUFFIX)
                files.write(header, header_json(data, records).encode())
            self._notes += outputs.write(data, self._settings.report)
        except ColordegError as error:
            self._problems.append(str(error))
        self._annotations = outputs.error_lines(data)

    def _with_figures(self, data: ReportData) -> ReportData:
        from pytest_colordeg.report import scenes

        try:
            figures, lost = scenes.of_run(data.ordered, self._settings, self._registry)
        except ColordegError as error:
            figures, lost = [], [f"no figures of pixels: {error}"]
        return replace(data, figures=figures, notes=(*data.notes, *lost))

    def _report_data(self, finished: bool) -> ReportData:
        problems = [*self._problems, *(f"{test} failed" for test in self._failed[:_MOST_FAILED])]
        if not finished:
            problems.append("the run did not finish: this is what it measured until then")
        return ReportData(
            [as_point(result, self._told[key]) for key, result in self._points.items()],
            self._header(),
            shown_settings(self._settings),
            tuple(problems),
            (*(note for result in self._points.values() for note in result.notes), *self._notes),
        )

    def _header(self) -> dict[str, Any]:
        header, shard = run_header(self._started), self._settings.shard
        if shard is None:
            return header
        whole = Whole.of(self._gate, self._narrowed).to_json(self._settings.root)
        return {**header, "shard": shard_header(shard, self._plan, whole)}

    def _update_baselines(self) -> None:
        if not self._settings.update:
            return
        try:
            lines, problems = closing.update(self._gate, self._points.values(), self._narrowed)
        except ColordegError as error:
            self._problems.append(str(error))
        else:
            self._notes += lines
            self._problems += problems

    def _close_books(self) -> None:
        if not self._count(failed=False) and not self._decoded:
            why = "every cell failed" if self._points else "no test read a colordeg fixture, and "
            why += "" if self._points else "none decoded an image with the codec fixture"
            self._problems.append(f"measured no cell: {why}")
        if self._settings.codec is None and self._registry.left_out:
            self._notes.append(_not_tested(self._registry.left_out))
        if self._settings.shard is not None:
            return  # colordeg merge judges what needs all shards
        whole = Whole.of(self._gate, self._narrowed)
        timed = {row["codec"] for row in self._timed}
        whole = replace(whole, require=tuple(c for c in whole.require if c not in timed))
        problems, notes = judge_whole(whole, self._gate.limits, self._points.values())
        self._problems += problems
        self._notes += notes

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._config.option.collectonly:
            return
        write = terminalreporter.write_line
        points = list(self._points.values())
        if points:
            terminalreporter.section("colour degradation")
            for line, failing in summary_lines(points):
                write(line, red=failing)
        if self._timed:
            terminalreporter.section("throughput")
            for line in throughput_lines(self._timed):
                write(line)
        for note in [*(note for point in points for note in point.notes), *self._notes]:
            write(f"colordeg: {note}")
        for problem in self._problems:
            write(f"colordeg: FAILED: {problem}", red=True)
        codecs = len({point.codec for point in points})
        failed = self._count(failed=True)
        write(
            f"colordeg: {self._count(failed=False)} cells measured"
            + (f" ({self._cached} from the cache)" if self._cached else "")
            + (f", {failed} failed" if failed else "")
            + f": {len(points)} operating point{'' if len(points) == 1 else 's'} of "
            + f"{codecs} codec{'' if codecs == 1 else 's'}"
        )
        if self._decoded:
            write(f"colordeg: {self._decoded} images decoded besides, held to no baseline")
        for line in self._annotations:
            write(line)

    def _count(self, *, failed: bool) -> int:
        failures = sum(point.failures for point in self._points.values())
        return failures if failed else self._cells - failures

    @property
    def _cells(self) -> int:
        return sum(len(point.cells) for point in self._points.values())

    def pytest_report_header(self) -> list[str]:
        return explain(self._gate) if self._settings.explain else []

    @property
    def _narrowed(self) -> bool:
        """Whether the user asked for a part of the tests, codecs, rungs or images."""
        option = self._config.option
        return (
            any(self._settings.from_command_line(name) for name in ("codec", "quality", "images"))
            or bool(option.keyword or option.markexpr)
            or any("::" in argument for argument in self._config.args)
        )
