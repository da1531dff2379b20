"""A line now and then on long runs: what is done, and how long the rest will take."""

from __future__ import annotations

import time
from typing import Any

import pytest

__all__ = ["Progress"]

_EVERY = 15.0


class Progress:
    """Counts cells (measured here) and items (reported from anywhere).

    Lines appear only in the process that the user watches, and at most one
    every 15 seconds, so that a short run shows none.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._started = self._last = time.monotonic()
        self._cells = self._items = self._planned = self._planned_cells = 0

    def plan(self, items: int) -> None:
        """Say how many items there are to come."""
        self._planned = max(self._planned, items)
        self._started = self._last = time.monotonic()

    def plan_cells(self, cells: int) -> None:
        """Say how many cells there are to come, where that is known."""
        self._planned_cells = cells

    def cell_done(self, _result: object = None) -> None:
        """Count one measured cell."""
        self.add_cells(1)

    def add_cells(self, count: int) -> None:
        """Count cells that were measured elsewhere."""
        self._cells += count
        self._show()

    def item_done(self) -> None:
        """Count one finished item."""
        self._items += 1

    def _show(self) -> None:
        now = time.monotonic()
        reporter: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if now - self._last < _EVERY or reporter is None:
            return
        self._last = now
        seconds = now - self._started
        line = progress_line(self._cells, self._items, self._planned, seconds, self._planned_cells)
        capture: Any = self._config.pluginmanager.get_plugin("capturemanager")
        if capture is None:
            self._write(reporter, line)
        else:
            with capture.global_and_fixture_disabled():
                self._write(reporter, line)

    @staticmethod
    def _write(reporter: Any, line: str) -> None:
        # ensure_newline does not see the letters of a quiet run.
        if reporter._tw.width_of_current_line:
            reporter._tw.line()
        reporter.write_line(line)


def progress_line(
    cells: int, items: int, planned: int, seconds: float, planned_cells: int = 0
) -> str:
    """Word one line of progress.

    The time left is told once a tenth is done: of the cells, where their number is
    known beforehand, else of the tests.
    """
    of = f" of {planned_cells}" if cells <= planned_cells else ""
    line = f"colordeg: {cells}{of} cells measured, {items} of {planned} tests, {seconds:.0f} s"
    done, whole = (cells, planned_cells) if of else (items, planned)
    if whole and done * 10 >= whole:
        line += f", about {seconds / done * (whole - done):.0f} s left"
    return line
