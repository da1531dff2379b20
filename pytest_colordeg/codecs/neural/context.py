"""The autoregressive families' entropy parameters, for encoder and decoder alike.

A latent's mean and scale come from its 12 decoded neighbours (a masked 5x5 convolution)
and the hyperprior, through three 1x1 convolutions: four matrix products a position, summed in
a fixed order (`products`). The hyperprior's share of the first is known before coding begins.

Position (h, w) needs nothing from positions with a greater t = w + 3h, nor from its own t:
all positions of one t are computed together, in the encoder (`encode`), which makes
W + 3(H - 1) steps of H * W. The decoder must read symbols row by row, one position
at a time (`decode`). A row of a product has the same bits whatever stands beside it, so both
find the same means and scales.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pytest_colordeg.codecs.neural.products import add_product
from pytest_colordeg.codecs.neural.tables import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Places = NDArray[np.intp]

__all__ = ["Context", "Symbols"]

_REACH = 2  # of the 5x5 window
_SEEN = 12  # taps of it that are decoded before its centre
_SLOPE = 0.01  # of CompressAI's LeakyReLU
_LEAD = 3  # a row runs this many positions behind the one above it
_TILE = 4  # rows that a product handles together
_BLOCK = 32  # rows whose sums stay in cache


class Symbols(NamedTuple):
    """What is coded, (H, W, M) each: integers, indexes of their distributions, decoded latents."""

    symbols: NDArray[np.int32]
    indexes: NDArray[np.int32]
    y_hat: Floats


class Context:
    """Weights of one network.

    Parameters
    ----------
    net
        A CompressAI network with ``context_prediction`` and ``entropy_parameters``.
    bounds
        Upper bounds of all scales but the last, ascending, float64.
    """

    def __init__(self, net: Any, bounds: Tensor) -> None:
        self.channels = int(net.M)
        masked = (net.context_prediction.weight * net.context_prediction.mask).detach().cpu()
        taps = masked.flatten(2)[:, :, :_SEEN].permute(2, 1, 0).flatten(0, 1)
        self._taps = _weight(taps), _bias(net.context_prediction)
        first, _, second, _, third = net.entropy_parameters
        matrix = first.weight.detach()[:, :, 0, 0].T
        self._hyper = _weight(matrix[: 2 * self.channels]), _bias(first)
        self._first = _weight(matrix[2 * self.channels :])
        self._deeper = tuple(
            (_weight(layer.weight.detach()[:, :, 0, 0].T), _bias(layer))
            for layer in (second, third)
        )
        self._bounds: Floats = bounds.numpy()

    def encode(self, y: Tensor, params: Tensor) -> Symbols:
        """Quantise latents in the order of the wavefront.

        Parameters
        ----------
        y
            Latents, (M, H, W).
        params
            The hyperprior's output, (2M, H, W), float64.
        """
        plane = _Plane(y.shape[1], y.shape[2], self.channels)
        known = self._known(params)
        scales = np.empty((plane.height * plane.width, self.channels))
        latents = y.permute(1, 2, 0).flatten(0, 1).contiguous().numpy()
        for rows, columns in plane.steps():
            places = rows * plane.width + columns
            found, means = self._parameters(plane.around(rows, columns), known[places])
            scales[places] = found
            coded = np.rint(latents[places] - means)
            plane.put(rows, columns, coded, coded + means)
        return plane.result(self._indexes(scales))

    def decode(self, reader: Reader, params: Tensor) -> Symbols:
        """Read what `encode` coded; `params` as there."""
        plane = _Plane(params.shape[1], params.shape[2], self.channels)
        known = self._known(params)
        indexes = np.empty((plane.height * plane.width, self.channels), np.int32)
        for place in range(plane.height * plane.width):
            rows, columns = np.divmod(np.array([place]), plane.width)
            scales, means = self._parameters(plane.around(rows, columns), known[place, None])
            indexes[place] = self._indexes(scales[0])
            coded = np.array([reader.read(indexes[place].tolist())], dtype=np.float64)
            plane.put(rows, columns, coded, coded + means)
        return plane.result(indexes)

    def _known(self, params: Tensor) -> Floats:
        """The hyperprior's share of the first layer, with its bias, (H W, C)."""
        rows = params.permute(1, 2, 0).flatten(0, 1).float().contiguous().numpy()
        weight, bias = self._hyper
        out = np.repeat(bias[None], len(rows), axis=0)
        for start in range(0, len(rows), _BLOCK):
            add_product(rows[start : start + _BLOCK], weight, out[start : start + _BLOCK])
        return out

    def _parameters(self, around: Singles, known: Floats) -> tuple[Floats, Floats]:
        """Scales and means, (n, M) each, from neighbours (n, 12 M) and the hyperprior's share."""
        number = len(around)
        if number > 1 and number % _TILE:
            # A product of whole tiles takes less time; the rows too many are not looked at.
            filling = -number % _TILE
            around = np.pad(around, ((0, filling), (0, 0)))
            known = np.pad(known, ((0, filling), (0, 0)))
        seen = _applied(around, *self._taps)
        hidden = known.copy()
        add_product(seen.astype("f4"), self._first, hidden)
        for weight, bias in self._deeper:
            hidden = _applied(np.maximum(hidden, _SLOPE * hidden).astype("f4"), weight, bias)
        return hidden[:number, : self.channels], hidden[:number, self.channels :]

    def _indexes(self, scales: Floats) -> NDArray[np.int32]:
        return np.searchsorted(self._bounds, scales).astype(np.int32)


