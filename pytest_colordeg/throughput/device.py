"""The CPU or a CUDA card, as something to wait for and to time on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

__all__ = ["DEVICES", "absent", "event_seconds", "finished", "transfer_seconds"]

DEVICES = ("cpu", "cuda")


@cache
def absent(device: str) -> str | None:
    """Why a device is not there; ``None`` when it is."""
    if device == "cpu":
        return None
    if find_spec("torch") is None:
        return "torch, which finds and times CUDA devices, is not installed"
    import torch

    return None if torch.cuda.is_available() else "there is no CUDA device"


def finished(work: Callable[[], object], device: str) -> Callable[[], None]:
    """The same work, which returns when the device is done with it.

    A CUDA call returns as soon as its kernels are queued; a clock around it would
    time the queueing.
    """
    if device == "cpu":
        return lambda: (work(), None)[1]
    import torch

    def done() -> None:
        work()
        torch.cuda.synchronize()

    torch.cuda.synchronize()
    return done


def event_seconds(work: Callable[[], object], device: str, rounds: int) -> list[float] | None:
    """Seconds of the device between two events around the work; ``None`` on the CPU."""
    if device == "cpu":
        return None
    import torch

    cuda: Any = torch.cuda
    seconds = []
    for _ in range(rounds):
        began, ended = (cuda.Event(enable_timing=True) for _ in range(2))
        cuda.synchronize()
        began.record()
        work()
        ended.record()
        cuda.synchronize()
        seconds.append(began.elapsed_time(ended) / 1e3)
    return seconds


def transfer_seconds(count: int, device: str, rounds: int = 5) -> tuple[float, float] | None:
    """Least seconds to move so many bytes to the device and back; ``None`` on the CPU."""
    if device == "cpu":
        return None
    import torch

    here = torch.empty(count, dtype=torch.uint8)
    there = here.to(device)
    up = event_seconds(lambda: there.copy_(here), device, rounds)
    down = event_seconds(lambda: here.copy_(there), device, rounds)
    assert up is not None
    assert down is not None
    return min(up), min(down)
