"""From a trained network to a file that codecs read: fp16 weights, tables, and the card."""

# mypy: disable-error-code="no-untyped-call, unused-ignore"
from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from pytest_colordeg.baselines.files import write
from pytest_colordeg.codecs.neural.backend import compressai
from pytest_colordeg.codecs.neural.nets import CONTEXT, seen_taps
from pytest_colordeg.codecs.neural.tables import Tables, tables_of
from pytest_colordeg.codecs.neural.weights.card import KEY, Card, to_json, to_markdown
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.network import VariableRate

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["export", "tensors_of"]


def export(network: VariableRate, card: Card, path: Path) -> None:
    """Write ``NAME.safetensors``, and the card beside it as ``.json`` and ``.md``.

    Parameters
    ----------
    network
        Under training or done; it is left as it is.
    card
        Its qualities are those of the first rungs of the network; rungs beyond
        them are left out.
    path
        Of the safetensors file.

    Raises
    ------
    ColordegError
        If a weight does not fit fp16, or a file cannot be written.
    """
    import safetensors.torch

    tensors = tensors_of(network, len(card.qualities))
    data = safetensors.torch.save(tensors, {KEY: to_json(card)})
    write(path, data)
    write(path.with_suffix(".json"), (to_json(card) + "\n").encode())
    write(path.with_suffix(".md"), to_markdown(card).encode())


@torch.no_grad()
def tensors_of(network: VariableRate, rungs: int) -> dict[str, Tensor]:
    """The tensors of the file, by name.

    ``net.*`` are CompressAI's parameters in fp16 (of the masked convolution, its 12
    taps); ``gain.*`` (rungs, C) and ``medians`` in float32; each table is ``counts`` (rows
    end to end), ``lengths`` of whole rows, and ``offsets``.
    """
    whole = copy.deepcopy(network).cpu().float()
    tensors: dict[str, Tensor] = {}
    for name, value in whole.net.named_parameters():
        tensors[f"net.{name}"] = _half(name, value)
    if CONTEXT in tensors:
        tensors[CONTEXT] = seen_taps(tensors[CONTEXT])
    for name in ("y_gain", "y_back", "z_gain", "z_back"):
        if hasattr(whole, name):
            short = name.removesuffix("_gain")
            tensors[f"gain.{short}"] = getattr(whole, name)[:rungs].exp().contiguous()
    priors: Sequence[Any] = list(whole.bottlenecks)[:rungs]
    for place, prior in enumerate(priors):
        prior.update(force=True, update_quantiles=True)
        tensors.update(flatten(tables_of(prior, "a bottleneck"), f"bottleneck.{place}"))
    tensors["medians"] = torch.stack([prior._get_medians().flatten() for prior in priors])
    if whole.hyper:
        conditional = whole.net.gaussian_conditional
        conditional.update_scale_table(compressai().models.get_scale_table(), force=True)
        tensors.update(flatten(tables_of(conditional, "the Gaussians"), "gaussian"))
        tensors["gaussian.scales"] = conditional.scale_table.clone()
    return tensors


def flatten(tables: Tables, name: str) -> dict[str, Tensor]:
    """Tables as three tensors; counts without each row's 0 and 65536, less 32768, as int16."""
    counts = [count - (1 << 15) for row in tables.rows for count in row[1:-1]]
    return {
        f"{name}.counts": torch.tensor(counts, dtype=torch.int16),
        f"{name}.lengths": torch.tensor(tables.lengths, dtype=torch.int32),
        f"{name}.offsets": torch.tensor(tables.offsets, dtype=torch.int32),
    }


def _half(name: str, value: Tensor) -> Tensor:
    half = value.half()
    if not bool(half.isfinite().all()):
        raise ColordegError(f"export: {name} does not fit 16-bit floating point")
    return half.contiguous()
