"""pytest-colordeg: prove that an image codec keeps its colours."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_colordeg.codecs.protocol import Codec, FunctionCodec
    from pytest_colordeg.errors import ColordegError
    from pytest_colordeg.images.model import Image
    from pytest_colordeg.metrics.model import Metric, Tolerance
    from pytest_colordeg.values import LOSSLESS, NotApplicable

__version__ = "0.1.0"

_HOMES = {
    "Codec": "codecs.protocol",
    "ColordegError": "errors",
    "FunctionCodec": "codecs.protocol",
    "Image": "images.model",
    "LOSSLESS": "values",
    "Metric": "metrics.model",
    "NotApplicable": "values",
    "Tolerance": "metrics.model",
}

__all__ = [
    "LOSSLESS",
    "Codec",
    "ColordegError",
    "FunctionCodec",
    "Image",
    "Metric",
    "NotApplicable",
    "Tolerance",
]


def __getattr__(name: str) -> Any:
    """Load a public name when first used: pytest imports this package in every run."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
