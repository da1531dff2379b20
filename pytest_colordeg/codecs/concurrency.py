"""Which codecs several threads may use at a time."""

from __future__ import annotations

import inspect

from pytest_colordeg.codecs.protocol import Codec

__all__ = ["concurrent"]


def concurrent(codec: Codec) -> bool:
    """Whether a codec says, itself or by its class, that several threads may use it."""
    # Looked up past __getattr__: what a wrapper passes on is said of the codec inside.
    if inspect.getattr_static(codec, "concurrent", None) is None:
        return False
    return bool(getattr(codec, "concurrent", False))
