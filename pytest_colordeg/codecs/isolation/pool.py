"""Calls into workers, each with a deadline; what happens to a worker becomes the error's text."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.isolation.strays import ended, kill_strays
from pytest_colordeg.codecs.isolation.template import Template
from pytest_colordeg.codecs.isolation.wire import HEAD, LARGEST, pack, unpack
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from pytest_colordeg.codecs.registry import Registry

__all__ = ["Isolation"]

_TAIL = 16 * 1024  # kept of what a codec prints
_FLOOD = 64 << 20  # bytes a call, after which it is stopped
_LOOK = 0.25  # seconds between looks whether a silent worker lives


@dataclass(eq=False)
class _Worker:
    pid: int
    channel: socket.socket
    output: int
    tail: bytes = b""
    printed: int = 0
    answer: bytearray = field(default_factory=bytearray)

    def close(self) -> None:
        self.channel.close()
        os.close(self.output)


class _FailedError(Exception):
    """Why a worker cannot be used any more."""


class Isolation:
    """Runs methods of registered codecs in worker processes.

    Parameters
    ----------
    registry
        All codecs, made before any thread is started.
    timeout
        Seconds for one call.
    memory
        MiB that a worker may take beyond what it starts with; 0 for no limit.

    Notes
    -----
    As many workers as calls at once: one, unless threads call.
    """

    def __init__(self, registry: Registry, timeout: float, memory: int) -> None:
        if not hasattr(os, "fork"):
            raise ColordegError("--colordeg-isolate needs a POSIX system")
        self._timeout, self._memory = timeout, memory
        self._template = Template(registry.find, memory)
        self._idle: dict[bool, list[_Worker]] = {False: [], True: []}
        self._alive: set[int] = set()
        self._lock = threading.Lock()
        self._numbers = count()

    def call(self, codec: str, method: str, *arguments: Any, on_one: bool = False) -> Any:
        """Call a codec's method in a worker.

        Parameters
        ----------
        codec, method, arguments
            Its id, the name of the method, and what to give it.
        on_one
            In a worker that has one processor only.

        Raises
        ------
        ColordegError
            With what the method raised; or how its process ended, and what it said.
        """
        worker = self._take(on_one)
        number = next(self._numbers)
        try:
            self._send(worker, pack((number, codec, method, arguments)))
            while True:
                answered, good, content = self._receive(worker)
                if answered == number:
                    break
            left = self._kill_strays(worker)
            if left:
                what = "1 process" if left == 1 else f"{left} processes"
                raise _FailedError(f"left {what} running, which were killed")
        except _FailedError as failure:
            raise ColordegError(f"{method} {failure}{self._drop(worker)}") from None
        except BaseException:
            self._drop(worker)
            raise
        with self._lock:
            self._idle[on_one].append(worker)
        if not good:
            if content.endswith("ran out of memory") and self._memory:
                content += f": it may take {self._memory} MiB"
            raise ColordegError(content)
        return content

    def close(self) -> None:
        """End all workers."""
        for worker in (*self._idle[False], *self._idle[True]):
            worker.close()
        self._idle = {False: [], True: []}
        self._template.close()

    def _take(self, on_one: bool) -> _Worker:
        with self._lock:
            idle = self._idle[on_one]
            worker = idle.pop() if idle else self._start(on_one)
        worker.tail, worker.printed = b"", 0
        return worker

    def _start(self, on_one: bool) -> _Worker:
        pid, channel, output = self._template.start(on_one)
        os.set_blocking(output, False)
        self._alive.add(pid)
        return _Worker(pid, channel, output)

    def _kill_strays(self, worker: _Worker) -> int:
        # Not while another thread starts a worker, which is not among the living yet.
        with self._lock:
            return kill_strays(worker.pid, self._template.pid, self._alive)

    def _drop(self, worker: _Worker) -> str:
        """End a worker; tell what it said last."""
        self._end(worker)
        self._kill_strays(worker)
        with suppress(_FailedError):
            while self._read_output(worker):
                pass
        worker.close()
        lines = worker.tail.decode("utf-8", "replace").splitlines()
        said = [line for raw in lines if (line := "".join(filter(str.isprintable, raw)).strip())]
        return f"; it said: {' | '.join(line[:300] for line in said[-3:])}" if said else ""

    def _send(self, worker: _Worker, message: bytes) -> None:
        worker.channel.settimeout(self._timeout)
        try:
            worker.channel.sendall(message)
        except TimeoutError:
            raise _FailedError(self._late()) from None
        except OSError:
            raise _FailedError(self._ended(worker)) from None

    def _receive(self, worker: _Worker) -> Any:
        """The next answer; takes what is printed meanwhile."""
        deadline = time.monotonic() + self._timeout
        worker.channel.settimeout(None)
        with selectors.DefaultSelector() as selector:
            for source in (worker.channel, worker.output):
                selector.register(source, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0:
                ready = selector.select(min(left, _LOOK))
                # A child of it may hold the channel open.
                if not ready and ended(worker.pid):
                    raise _FailedError(self._ended(worker))
                for key, _ in ready:
                    if key.fileobj is worker.output:
                        self._read_output(worker)
                    elif (body := self._read_answer(worker)) is not None:
                        return _read_back(body)
        raise _FailedError(self._late())

    def _read_answer(self, worker: _Worker) -> bytes | None:
        try:
            chunk = worker.channel.recv(1 << 20)
        except ConnectionError:
            chunk = b""
        if not chunk:
            raise _FailedError(self._ended(worker))
        worker.answer += chunk
        if len(worker.answer) < HEAD.size:
            return None
        size = HEAD.unpack_from(worker.answer)[0]
        if size > LARGEST:
            raise _FailedError(f"returned more than {LARGEST >> 20} MiB")
        end = HEAD.size + size
        if len(worker.answer) < end:
            return None
        body = bytes(memoryview(worker.answer)[HEAD.size : end])
        del worker.answer[:end]
        return body

    def _read_output(self, worker: _Worker) -> bool:
        """Take what is there; false when there is nothing."""
        try:
            chunk = os.read(worker.output, 1 << 16)
        except BlockingIOError:
            return False
        if not chunk:
            return False
        worker.tail = (worker.tail + chunk)[-_TAIL:]
        worker.printed += len(chunk)
        if worker.printed > _FLOOD:
            raise _FailedError(f"printed more than {_FLOOD >> 20} MiB and was killed")
        return True

    def _late(self) -> str:
        return f"did not end within {self._timeout:g} s and was killed"

    def _ended(self, worker: _Worker) -> str:
        """How a worker that closed its channel ended."""
        # What kills it may still be at work.
        deadline = time.monotonic() + 1
        while not ended(worker.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        return _spell(self._end(worker))

    def _end(self, worker: _Worker) -> int:
        with self._lock:
            if worker.pid not in self._alive:
                return 0
            status = self._template.end(worker.pid)
            self._alive.discard(worker.pid)
            return status


def _read_back(body: bytes) -> Any:
    try:
        return unpack(body)
    except Exception as error:  # an object may refuse to be made again
        raise _FailedError(f"returned what cannot be read: {error}") from None


def _spell(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return f"was killed by {signal.Signals(number).name}"
        except ValueError:
            return f"was killed by signal {number}"
    return f"ended its process with status {os.waitstatus_to_exitcode(status)}"
