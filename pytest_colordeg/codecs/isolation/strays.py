"""Processes that a codec left behind; found where ``/proc`` tells (Linux)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

__all__ = ["ended", "kill_strays"]

_GRACE = 2.0  # seconds, for those that are just ending, on however busy a machine
_DYING = 10.0  # and for the killed ones, lest the next call finds them
_STEP = 0.01


def kill_strays(worker: int, template: int, workers: Collection[int]) -> int:
    """Kill what lives below a worker, and orphans that fell to the template.

    Returns
    -------
    int
        How many there were, beyond those that ended by themselves in a moment.
    """
    deadline = time.monotonic() + _GRACE
    while found := _living(worker) | (_living(template) - set(workers)):
        if time.monotonic() > deadline:
            below = set().union(*map(_living, found))
            for pid in found | below:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            _await_end(found | below)
            return len(found)
        time.sleep(_STEP)
    return 0


def _await_end(pids: Collection[int]) -> None:
    deadline = time.monotonic() + _DYING
    while time.monotonic() < deadline and not all(map(ended, pids)):
        time.sleep(_STEP)


def _living(pid: int) -> set[int]:
    """Children of a process that have not ended."""
    found: set[int] = set()
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found |= {int(child) for child in (task / "children").read_text("ascii").split()}
    return {child for child in found if not ended(child)}


def ended(pid: int) -> bool:
    """Whether a process is gone, or dead and not yet waited for."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"
