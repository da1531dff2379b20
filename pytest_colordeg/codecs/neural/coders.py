"""Latents to strings and back, for the three kinds of entropy model.

Everything that decides which distribution codes a symbol runs on the CPU, in one order, in
encoder and decoder alike, on whatever device the transforms run: then the two cannot
disagree, and what one device wrote the other reads.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pytest_colordeg.codecs.neural.context import Context, Symbols
from pytest_colordeg.codecs.neural.families import Family
from pytest_colordeg.codecs.neural.tables import Tables
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Bottleneck", "Coded", "Coder", "Gains", "coder_of"]


class Coded(NamedTuple):
    """The strings of one image, and the decoded latents (1, M, H, W) in float64."""

    strings: tuple[bytes, ...]
    y_hat: Tensor


@dataclass(frozen=True, eq=False)
class Gains:
    """Factors of a variable-rate network, (C,) each: on latents before and after coding."""

    y: Tensor
    y_back: Tensor
    z: Tensor | None = None
    z_back: Tensor | None = None


class Coder(Protocol):
    """The entropy coding of one operating point."""

    def encode(self, y: Tensor) -> Coded:
        """Code latents (1, M, H, W), on any device."""
        ...

    def decode(self, strings: Sequence[bytes], height: int, width: int) -> Tensor:
        """Give the latents (1, M, height, width) that `encode` gave."""
        ...


@dataclass(frozen=True, eq=False)
class Bottleneck:
    """The factorized prior: one distribution a channel, around its median."""

    tables: Tables
    medians: Tensor

    def encode(self, latents: Tensor) -> tuple[bytes, Tensor]:
        """Code (1, C, H, W); gives the string and the decoded float64 latents."""
        import torch

        medians = self.medians.view(1, -1, 1, 1)
        symbols = torch.round(latents.cpu().double() - medians)
        data = self.tables.encode(symbols.int().flatten().tolist(), self._indexes(latents.shape))
        return data, symbols + medians

    def decode(self, data: bytes, height: int, width: int) -> Tensor:
        """Read what `encode` wrote."""
        import torch

        shape = (1, len(self.medians), height, width)
        symbols = self.tables.decode(data, self._indexes(shape))
        return torch.tensor(symbols, dtype=torch.float64).view(shape) + self.medians.view(
            1, -1, 1, 1
        )

    def _indexes(self, shape: Sequence[int]) -> list[int]:
        cells = shape[2] * shape[3]
        return [channel for channel in range(shape[1]) for _ in range(cells)]


@dataclass(frozen=True, eq=False)
class FactorizedCoder:
    """bmshj2018-factorized: the latents through the bottleneck."""

    bottleneck: Bottleneck

    def encode(self, y: Tensor) -> Coded:
        data, y_hat = self.bottleneck.encode(y)
        return Coded((data,), y_hat)

    def decode(self, strings: Sequence[bytes], height: int, width: int) -> Tensor:
        return self.bottleneck.decode(strings[0], height, width)


class _HyperCoder:
    """What the families with a hyperprior share: the hyper-latents, and the Gaussian tables."""

    def __init__(self, net: Any, bottleneck: Bottleneck, tables: Tables, gains: Gains) -> None:
        self._h_a = net.h_a
        self._h_s = copy.deepcopy(net.h_s).cpu().double()
        self._bottleneck, self.tables, self._gains = bottleneck, tables, gains
        self.bounds = _bounds(net.gaussian_conditional, tables)

    def side(self, y: Tensor) -> tuple[bytes, Tensor]:
        """Code the hyper-latents; gives their string and the hyperprior's output."""
        z = self._h_a(y)
        if self._gains.z is not None:
            z = z * self._gains.z.to(z).view(1, -1, 1, 1)
        data, z_hat = self._bottleneck.encode(z)
        return data, self._synthesis(z_hat)

    def read_side(self, data: bytes, height: int, width: int) -> Tensor:
        """The hyperprior's output for latents of that size."""
        if height % 4 or width % 4:
            raise ColordegError(f"latents of {width}x{height} have no hyper-latents")
        return self._synthesis(self._bottleneck.decode(data, height // 4, width // 4))

    def _synthesis(self, z_hat: Tensor) -> Tensor:
        if self._gains.z_back is not None:
            z_hat = z_hat * self._gains.z_back.double().view(1, -1, 1, 1)
        # Another layout in memory would be another order of summation.
        out: Tensor = self._h_s(z_hat.contiguous())
        return out

    def indexes(self, scales: Tensor) -> list[int]:
        """Which distribution each scale asks for: the first that is at least as wide."""
        import torch

        found: list[int] = torch.searchsorted(self.bounds, scales.contiguous()).flatten().tolist()
        return found


class ScaleCoder(_HyperCoder):
    """bmshj2018-hyperprior and mbt2018-mean: scales, or means and scales, from the hyperprior."""

    def __init__(
        self, net: Any, bottleneck: Bottleneck, tables: Tables, gains: Gains, means: bool
    ) -> None:
        super().__init__(net, bottleneck, tables, gains)
        self._means = means

    def encode(self, y: Tensor) -> Coded:
        import torch

        side, params = self.side(y if self._means else y.abs())
        scales, means = self._split(params)
        symbols = torch.round(y.cpu().double() - means)
        data = self.tables.encode(symbols.int().flatten().tolist(), self.indexes(scales))
        return Coded((data, side), symbols + means)

    def decode(self, strings: Sequence[bytes], height: int, width: int) -> Tensor:
        import torch

        scales, means = self._split(self.read_side(strings[1], height, width))
        symbols = self.tables.decode(strings[0], self.indexes(scales))
        return torch.tensor(symbols, dtype=torch.float64).view_as(scales) + means

    def _split(self, params: Tensor) -> tuple[Tensor, Tensor]:
        if not self._means:
            return params, params.new_zeros(1, 1, 1, 1)
        scales, means = params.chunk(2, 1)
        return scales, means


class ContextCoder(_HyperCoder):
    """mbt2018 and cheng2020: means and scales from the hyperprior and decoded neighbours."""

    def __init__(self, net: Any, bottleneck: Bottleneck, tables: Tables, gains: Gains) -> None:
        super().__init__(net, bottleneck, tables, gains)
        self._context = Context(net, self.bounds)

    def encode(self, y: Tensor) -> Coded:
        side, params = self.side(y)
        coded = self._context.encode(y[0].cpu().double(), params[0])
        data = self.tables.encode(
            coded.symbols.flatten().tolist(), coded.indexes.flatten().tolist()
        )
        return Coded((data, side), _latents(coded))

    def decode(self, strings: Sequence[bytes], height: int, width: int) -> Tensor:
        params = self.read_side(strings[1], height, width)
        coded = self._context.decode(self.tables.reader(strings[0]), params[0])
        return _latents(coded)


def _latents(coded: Symbols) -> Tensor:
    """Latents (1, M, H, W) of (H, W, M)."""
    import torch

    return torch.from_numpy(coded.y_hat).permute(2, 0, 1)[None]


def coder_of(
    family: Family, net: Any, bottleneck: Bottleneck, tables: Tables | None, gains: Gains
) -> Coder:
    """The coder of a family.

    Parameters
    ----------
    net
        The CompressAI network.
    bottleneck
        Of the latents (factorized), else of the hyper-latents.
    tables
        The Gaussian distributions; ``None`` for the factorized family.
    """
    if tables is None:
        return FactorizedCoder(bottleneck)
    if family.context:
        return ContextCoder(net, bottleneck, tables, gains)
    if len(family.branches) > 1:
        from pytest_colordeg.codecs.neural.branch_coder import BranchCoder

        return BranchCoder(family, net, bottleneck, tables, gains)
    means = family.name != "bmshj2018-hyperprior"
    return ScaleCoder(net, bottleneck, tables, gains, means=means)


def _bounds(conditional: Any, tables: Tables) -> Tensor:
    """All scales but the last: a scale takes the first row that is not below it."""
    table: Tensor = conditional.scale_table.detach().cpu().double()
    if len(table) != len(tables.rows) or len(table) < 2 or bool((table.diff() <= 0).any()):
        raise ColordegError("the table of scales does not fit the entropy coder's tables")
    return table[:-1].contiguous()
