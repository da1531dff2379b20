"""The autoregressive families' entropy parameters, as matrices, for encoder and decoder alike.

A latent's mean and scale come from its 12 decoded neighbours (a masked 5x5 convolution)
and the hyperprior, through three 1x1 convolutions. Nothing bends the line between the masked
convolution and the first 1x1, so both are merged into one matrix; the hyperprior's part
of it is known before coding begins. What is left is three products a position, in float64.

Position (h, w) needs nothing from positions with a greater t = w + 3h, nor from its own t:
all positions of one t are computed together, in the encoder (`encode`), which makes
W + 3(H - 1) steps of H * W. The decoder must read symbols row by row, one position
at a time (`decode`). It repeats the encoder's own products, of the same shapes and with its
position in the same row, the other rows empty; so both get the same bits, whatever
order of summation the library chooses for a shape.
"""

# torch's stubs type much arithmetic as Any.
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_colordeg.codecs.neural.tables import Reader

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Context", "Symbols"]

_REACH = 2  # of the 5x5 window
_ROW, _BEFORE = 5, 2  # neighbours in each of the two rows above, and left of the position
_SLOPE = 0.01  # of CompressAI's LeakyReLU
_TILE = 4  # products of a multiple of 4 rows take half the time of others
_LEAD = 3  # a row runs this many positions behind the one above it


class Symbols(NamedTuple):
    """What is coded, (H, W, M) each: integers, indexes of their distributions, decoded latents."""

    symbols: Tensor
    indexes: Tensor
    y_hat: Tensor


class _Step(NamedTuple):
    """The positions of one t: (top, left) and those 1 lower and 3 further left, `number` in all."""

    top: int
    left: int
    number: int


class Context:
    """Merged weights of one network.

    Parameters
    ----------
    net
        A CompressAI network with ``context_prediction`` and ``entropy_parameters``.
    bounds
        Upper bounds of all scales but the last, ascending, float64.
    """

    def __init__(self, net: Any, bounds: Tensor) -> None:
        self.channels = int(net.M)
        first, _, second, _, third = net.entropy_parameters
        split = 2 * self.channels
        weight = first.weight.detach().cpu().double()[:, :, 0, 0]
        masked = (net.context_prediction.weight * net.context_prediction.mask).detach()
        taps = masked.cpu().double().permute(0, 2, 3, 1).flatten(1, 2)
        taps = taps[:, : 2 * _ROW + _BEFORE].flatten(1)
        inner = net.context_prediction.bias.detach().cpu().double()
        self._hyper = weight[:, :split].contiguous()
        self._taps = (weight[:, split:] @ taps).contiguous()
        self._bias = first.bias.detach().cpu().double() + weight[:, split:] @ inner
        self._deeper = tuple(
            (layer.weight.detach().cpu().double()[:, :, 0, 0].contiguous(),
             layer.bias.detach().cpu().double())
            for layer in (second, third)
        )  # fmt: skip
        self._bounds = bounds

    def encode(self, y: Tensor, params: Tensor) -> Symbols:
        """Quantise latents in the order of the wavefront.

        Parameters
        ----------
        y
            Latents, (M, H, W).
        params
            The hyperprior's output, (2M, H, W), float64.
        """
        import torch

        plane = _Plane(self, y.shape[1], y.shape[2])
        known = plane.known(params)
        latents = plane.grid(self.channels)
        plane.inner(latents).copy_(y.permute(1, 2, 0))
        symbols, indexes = plane.grid(self.channels), plane.grid(self.channels, torch.int32)
        for step in plane.steps():
            around = plane.neighbours(step)
            scales, means = self._parameters(around, plane.at(known, step), 0)
            coded = torch.round(plane.at(latents, step) - means)
            plane.at(symbols, step).copy_(coded)
            plane.at(indexes, step).copy_(self._indexes(scales))
            plane.at(plane.y_hat, step).copy_(coded + means)
        return Symbols(
            plane.inner(symbols).int(), plane.inner(indexes), plane.inner(plane.y_hat).clone()
        )

    def decode(self, reader: Reader, params: Tensor) -> Symbols:
        """Read what `encode` coded; `params` as there."""
        import torch

        plane = _Plane(self, params.shape[1], params.shape[2])
        known = plane.known(params)
        symbols, indexes = plane.grid(self.channels), plane.grid(self.channels, torch.int32)
        steps = {step.left + _LEAD * step.top: step for step in plane.steps()}
        for h in range(plane.height):
            for w in range(plane.width):
                whole = steps[w + _LEAD * h]
                row, here = h - whole.top, _Step(h, w, 1)
                around = plane.neighbours(here, row, whole.number)
                scales, means = self._parameters(around, plane.at(known, here), row)
                chosen = self._indexes(scales)[0]
                coded = torch.tensor(reader.read(chosen.tolist()), dtype=torch.float64)
                plane.at(symbols, here)[0] = coded
                plane.at(indexes, here)[0] = chosen
                plane.at(plane.y_hat, here)[0] = coded + means[0]
        return Symbols(plane.inner(symbols).int(), plane.inner(indexes), plane.inner(plane.y_hat))

    def _parameters(self, around: Tensor, known: Tensor, first: int) -> tuple[Tensor, Tensor]:
        """Scales and means, (n, M) each.

        Parameters
        ----------
        around
            (rows, 12 M) neighbours, of which n rows from `first` on are wanted.
        known
            The hyperprior's share of those n.
        """
        from torch.nn.functional import leaky_relu_, linear

        wanted = slice(first, first + len(known))
        hidden = linear(around, self._taps)
        hidden[wanted] += known
        for weight, bias in self._deeper:
            hidden = linear(leaky_relu_(hidden, _SLOPE), weight, bias)
        scales, means = hidden[wanted].chunk(2, 1)
        return scales, means

    def _indexes(self, scales: Tensor) -> Tensor:
        import torch

        return torch.searchsorted(self._bounds, scales.contiguous(), out_int32=True)


