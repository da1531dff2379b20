"""Messages between processes: eight bytes of length, then a pickle."""

from __future__ import annotations

import pickle
import struct
from typing import Any

__all__ = ["HEAD", "LARGEST", "pack", "unpack"]

HEAD = struct.Struct(">Q")
#: No answer is larger; one that says so is not waited for.
LARGEST = 1 << 30


def pack(content: Any) -> bytes:
    """Give the bytes of a message; raises whatever cannot be pickled."""
    body = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


def unpack(body: bytes | bytearray) -> Any:
    """Read a message without its length."""
    return pickle.loads(body)
