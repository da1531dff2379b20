"""Read tensors from a file, never anything that could run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MAX_BYTES", "Tensors", "metadata", "read"]

MAX_BYTES = 1 << 30
"""Largest file that is read; CompressAI's largest has some 120 MB."""

_HEADER = 100 << 20  # the bound that safetensors itself has


@dataclass(frozen=True, eq=False)
class Tensors:
    """What a file holds."""

    where: str
    sha256: str
    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str]


def read(path: Path) -> Tensors:
    """Read safetensors, or a torch checkpoint with ``weights_only``.

    Raises
    ------
    ColordegError
        If it is absent, too large, damaged or holds no tensors by name.
    """
    data = _bytes(path)
    digest = hashlib.sha256(data).hexdigest()[:16]
    try:
        if path.suffix == ".safetensors":
            import safetensors.torch

            tensors, texts = safetensors.torch.load(data), metadata(path)
        else:
            tensors, texts = _pickled(data), {}
    except ColordegError:
        raise
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ColordegError(
            f"{path}: not a checkpoint that can be read, or cut short: {first[:200]}"
        ) from None
    return Tensors(str(path), digest, _only_tensors(tensors, path), texts)


def metadata(path: Path) -> dict[str, str]:
    """The texts in a safetensors header, read without torch; none when it has none.

    Raises
    ------
    ColordegError
        If the header cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 0 < size <= _HEADER:
                raise ValueError("no safetensors header")
            header = json.loads(file.read(size))
        texts = header.get("__metadata__", {})
        return {str(key): str(value) for key, value in texts.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ColordegError(f"{path}: cannot be read as safetensors: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ColordegError(f"{path}: there is no such weights file")
        if path.stat().st_size > MAX_BYTES:
            raise ColordegError(f"{path}: more than {MAX_BYTES >> 20} MiB is no such checkpoint")
        return path.read_bytes()
    except OSError as error:
        raise ColordegError(f"{path}: cannot be read: {error.strerror or error}") from None


def _pickled(data: bytes) -> Any:
    import io

    import torch

    from pytest_colordeg.codecs.neural.backend import quiet

    with quiet():
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    # CompressAI's training example keeps the network beside the optimiser.
    for key in ("state_dict", "network", "model"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            return content[key]
    return content


def _only_tensors(content: Any, path: Path) -> dict[str, Tensor]:
    import torch

    if not isinstance(content, Mapping) or not content:
        raise ColordegError(f"{path}: holds {type(content).__name__}, not named tensors")
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, torch.Tensor):
            raise ColordegError(f"{path}: {key!r} is {type(value).__name__}, not a tensor")
    return dict(content)
