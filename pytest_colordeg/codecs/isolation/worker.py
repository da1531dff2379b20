"""What a worker process does: read a call, make it, answer, until the other side is gone."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from pytest_colordeg.codecs.isolation.wire import HEAD, pack, unpack
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded

__all__ = ["work"]

_LARGEST_FILE = 1 << 30
_DATA = 5  # the field of /proc/PID/statm that has data and stack
_NO_MEMORY = "ran out of memory"


def work(channel: socket.socket, output: int, find: Callable[[str], Any], memory: int) -> NoReturn:
    """Serve calls from `channel`; never returns.

    Parameters
    ----------
    channel
        To the process that asks.
    output
        File descriptor that takes what the codec prints.
    find
        Codec id to codec.
    memory
        MiB that may be added to what the process has now; 0 for no limit.
    """
    status = 1
    try:
        _settle(output)
        _limit(memory)
        me = os.getpid()
        while (head := _read(channel, HEAD.size)) is not None:
            body = _read(channel, HEAD.unpack(head)[0])
            if body is None:
                break
            answer = _answer(find, *unpack(body))
            with suppress(Exception):  # a codec may have closed it
                sys.stdout.flush()
            # A codec that forked comes back twice; only one of the two answers.
            if os.getpid() != me:
                break
            channel.sendall(answer)
        status = 0
    finally:
        # No handlers, no buffers of the process that this one was copied from.
        os._exit(status)


def _answer(find: Callable[[str], Any], number: int, name: str, method: str, given: Any) -> bytes:
    def call() -> Any:
        return getattr(find(name), method)(*given)

    try:
        return pack((number, True, guarded(method, call)))
    except ColordegError as error:
        memory = isinstance(error.__cause__, MemoryError)
        return pack((number, False, f"{method} {_NO_MEMORY}" if memory else str(error)))
    except MemoryError:
        return pack((number, False, f"{method} {_NO_MEMORY}"))
    except Exception as error:
        return pack((number, False, f"{method} returned what cannot be passed on: {error}"))


def _settle(output: int) -> None:
    """A session of its own, no input, output to where it is bounded."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1)  # noqa: SIM115


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[_DATA])
        if memory:
            # What is written to, not what is mapped: a large library is not memory taken.
            _lower(resource.RLIMIT_DATA, pages * resource.getpagesize() + (memory << 20))


def _lower(what: int, limit: int) -> None:
    hard = resource.getrlimit(what)[1]
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(what, (limit, limit))


def _read(channel: socket.socket, count: int) -> bytearray | None:
    """Exactly so many bytes; ``None`` when the other side is gone."""
    data = bytearray()
    while len(data) < count:
        chunk = channel.recv(min(count - len(data), 1 << 20))
        if not chunk:
            return None
        data += chunk
    return data
