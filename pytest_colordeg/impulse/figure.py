"""The picture: a tile a channel, by falling bits, a panel a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_colordeg.impulse.response import TILE, Channel, Impulses
from pytest_colordeg.report.figures import canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SCALES", "draw", "mosaic"]

SCALES = ("common", "each")
ACROSS = 16
_GAP = 3
_INCH = 0.42  # side of a tile in the figure
_PAPER = 1.0


def mosaic(
    channels: Sequence[Channel], scale: str = "common", across: int = ACROSS
) -> NDArray[np.float32]:
    """Put tiles side by side, row by row, in the order given.

    Parameters
    ----------
    scale
        ``common``: mid-grey is no change, and the widest change of all spans the range;
        ``each``: so does the widest of every tile.
    across
        Tiles a row.

    Returns
    -------
    NDArray
        (H, W, 3) in 0..1, white between tiles.
    """
    step = TILE + _GAP
    rows = -(-len(channels) // across)
    sheet = np.full((rows * step - _GAP, across * step - _GAP, 3), _PAPER, np.float32)
    widest = max((float(np.abs(channel.response).max()) for channel in channels), default=0.0)
    for place, channel in enumerate(channels):
        top, left = place // across * step, place % across * step
        span = widest if scale == "common" else float(np.abs(channel.response).max())
        sheet[top : top + TILE, left : left + TILE] = 0.5 + channel.response / (2 * span or 1.0)
    return sheet


def draw(found: Impulses, title: str, scale: str = "common", limit: int | None = None) -> Any:
    """Draw all branches; gives a matplotlib figure.

    Parameters
    ----------
    title
        Above it.
    limit
        At most so many channels of a branch.
    """
    panels = [(name, found.of(name)[:limit]) for name in found.branches]
    heights = [-(-len(channels) // ACROSS) for _, channels in panels]
    tall = _INCH * sum(heights) + 0.45 * len(panels) + 0.5
    with canvas(_INCH * ACROSS + 0.3, tall) as figure:
        figure.suptitle(title, fontsize=10)
        axes = figure.subplots(len(panels), squeeze=False, height_ratios=heights)[:, 0]
        for axis, (name, channels) in zip(axes, panels, strict=True):
            axis.imshow(mosaic(channels, scale), interpolation="nearest")
            axis.set_axis_off()
            axis.set_title(_caption(found, name, len(channels)), fontsize=8, loc="left")
            for place, channel in enumerate(channels):
                share = 100 * channel.bits / found.bits
                axis.text(
                    place % ACROSS * (TILE + _GAP) + TILE / 2 - 0.5,
                    place // ACROSS * (TILE + _GAP) + TILE + 1.0,
                    f"{share:.1f}" if share >= 0.05 else "0",
                    fontsize=4,
                    ha="center",
                    va="center",
                    color="#444444",
                )
        return figure


def _caption(found: Impulses, name: str, shown: int) -> str:
    channels = found.of(name)
    bits = sum(channel.bits for channel in channels)
    what = f"{name}: " if name else ""
    some = "" if shown == len(channels) else f"the first {shown} of "
    return (
        f"{what}{some}{len(channels)} channels by falling bits, {bits / found.pixels:.3f} bpp; "
        "below each its share of all bits in %"
    )
