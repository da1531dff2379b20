"""The networks themselves: CompressAI's classes, of any widths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.neural.backend import compressai, quiet
from pytest_colordeg.codecs.neural.families import FAMILIES, Family
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["CONTEXT", "build", "looks_like", "seen_taps", "widths", "window_of"]

CONTEXT = "net.context_prediction.weight"
_LAST = 8  # place of the convolution that makes a branch's latents
_SEEN, _SIDE = 12, 5  # taps before the centre of the 5x5 window, in raster order

_CLASSES = {
    "bmshj2018-factorized": "FactorizedPrior",
    "bmshj2018-hyperprior": "ScaleHyperprior",
    "mbt2018-mean": "MeanScaleHyperprior",
    "mbt2018": "JointAutoregressiveHierarchicalPriors",
    "cheng2020-anchor": "Cheng2020Anchor",
    "cheng2020-attn": "Cheng2020Attention",
}


def build(family: Family, n: int, m: int) -> Any:
    """Make a network with fresh weights.

    Parameters
    ----------
    family
        Which architecture.
    n, m
        Channels of the transforms and of the latents. CompressAI's cheng2020 has
        n = m; with another m, the first and last layers that meet the latents are
        made for it.
    """
    models = compressai().models
    if family.branches:
        from pytest_colordeg.codecs.neural.branches import color_learning

        return color_learning(family, n, m)
    made = getattr(models, _CLASSES[family.like or family.name])
    with quiet():
        if not family.name.startswith("cheng2020"):
            return made(n, m)
        net = models.JointAutoregressiveHierarchicalPriors(n, m)
        parts = made(n)
        for name in ("g_a", "h_a", "h_s", "g_s"):
            setattr(net, name, getattr(parts, name))
        if n != m:
            _fit_latents(net, n, m)
    return net


def _fit_latents(net: Any, n: int, m: int) -> None:
    """Give a cheng2020 network of width n latents of width m."""
    layers = compressai().layers
    attends = isinstance(net.g_s[0], layers.AttentionBlock)
    net.g_a[-2 if attends else -1] = layers.conv3x3(n, m, stride=2)
    if attends:
        net.g_a[-1] = layers.AttentionBlock(m)
        net.g_s[0] = layers.AttentionBlock(m)
    net.g_s[1 if attends else 0] = layers.ResidualBlock(m, n)
    net.h_a[0] = layers.conv3x3(m, n)
    net.h_s[-1] = layers.conv3x3(n * 3 // 2, 2 * m)


def seen_taps(weight: Tensor) -> Tensor:
    """What a masked convolution uses of its (O, I, 5, 5) weight: (O, I, 12)."""
    return weight.flatten(2)[:, :, :_SEEN].contiguous()


def window_of(taps: Tensor) -> Tensor:
    """The (O, I, 5, 5) weight whose `seen_taps` are given; the others are 0."""
    window = taps.new_zeros(*taps.shape[:2], _SIDE * _SIDE)
    window[:, :, :_SEEN] = taps
    return window.view(*taps.shape[:2], _SIDE, _SIDE)


def looks_like(state: Mapping[str, Any]) -> str | None:
    """The family whose tensors these are, by their names; ``None`` for no family's.

    Families of one network, see `Family.like`, cannot be told apart.
    """
    for family in FAMILIES.values():
        if family.branches and f"g_a.{family.branches[0].name}.0.weight" in state:
            return family.name
    if "g_a.0.conv1.weight" in state and "context_prediction.weight" in state:
        return "cheng2020-attn" if any("conv_a" in key for key in state) else "cheng2020-anchor"
    if "g_a.6.weight" not in state or "g_s.0.weight" not in state:
        return None
    if "context_prediction.weight" in state:
        return "mbt2018"
    if "h_s.4.weight" not in state:
        return None if any(key.startswith("h_a") for key in state) else "bmshj2018-factorized"
    # The mean's and scale's network ends in twice as many channels as there are latents.
    latents = state["g_a.6.weight"].shape[0]
    return "bmshj2018-hyperprior" if state["h_s.4.weight"].shape[0] == latents else "mbt2018-mean"


def widths(state: Mapping[str, Any], family: Family, where: str) -> tuple[int, int]:
    """N and M of the network that a state dictionary belongs to.

    Raises
    ------
    ColordegError
        If it belongs to another family, or to none.
    """
    found = looks_like(state)
    if found is None:
        some = ", ".join(sorted(state)[:3]) or "nothing"
        raise ColordegError(
            f"{where}: no weights of {family.name}, nor of any family of "
            f"{', '.join(FAMILIES)}; it holds {some}"
        )
    if found != (family.like or family.name):
        raise ColordegError(f"{where}: these are weights of {found}, not of {family.name}")
    if family.branches:
        first = family.branches[0]
        sizes = (state[f"g_a.{first.name}.{place}.weight"].shape[0] for place in (0, _LAST))
        n, m = (round(size / first.share) for size in sizes)
        return n, m
    if family.name.startswith("cheng2020"):
        return state["g_a.0.conv1.weight"].shape[0], state["context_prediction.weight"].shape[1]
    return state["g_a.0.weight"].shape[0], state["g_a.6.weight"].shape[0]
