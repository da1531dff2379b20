"""Run a program that may hang, fork, flood or crash, and leave nothing of it behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

__all__ = ["Outcome", "run_bounded"]

# Kept of what a program prints; the rest is read and dropped, so it never blocks.
_TAIL = 16 * 1024
# How often to look whether the program has ended while others hold its output open.
_POLL = 0.05
# How long to read on after the program has ended, when a child of it goes on writing.
_AFTERMATH = 0.5
# The largest file that it may write, where the system lets a limit be set from outside.
_LARGEST_FILE = 1 << 30
# How long to go on killing what keeps forking.
_PATIENCE = 5.0
# Inherited by every descendant, so that those that leave the process group are found.
_MARK = "COLORDEG_JOB"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended.

    Attributes
    ----------
    status
        Exit status; negative for a signal; ``None`` when it ran out of time.
    printed, complained
        The ends of what it wrote to standard output and standard error, each at
        most 16 KiB. Apart, because buffering mixes their order.
    """

    status: int | None
    printed: bytes
    complained: bytes


def run_bounded(
    argv: Sequence[str],
    folder: Path,
    timeout: float,
    environment: Mapping[str, str],
    memory: int = 0,
) -> Outcome:
    """Run a program in `folder` without input, for at most `timeout` seconds.

    `memory` is how many MiB each of its processes may write to, where the system lets a
    limit be set from outside (Linux); 0 for no limit.

    It gets a session of its own. When it ends or its time is up, whatever it
    started is killed: its process group, and where ``/proc`` tells (Linux), also
    descendants that made themselves a new session.

    Raises
    ------
    OSError
        If the program cannot be started.
    """
    mark = uuid4().hex
    deadline = time.monotonic() + timeout
    process = subprocess.Popen(
        argv,
        cwd=folder,
        env={**environment, _MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _limit(process.pid, memory)
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as output, process.stderr as errors:
        tails = {output.fileno(): b"", errors.fileno(): b""}
        try:
            _drain(process, tails, deadline)
            in_time = process.poll() is not None
        finally:
            _kill_all(process.pid, mark)
            process.wait()
        printed, complained = tails.values()
    return Outcome(process.returncode if in_time else None, printed, complained)


def _drain(process: subprocess.Popen[bytes], tails: dict[int, bytes], deadline: float) -> None:
    """Read the pipes in `tails` until the program ends or its time is up; keep their ends."""
    with selectors.DefaultSelector() as selector:
        for pipe in tails:
            os.set_blocking(pipe, False)
            selector.register(pipe, selectors.EVENT_READ)
        ended = False
        while (left := deadline - time.monotonic()) > 0:
            if not ended and process.poll() is not None:
                ended = True
                deadline = min(deadline, time.monotonic() + _AFTERMATH)
            if not selector.get_map():
                if ended:
                    return
                with suppress(subprocess.TimeoutExpired):
                    process.wait(left)
                continue
            ready = selector.select(0 if ended else min(left, _POLL))
            if ended and not ready:
                return
            for key, _ in ready:
                chunk = os.read(key.fd, 1 << 16)
                tails[key.fd] = (tails[key.fd] + chunk)[-_TAIL:]
                if not chunk:
                    selector.unregister(key.fd)


def _limit(pid: int, memory: int) -> None:
    """Keep a program that writes without end from filling the disk, or the memory."""
    # Not before it starts: code between fork and exec is unsafe in a process with threads.
    with suppress(ImportError, AttributeError, OSError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
        if memory:
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory << 20, memory << 20))


def _kill_all(group: int, mark: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        left = _marked(mark)
        if not left or time.monotonic() > deadline:
            return
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def _marked(mark: str) -> list[int]:
    """Living processes that carry the mark; none where there is no ``/proc``."""
    needle = f"{_MARK}={mark}".encode()
    found = []
    with suppress(OSError):
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                # Gone meanwhile, a zombie, or another user's.
                with suppress(OSError):
                    if needle in Path(entry.path, "environ").read_bytes():
                        found.append(int(entry.name))
    return found
