"""How much memory a piece of work takes at its peak, beyond what was held before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Peak", "peak"]

_CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Peak:
    """Bytes; ``None`` where the system does not tell.

    Attributes
    ----------
    host
        Of this process: what the work took more than was resident before. Memory that
        an allocator kept from earlier work is not seen.
    device
        Of torch's allocator on the card.
    """

    host: int | None
    device: int | None


def peak(work: Callable[[], object], device: str = "cpu") -> Peak:
    """Do the work once and see how far memory went up."""
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        held = torch.cuda.memory_allocated()
    try:
        _CLEAR.write_text("5", encoding="ascii")  # the high-water mark becomes what is held now
        before = _resident("VmRSS")
    except OSError:
        before = None
    work()
    after = None if before is None else _resident("VmHWM")
    host = None if before is None or after is None else max(0, after - before)
    if device == "cpu":
        return Peak(host, None)
    torch.cuda.synchronize()
    return Peak(host, int(torch.cuda.max_memory_allocated() - held))


def _resident(name: str) -> int | None:
    for line in _STATUS.read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return None
