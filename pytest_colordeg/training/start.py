"""Start a network from another's weights, as far as names and shapes agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_colordeg.errors import ColordegError

__all__ = ["take_tensors"]


def take_tensors(network: Any, path: Path) -> int:
    """Copy every tensor of `path` that has a namesake of the same shape in `network`.

    Families share the names of what they have in common, so the transforms of one are
    a start for another.

    Parameters
    ----------
    path
        A checkpoint of ``colordeg train``, a file that it exported, or CompressAI's.

    Returns
    -------
    int
        Number of tensors taken.

    Raises
    ------
    ColordegError
        If it cannot be read or nothing fits.
    """
    import torch

    found = _tensors(path)
    own = network.state_dict()
    taken = 0
    with torch.no_grad():
        for name, target in own.items():
            source = found.get(name, found.get(name.removeprefix("net.")))
            if (
                source is not None
                and source.shape == target.shape
                and target.is_floating_point()
                and not name.endswith("scale_table")
            ):
                target.copy_(source)
                taken += 1
    if not taken:
        raise ColordegError(f"{path}: no tensor of it has a place in this network")
    return taken


def _tensors(path: Path) -> dict[str, Any]:
    import torch

    from pytest_colordeg.codecs.neural.weights.files import read

    if path.suffix != ".pt" or not path.is_file():
        return dict(read(path).tensors)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        tensors: dict[str, Any] = content["state"]["network"]
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ColordegError(f"{path}: not a checkpoint of colordeg train: {first[:200]}") from None
    return tensors
