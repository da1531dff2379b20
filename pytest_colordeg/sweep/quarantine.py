"""In which order tasks are sent when one of them may be killing workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Quarantine"]

T = TypeVar("T")


class Quarantine(Generic[T]):
    """Sends tasks side by side; those that met dead workers again, each of them alone.

    The death of a worker does not tell which of its tasks killed it. A task that dies
    with nothing else under way has killed its worker itself. May be used by threads.

    Parameters
    ----------
    send
        Called with a task and whether it is alone. Whoever it sends the task to
        calls `suspect` or `done` in the end.
    """

    def __init__(self, send: Callable[[T, bool], None]) -> None:
        self._send = send
        self._lock = Lock()
        self._waiting: deque[T] = deque()
        self._suspects: deque[T] = deque()
        self._under_way = 0
        self._alone = False

    def add(self, task: T) -> None:
        """Send a new task, at once unless there are suspects."""
        with self._lock:
            self._waiting.append(task)
        self._go_on()

    def suspect(self, task: T) -> None:
        """Say that a task met dead workers among others; it will be sent again."""
        with self._lock:
            self._suspects.append(task)
            self._under_way -= 1
        self._go_on()

    def done(self) -> None:
        """Say that a task has come to its end."""
        with self._lock:
            self._under_way -= 1
            self._alone = False
        self._go_on()

    def _go_on(self) -> None:
        with self._lock:
            ready: list[T] = []
            if self._suspects and not self._under_way:
                ready, self._alone = [self._suspects.popleft()], True
            elif not self._suspects and not self._alone:
                ready = list(self._waiting)
                self._waiting.clear()
            self._under_way += len(ready)
            alone = self._alone
        for task in ready:
            self._send(task, alone)
