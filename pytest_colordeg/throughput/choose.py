"""A codec on the device that is asked for, or the reason why that cannot be."""

from __future__ import annotations

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.registry import unavailable
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.throughput.device import absent

__all__ = ["choose"]


def choose(codec: Codec, device: str, decode: str) -> Codec:
    """Give a codec that runs on `device`.

    A codec may have a method ``on(device, decode_mode)`` that gives it on another device,
    as learned ones do, or an attribute ``device`` where it always runs; without either
    it runs on the CPU.

    Raises
    ------
    ColordegError
        If the device is not there, or the codec does not run on it.
    """
    reason = absent(device)
    if reason is not None:
        raise ColordegError(reason)
    move = getattr(codec, "on", None)
    if callable(move):
        moved: Codec = move(device, decode)
        why = unavailable(moved)
        if why is not None:
            raise ColordegError(why)
        return moved
    only = getattr(codec, "device", "cpu")
    if only != device:
        raise ColordegError(f"it runs on {only} alone")
    return codec
