"""The process that workers are copies of: forked early, with one thread, doing nothing itself."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import socket
import struct
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from pytest_colordeg.codecs.isolation.worker import work
from pytest_colordeg.codecs.narrow import be_narrow

__all__ = ["Template"]

_ORDER = struct.Struct(">cQ")
_REPLY = struct.Struct(">q")
_SUBREAPER = 36  # prctl's PR_SET_CHILD_SUBREAPER


class Template:
    """The near end: starts workers and tells how they ended.

    Parameters
    ----------
    find
        Codec id to codec, as it is now.
    memory
        MiB for each worker; 0 for no limit.
    """

    def __init__(self, find: Callable[[str], Any], memory: int) -> None:
        self._channel, far = socket.socketpair()
        with warnings.catch_warnings():
            # Other threads that are there (of BLAS, of execnet) hold nothing that the copy uses.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            self._channel.close()
            _serve(far, find, memory)
        far.close()

    def start(self, on_one: bool = False) -> tuple[int, socket.socket, int]:
        """Start a worker: its process id, the channel to it, and where its output is read."""
        near, far = socket.socketpair()
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._channel, [_ORDER.pack(b"S", on_one)], [far.fileno(), writing])
            return self._reply(), near, reading
        finally:
            far.close()
            os.close(writing)

    def end(self, pid: int) -> int:
        """Kill a worker with all that is in its session; gives its status as `waitpid` does."""
        self._channel.sendall(_ORDER.pack(b"E", pid))
        return self._reply()

    def close(self) -> None:
        """End the template, and with it all workers."""
        # Said, as a copy of this process may hold the channel open.
        with suppress(OSError):
            self._channel.sendall(_ORDER.pack(b"Q", 0))
        self._channel.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _reply(self) -> int:
        data = self._channel.recv(_REPLY.size, socket.MSG_WAITALL)
        if len(data) < _REPLY.size:
            raise RuntimeError("the process that starts workers is gone")
        number: int = _REPLY.unpack(data)[0]
        return number


def _serve(channel: socket.socket, find: Callable[[str], Any], memory: int) -> NoReturn:
    workers: set[int] = set()
    ended: dict[int, int] = {}
    try:
        _detach()
        while True:
            order, handles, *_ = socket.recv_fds(channel, _ORDER.size, 2)
            if len(order) < _ORDER.size:
                break
            kind, pid = _ORDER.unpack(order)  # with a start, whether on one processor
            if kind == b"Q":
                break
            if kind == b"S":
                started = os.fork()
                if started == 0:
                    channel.close()
                    if pid:
                        be_narrow()
                    work(socket.socket(fileno=handles[0]), handles[1], find, memory)
                for handle in handles:
                    os.close(handle)
                workers.add(started)
                channel.sendall(_REPLY.pack(started))
            else:
                workers.discard(pid)
                channel.sendall(_REPLY.pack(_end(pid, ended)))
            _reap(workers, ended)
    finally:
        for pid in workers:
            _end(pid, ended)
        os._exit(0)


def _detach() -> None:
    """Nothing of the run's own: no terminal, no crash reports into it, no orphans out of sight."""
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Objects of the run are not to be finalised here.
    gc.freeze()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _end(pid: int, ended: dict[int, int]) -> int:
    """A worker leads its session, so its number is that of its process group too."""
    with suppress(ChildProcessError):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            ended[pid] = status
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if pid not in ended:
        with suppress(ProcessLookupError):  # one that had no session yet
            os.kill(pid, signal.SIGKILL)
    return ended.pop(pid) if pid in ended else os.waitpid(pid, 0)[1]


def _reap(workers: set[int], ended: dict[int, int]) -> None:
    """Wait for what has ended, orphans of workers too, so that nothing piles up."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            if found[0] in workers:
                ended[found[0]] = found[1]
