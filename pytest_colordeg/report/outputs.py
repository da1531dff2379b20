"""What a run leaves behind for people and CI, apart from its records."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_colordeg.report import github
from pytest_colordeg.report.model import ReportData

__all__ = ["error_lines", "write"]


def write(data: ReportData, page: Path | None) -> list[str]:
    """Write the HTML page, when asked for, and the job summary, when GitHub wants one.

    Returns
    -------
    list of str
        What was written, a line each.

    Raises
    ------
    ColordegError
        If one of them cannot be written.
    """
    told = []
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        github.append_summary(Path(summary), data)
    if page is not None:
        from pytest_colordeg.report.html import write_report

        write_report(page, data)
        told.append(f"report: {page}")
    return told


def error_lines(data: ReportData) -> list[str]:
    """Lines that GitHub turns into annotations; none anywhere else."""
    return github.error_lines(data) if os.environ.get("GITHUB_ACTIONS") == "true" else []
