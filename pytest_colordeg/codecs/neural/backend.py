"""torch and CompressAI, imported when first needed, and the state they run in."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock
from types import ModuleType
from typing import Any

from pytest_colordeg.errors import ColordegError

__all__ = ["FLAGS", "compressai", "device_name", "missing", "quiet", "torch_state", "versions"]

#: What learned codecs run under; recorded as provenance.
FLAGS = {"tf32": False, "deterministic": True}

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
def torch_state() -> Iterator[None]:
    """One thread, no gradients, full float32 precision, deterministic kernels (see `FLAGS`).

    The number of threads changes sums in their last bits, and so verdicts; cells run
    side by side instead, each in a thread that is in this state. What the process had
    before comes back when the last of them leaves.
    """
    import torch

    _shared.enter()
    try:
        with torch.inference_mode():
            yield
    finally:
        _shared.leave()


@dataclass
class _Shared:
    """The settings of the process while any thread is within `torch_state`."""

    lock: Lock = field(default_factory=Lock)
    inside: int = 0
    settings: ExitStack = field(default_factory=ExitStack)

    def enter(self) -> None:
        import torch

        with self.lock:
            if not self.inside:
                self.settings.enter_context(_settings())
            self.inside += 1
            # Every thread has a number of its own.
            torch.set_num_threads(1)

    def leave(self) -> None:
        with self.lock:
            self.inside -= 1
            if not self.inside:
                self.settings.close()


_shared = _Shared()


@contextmanager
def _settings() -> Iterator[None]:
    import torch

    threads = torch.get_num_threads()
    cudnn: Any = torch.backends.cudnn
    matmul: Any = torch.backends.cuda.matmul
    tf32, strict = matmul.allow_tf32, torch.are_deterministic_algorithms_enabled()
    # cuBLAS reads it once, when it is first used; without it there is no determinism.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    try:
        matmul.allow_tf32 = FLAGS["tf32"]
        torch.use_deterministic_algorithms(FLAGS["deterministic"])
        with cudnn.flags(
            enabled=True,
            benchmark=False,
            deterministic=FLAGS["deterministic"],
            allow_tf32=FLAGS["tf32"],
        ):
            yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(strict)
        matmul.allow_tf32 = tf32


@cache
def device_name(device: str) -> str:
    """``cpu``, or the card behind ``cuda`` and its driver's release of CUDA."""
    if device == "cpu":
        return device
    import torch

    cuda: Any = torch.version
    return f"{torch.cuda.get_device_name(device)}, CUDA {cuda.cuda}"


@cache
def versions() -> dict[str, str]:
    """Versions of CompressAI and torch, read without importing them."""
    return {name: version(name) for name in ("compressai", "torch")}
