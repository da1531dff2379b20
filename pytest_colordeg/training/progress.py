"""A line that says how far a training has come, on terminals in place, else now and then."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pytest_colordeg.training.losses import Loss

__all__ = ["Progress"]


class Progress:
    """Called after each step; prints at most twice a second, or once a minute to a file."""

    def __init__(self, steps: int, first: int = 0, stream: TextIO | None = None) -> None:
        self._steps, self._first = steps, first
        self._stream = stream or sys.stderr
        self._began = self._shown = time.monotonic()
        self._in_place = self._stream.isatty()

    def __call__(self, step: int, loss: Loss) -> None:
        now = time.monotonic()
        last = step == self._steps
        if now - self._shown < (0.5 if self._in_place else 60.0) and not last:
            return
        self._shown = now
        speed = (step - self._first) / max(now - self._began, 1e-9)
        left = (self._steps - step) / max(speed, 1e-9)
        text = (
            f"step {step:,} of {self._steps:,}  loss {loss.total.item():.4f}  "
            f"bpp {loss.bpp.item():.3f}  {speed:.1f} steps/s  {left / 60:.0f} min left"
        )
        end = "\n" if last or not self._in_place else ""
        self._stream.write(("\r\x1b[K" if self._in_place else "") + text + end)
        self._stream.flush()
