"""Start a network from another's weights, as far as names and shapes agree.

cheng2020-attn is cheng2020-anchor with attention blocks in between. From an anchor's
weights it starts as that anchor, its attention blocks nearly shut.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_colordeg.codecs.neural.backend import compressai
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training import checkpoint
from pytest_colordeg.training.plan import Plan

__all__ = ["take_tensors"]

_SHUT = -6.0  # what passes an attention block's gate: 0.0025 of it


def take_tensors(network: Any, path: Path, plan: Plan | None = None) -> int:
    """Copy every tensor of `path` that has a namesake of the same shape in `network`.

    Families share the names of what they have in common, so the transforms of one are
    a start for another.

    Parameters
    ----------
    path
        A checkpoint of ``colordeg train``, a file that it exported, or CompressAI's.
    plan
        What the network is made by; without it, only namesakes are looked for.

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

    found, trained = _tensors(path)
    if plan is not None and trained is not None:
        from pytest_colordeg.training import transplant

        rungs = transplant.nearest(plan.lambdas, trained.lambdas)
        if plan.architecture.branches and not trained.architecture.branches:
            return int(transplant.luma(network, found, rungs))
        if plan.architecture.like == trained.family:
            return int(transplant.widened(network, found, rungs))
    own = network.state_dict()
    renamed = {}
    if not any("conv_b" in name for name in found):
        renamed = {
            place: former
            for part in ("g_a", "g_s")
            for place, former in _pass_by_attention(getattr(network.net, part), f"net.{part}.")
        }
    taken = 0
    with torch.no_grad():
        for name, target in own.items():
            former = _replaced(name, renamed)
            source = found.get(former, found.get(former.removeprefix("net.")))
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


def _pass_by_attention(transform: Any, name: str) -> list[tuple[str, str]]:
    """Shut the attention blocks; where the others stand, and would stand without them."""
    import torch

    block = compressai().layers.AttentionBlock
    places: list[tuple[str, str]] = []
    for place, module in enumerate(transform):
        if isinstance(module, block):
            torch.nn.init.constant_(module.conv_b[-1].bias, _SHUT)
        else:
            places.append((f"{name}{place}.", f"{name}{len(places)}."))
    return places


def _replaced(name: str, renamed: dict[str, str]) -> str:
    prefix = ".".join(name.split(".")[:3]) + "."
    return renamed.get(prefix, prefix) + name[len(prefix) :]


def _tensors(path: Path) -> tuple[dict[str, Any], Plan | None]:
    """The tensors of a file, and the plan of a checkpoint."""
    from pytest_colordeg.codecs.neural.weights.files import read

    if path.suffix == ".pt" and path.is_file():
        return checkpoint.trained(path)
    return dict(read(path).tensors), None