class _Plane:
    """Grids with a border of zeros, (H + 2, W + 4, C), and views of a step's positions in them."""

    def __init__(self, context: Context, height: int, width: int) -> None:
        self.height, self.width = height, width
        self._context = context
        self._line = width + 2 * _REACH
        self.y_hat = self.grid(context.channels)

    def grid(self, channels: int, dtype: Any = None) -> Tensor:
        import torch

        shape = (self.height + _REACH, self._line, channels)
        return torch.zeros(shape, dtype=dtype or torch.float64)

    def inner(self, grid: Tensor) -> Tensor:
        """A grid without its border."""
        return grid[_REACH:, _REACH : _REACH + self.width]

    def known(self, params: Tensor) -> Tensor:
        """The hyperprior's share of the first layer, with the biases."""
        from torch.nn.functional import linear

        context = self._context
        flat = params.permute(1, 2, 0).flatten(0, 1).contiguous()
        share = linear(flat, context._hyper, context._bias)
        grid = self.grid(share.shape[1])
        self.inner(grid).copy_(share.view(self.height, self.width, -1))
        return grid

    def steps(self) -> list[_Step]:
        """Every t in order."""
        steps = []
        for t in range(self.width + _LEAD * (self.height - 1)):
            top = max(0, -((self.width - 1 - t) // _LEAD))
            bottom = min(self.height - 1, t // _LEAD)
            if top <= bottom:
                steps.append(_Step(top, t - _LEAD * top, bottom - top + 1))
        return steps

    def at(self, grid: Tensor, step: _Step, rows: int = 0, columns: int = 0, n: int = 1) -> Tensor:
        """View `n` neighbouring cells of each position, displaced by `rows` and `columns`."""
        channels = grid.shape[2]
        first = (step.top + _REACH + rows) * self._line + step.left + _REACH + columns
        return grid.as_strided(
            (step.number, n * channels),
            ((self._line - _LEAD) * channels, 1),
            first * channels,
        )

    def neighbours(self, step: _Step, first: int = 0, number: int = 0) -> Tensor:
        """The decoded neighbours of each position, (rows, 12 M).

        Row `first` is that of the first position; there are as many rows as `number`
        positions need, or those of the step, up to a full tile of the product.
        """
        import torch

        rows = -(-(number or step.number) // _TILE) * _TILE
        channels = self.y_hat.shape[2]
        around = torch.zeros(rows, (2 * _ROW + _BEFORE) * channels, dtype=torch.float64)
        start = 0
        for above, cells in ((-2, _ROW), (-1, _ROW), (0, _BEFORE)):
            end = start + cells * channels
            view = self.at(self.y_hat, step, above, -_REACH, cells)
            around[first : first + step.number, start:end] = view
            start = end
        return around
