"""From a file to a network that is ready to code, whichever of the formats it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.neural.backend import compressai, quiet
from pytest_colordeg.codecs.neural.coders import Bottleneck, Gains
from pytest_colordeg.codecs.neural.families import Family
from pytest_colordeg.codecs.neural.nets import CONTEXT, build, widths, window_of
from pytest_colordeg.codecs.neural.tables import Tables, checked_tables, tables_of
from pytest_colordeg.codecs.neural.weights import card
from pytest_colordeg.codecs.neural.weights.files import Tensors, read
from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Point", "Weights", "load"]


@dataclass(frozen=True, eq=False)
class Point:
    """What is special to one quality: the bottleneck, and the gains of a variable rate."""

    bottleneck: Bottleneck
    gains: Gains | None


@dataclass(frozen=True, eq=False)
class Weights:
    """A loaded file.

    Attributes
    ----------
    net
        CompressAI's network in evaluation mode, float32, on the CPU.
    tables
        The Gaussian distributions; ``None`` without a hyperprior.
    points
        By quality; a network of one rate has the one it was asked for.
    sha256
        First 16 hex digits of the file's digest.
    """

    family: Family
    net: Any
    tables: Tables | None
    points: Mapping[int, Point]
    sha256: str


def load(path: Path, family: Family, metric: str, quality: int) -> Weights:
    """Load a file for one quality.

    Takes CompressAI's state dictionaries (``.pth.tar``, ``.pth``, ``.pt``, or as
    safetensors) and the files that ``colordeg train`` exports. Nothing in a file is
    ever executed.

    Raises
    ------
    ColordegError
        Naming the file: unreadable, cut short, no checkpoint, of another family,
        metric or quality, without the entropy coder's tables, or not finite.
    """
    content = read(path)
    if card.KEY in content.metadata:
        return _ours(content, family, metric, quality)
    state = _renamed(content)
    net = build(family, *widths(state, family, content.where))
    try:
        with quiet():
            net.load_state_dict(state)
            net.update()  # leaves tables that a checkpoint holds as they are
    except (RuntimeError, KeyError, ValueError, IndexError) as error:
        raise ColordegError(
            f"{content.where}: does not fit {family.name}: {_brief(error)}"
        ) from None
    return _of_compressai(net, content, family, quality)


def _of_compressai(net: Any, content: Tensors, family: Family, quality: int) -> Weights:
    _check_finite(net.state_dict(), content.where)
    prior = net.entropy_bottleneck
    try:
        bottleneck = Bottleneck(
            tables_of(prior, "the bottleneck"), prior._get_medians().detach().flatten().double()
        )
        conditional = getattr(net, "gaussian_conditional", None)
        tables = None if conditional is None else tables_of(conditional, "the Gaussians")
    except ColordegError as error:
        raise ColordegError(f"{content.where}: {error}") from None
    return Weights(family, net.eval(), tables, {quality: Point(bottleneck, None)}, content.sha256)


def _ours(content: Tensors, family: Family, metric: str, quality: int) -> Weights:
    where, tensors = content.where, content.tensors
    facts = card.parse(content.metadata[card.KEY], where)
    if (facts.family, facts.metric) != (family.name, metric):
        raise ColordegError(
            f"{where}: weights of {facts.family} trained for {facts.metric}, "
            f"not of {family.name} for {metric}"
        )
    if quality not in facts.qualities:
        known = ", ".join(map(str, facts.qualities))
        raise ColordegError(f"{where}: has no quality {quality}; it has {known}")
    _check_finite(tensors, where)
    net = build(family, facts.n, facts.m)
    try:
        _take_parameters(net, tensors)
        points = {number: _point(tensors, place) for place, number in enumerate(facts.qualities)}
        tables = None
        if "gaussian.lengths" in tensors:
            tables = unflatten(tensors, "gaussian")
            net.gaussian_conditional.scale_table = tensors["gaussian.scales"].float()
    except (RuntimeError, KeyError, ValueError, IndexError) as error:
        raise _misfit(where, family, error) from None
    except ColordegError as error:
        raise ColordegError(f"{where}: {error}") from None
    return Weights(family, net.eval(), tables, points, content.sha256)


def _take_parameters(net: Any, tensors: Mapping[str, Tensor]) -> None:
    """Set every parameter but the bottleneck's, which is in tables; buffers are constants."""
    import torch

    wanted = {
        name: value
        for name, value in net.named_parameters()
        if not name.startswith("entropy_bottleneck.")
    }
    given = {k.removeprefix("net.") for k in tensors if k.startswith("net.")}
    if given != set(wanted):
        odd = min(given ^ set(wanted))
        raise ColordegError(f"{odd} is {'unknown' if odd in given else 'missing'}")
    with torch.no_grad():
        for name, value in wanted.items():
            source = tensors[f"net.{name}"]
            if f"net.{name}" == CONTEXT and source.ndim == 3 and source.shape[2] == 12:
                source = window_of(source)
            if source.shape != value.shape:
                raise ColordegError(
                    f"{name} has shape {tuple(source.shape)}, not {tuple(value.shape)}"
                )
            value.copy_(source)


def _point(tensors: Mapping[str, Tensor], place: int) -> Point:
    medians = tensors["medians"][place].double()
    bottleneck = Bottleneck(unflatten(tensors, f"bottleneck.{place}"), medians)
    if len(medians) != len(bottleneck.tables.rows):
        raise ColordegError("medians and tables of the bottleneck differ in number")
    rows = {
        name: tensors[f"gain.{name}"][place].float()
        for name in ("y", "y_back", "z", "z_back")
        if f"gain.{name}" in tensors
    }
    return Point(bottleneck, Gains(**rows))


def unflatten(tensors: Mapping[str, Tensor], name: str) -> Tables:
    """Tables from the three tensors that `flatten` makes."""
    import torch

    lengths = tensors[f"{name}.lengths"].long()
    inner = tensors[f"{name}.counts"].int() + (1 << 15)
    padded = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int32)
    for row, counts in zip(padded, torch.split(inner, (lengths - 2).tolist()), strict=True):
        row[1 : len(counts) + 1] = counts
        row[len(counts) + 1] = 1 << 16
    return checked_tables(padded, lengths, tensors[f"{name}.offsets"], name)


def _renamed(content: Tensors) -> dict[str, Tensor]:
    """CompressAI's older names made into its present ones."""
    renamed: dict[str, Tensor] = compressai().zoo.pretrained.load_pretrained(content.tensors)
    return renamed


def _check_finite(tensors: Mapping[str, Tensor], where: str) -> None:
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise ColordegError(f"{where}: {name} holds NaN or infinity")


def _misfit(where: str, family: Family, error: Exception) -> ColordegError:
    return ColordegError(f"{where}: does not fit {family.name}: {_brief(error)}")


def _brief(error: Exception) -> str:
    """The first telling line of torch's long complaints."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("Error(s) in loading"):
        return lines[1][:200]
    return (lines[0] if lines else type(error).__name__)[:200]
