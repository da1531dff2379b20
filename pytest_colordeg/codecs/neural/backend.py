"""torch and CompressAI, imported when first needed, and the state they run in."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from pytest_colordeg.errors import ColordegError

__all__ = ["compressai", "missing", "quiet", "torch_state", "versions"]

_NEEDED = ("compressai", "torch", "safetensors", "platformdirs")
_HOW = "pip install 'pytest-colordeg[neural]'"


def missing() -> str | None:
    """Which package of the extra is not installed and how to get it; imports nothing."""
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if not absent:
        return None
    verb = "is" if len(absent) == 1 else "are"
    return f"{' and '.join(absent)} {verb} not installed; {_HOW}"


@cache
def compressai() -> ModuleType:
    """The CompressAI package with its models and coder.

    Raises
    ------
    ColordegError
        If it is not installed or cannot be imported.
    """
    reason = missing()
    if reason is not None:
        raise ColordegError(f"learned codecs: {reason}")
    try:
        with quiet():
            import compressai as package
            import compressai.ans
            import compressai.models
            import compressai.zoo.pretrained
    except Exception as error:
        raise ColordegError(f"CompressAI cannot be imported: {error}; {_HOW}") from error
    module: ModuleType = package
    return module


@contextmanager
def quiet() -> Iterator[None]:
    """Third-party deprecation warnings are not our user's to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def torch_state(device: str = "cpu") -> Iterator[None]:
    """One thread, no gradients, full float32 precision, the same kernels each time.

    The number of threads changes sums in their last bits, and so verdicts; cells run
    side by side instead.
    """
    import torch

    threads = torch.get_num_threads()
    cudnn: Any = torch.backends.cudnn
    try:
        torch.set_num_threads(1)
        with (
            torch.inference_mode(),
            cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False),
        ):
            yield
    finally:
        torch.set_num_threads(threads)


@cache
def versions() -> dict[str, str]:
    """Versions of CompressAI and torch, read without importing them."""
    return {name: version(name) for name in ("compressai", "torch")}
