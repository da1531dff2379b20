"""One CUDA card and several processes: one works on it at a time, each within its share."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.images.model import Image
from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.bench import Measure

__all__ = ["in_turn", "lock_file"]


def in_turn(measure: Measure, processes: int) -> Measure:
    """Measure cells of ``cuda`` one at a time, whichever process of this machine asks.

    Kernels of two processes on one card only get in each other's way, and their memory
    adds up: each process keeps its network there and may take its share, no more.

    Parameters
    ----------
    processes
        How many share the card.
    """

    def waiting(
        codec: Codec, rung: int, image: Image, corpus: str, device: str, reference: Reference
    ) -> Measurement:
        if device != "cuda":
            return measure(codec, rung, image, corpus, device, reference)
        import filelock

        _take_share(processes)
        with filelock.FileLock(lock_file()):
            return measure(codec, rung, image, corpus, device, reference)

    return measure if processes == 1 else waiting


def lock_file() -> Path:
    """One for each card that processes of this user see first."""
    card = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip() or "none"
    name = "".join(letter if letter.isalnum() else "-" for letter in card)
    user = os.getuid() if hasattr(os, "getuid") else 0
    return Path(tempfile.gettempdir()) / f"colordeg-cuda-{name}-{user}.lock"


@cache
def _take_share(processes: int) -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.set_per_process_memory_fraction(1.0 / processes)