def _weight(matrix: Tensor) -> Singles:
    weight: Singles = matrix.cpu().float().contiguous().numpy()
    return weight


def _bias(layer: Any) -> Floats:
    bias: Floats = layer.bias.detach().cpu().double().numpy()
    return bias


def _applied(rows: Singles, weight: Singles, bias: Floats) -> Floats:
    out = np.repeat(bias[None], len(rows), axis=0)
    add_product(rows, weight, out)
    return out


class _Plane:
    """What is decoded so far, position by position; latents have a border of zeros around."""

    def __init__(self, height: int, width: int, channels: int) -> None:
        self.height, self.width = height, width
        self._line = width + 2 * _REACH
        self._seen = np.zeros(((height + _REACH) * self._line, channels), np.float32)
        self._y_hat = np.zeros((height * width, channels))
        self._symbols = np.zeros((height * width, channels), np.int32)
        side = 2 * _REACH + 1
        offsets = [self._line * (k // side) + k % side for k in range(_SEEN)]
        self._offsets = np.array(offsets) - _REACH * self._line - _REACH

    def steps(self) -> Iterator[tuple[Places, Places]]:
        """Rows and columns of the positions of every t, in order."""
        for t in range(self.width + _LEAD * (self.height - 1)):
            top = max(0, -((self.width - 1 - t) // _LEAD))
            rows = np.arange(top, min(self.height - 1, t // _LEAD) + 1)
            if len(rows):
                yield rows, t - _LEAD * rows

    def around(self, rows: Places, columns: Places) -> Singles:
        """The decoded neighbours of each position, (n, 12 M)."""
        cells = self._cells(rows, columns)[:, None] + self._offsets
        return self._seen[cells].reshape(len(rows), -1)

    def put(self, rows: Places, columns: Places, symbols: Floats, y_hat: Floats) -> None:
        """Keep what was found at some positions, (n, M) each."""
        places = rows * self.width + columns
        self._symbols[places] = symbols
        self._y_hat[places] = y_hat
        self._seen[self._cells(rows, columns)] = y_hat

    def result(self, indexes: NDArray[np.int32]) -> Symbols:
        """All positions; `indexes` in the order of rows, (H W, M)."""
        shape = (self.height, self.width, -1)
        return Symbols(
            self._symbols.reshape(shape), indexes.reshape(shape), self._y_hat.reshape(shape)
        )

    def _cells(self, rows: Places, columns: Places) -> Places:
        return (rows + _REACH) * self._line + columns + _REACH
