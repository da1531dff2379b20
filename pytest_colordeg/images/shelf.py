"""The images used last are kept, up to a bound: loading takes as long as a fast codec."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_colordeg.images.model import Image

__all__ = ["CAPACITY", "keep"]

CAPACITY = 64 << 20
"""Bytes of pixels that are kept here; who needs more of a corpus at once holds it."""

_kept: OrderedDict[int, Image] = OrderedDict()
_lock = Lock()
_bytes = 0


def keep(image: Image) -> None:
    """Keep an image in memory, and let go of those that were not asked for longest."""
    global _bytes
    with _lock:
        if id(image) in _kept:
            _kept.move_to_end(id(image))
            return
        _kept[id(image)] = image  # held, so its id is not given to another
        _bytes += image.pixels.nbytes
        while _bytes > CAPACITY and len(_kept) > 1:
            _, dropped = _kept.popitem(last=False)
            _bytes -= dropped.pixels.nbytes
