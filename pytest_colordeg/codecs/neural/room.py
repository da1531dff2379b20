"""Memory that the networks of several threads may take at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Condition

from pytest_colordeg.machine import memory

__all__ = ["BYTES_PER_PIXEL", "Room", "room"]

BYTES_PER_PIXEL = 700
"""Activations at their peak; 396 to 672 were measured over families and qualities."""


class Room:
    """Lets threads in while what they take together fits; one alone is always let in.

    Parameters
    ----------
    total
        Bytes.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._taken = 0
        self._change = Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Wait until that many bytes fit."""
        with self._change:
            self._change.wait_for(lambda: not self._taken or self._taken + amount <= self._total)
            self._taken += amount
        try:
            yield
        finally:
            with self._change:
                self._taken -= amount
                self._change.notify_all()


_all = Room((memory() or 2 << 30) // 2)


def room(pixels: int) -> AbstractContextManager[None]:
    """The room of an image in the memory of this process."""
    return _all.take(BYTES_PER_PIXEL * pixels)
