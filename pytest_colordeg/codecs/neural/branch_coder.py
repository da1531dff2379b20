"""Entropy coding of branches side by side: each has strings of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.neural.coders import Bottleneck, Coded, Gains, ScaleCoder
from pytest_colordeg.codecs.neural.families import Family
from pytest_colordeg.codecs.neural.tables import Tables

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["BranchCoder"]


class BranchCoder:
    """Latents and hyper-latents of one branch after the other, each through its hyperprior.

    Parameters
    ----------
    net
        See `branches.color_learning`.
    bottleneck, gains
        Of all branches' hyper-latents and latents, one after the other.
    tables
        The Gaussian distributions, which the branches share.
    """

    def __init__(
        self, family: Family, net: Any, bottleneck: Bottleneck, tables: Tables, gains: Gains
    ) -> None:
        self._sizes = net.h_a.sizes
        self._coders = [
            ScaleCoder(
                SimpleNamespace(
                    h_a=net.h_a[branch.name],
                    h_s=net.h_s[branch.name],
                    gaussian_conditional=net.gaussian_conditional,
                ),
                _part(bottleneck, piece),
                tables,
                # Gains of latents are not the coder's.
                Gains(gains.y, gains.y_back, *(_cut(z, piece) for z in (gains.z, gains.z_back))),
                means=True,
            )
            for branch, piece in zip(family.branches, _pieces(net.h_s.sizes), strict=True)
        ]

    def encode(self, y: Tensor) -> Coded:
        import torch

        coded = [
            coder.encode(piece.contiguous())
            for coder, piece in zip(self._coders, torch.split(y, self._sizes, 1), strict=True)
        ]
        strings = tuple(string for part in coded for string in part.strings)
        return Coded(strings, torch.cat([part.y_hat for part in coded], 1))

    def decode(self, strings: Sequence[bytes], height: int, width: int) -> Tensor:
        import torch

        each = len(strings) // len(self._coders)
        parts = [
            coder.decode(strings[place * each : (place + 1) * each], height, width)
            for place, coder in enumerate(self._coders)
        ]
        return torch.cat(parts, 1)


def _pieces(sizes: Sequence[int]) -> Iterator[slice]:
    return (slice(*ends) for ends in pairwise(accumulate(sizes, initial=0)))


def _part(bottleneck: Bottleneck, piece: slice) -> Bottleneck:
    whole = bottleneck.tables
    tables = replace(whole, rows=whole.rows[piece], offsets=whole.offsets[piece])
    return Bottleneck(tables, bottleneck.medians[piece])


def _cut(factors: Tensor | None, piece: slice) -> Tensor | None:
    return None if factors is None else factors[piece]
