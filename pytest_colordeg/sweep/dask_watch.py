"""A run does not wait for workers that will never come."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

__all__ = ["Watch"]

_EVERY = 5.0


class Watch:
    """Looks every few seconds whether there are workers, and acts when there were none for long.

    Dask's nannies start dead workers anew, except one that dies while it is still being
    started. A cluster can lose all its workers that way.

    Parameters
    ----------
    workers
        Gives how many there are.
    act
        What to do without any; called again after as long a time.
    after
        Seconds without workers.
    """

    def __init__(self, workers: Callable[[], int], act: Callable[[], None], after: float) -> None:
        self._workers, self._act, self._after = workers, act, after
        self._over = Event()
        self._thread = Thread(target=self._look, name="colordeg-dask-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        without, every = 0.0, _EVERY
        while not self._over.wait(every):
            try:
                there = self._workers()
            except Exception:  # the scheduler is gone or cannot be reached: nobody works either
                there = 0
            without = 0.0 if there else without + every
            if without >= self._after:
                without = 0.0
                self._act()
