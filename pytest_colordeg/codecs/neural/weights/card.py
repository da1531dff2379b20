"""The card: what exported weights are and how they were made, in their file and beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pytest_colordeg.codecs.neural.families import FAMILIES, METRICS
from pytest_colordeg.errors import ColordegError

__all__ = ["KEY", "Card", "parse", "to_json", "to_markdown"]

KEY = "colordeg"
"""The entry of a safetensors header that holds the card as JSON."""

_FORMAT = 1


@dataclass(frozen=True)
class Card:
    """Facts about one exported file.

    Attributes
    ----------
    family, metric
        Architecture, and what it was trained for: ``mse`` or ``ms-ssim``.
    n, m
        Channels of the transforms and of the latents.
    qualities, lambdas
        The rungs that the network has, and the Lagrange multiplier of each.
    steps
        Training steps.
    data, licence
        The training images, and the terms they come under.
    training
        Every other setting of the training, by name.
    validation
        A row a quality: ``quality``, ``bpp``, ``psnr.rgb`` and other metrics, means
        over the images of `validation_data` from real strings.
    """

    family: str
    metric: str
    n: int
    m: int
    qualities: tuple[int, ...]
    lambdas: tuple[float, ...]
    steps: int = 0
    data: str = ""
    licence: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    validation_data: str = ""
    validation: tuple[Mapping[str, float], ...] = ()


def to_json(card: Card) -> str:
    """Give the card as JSON, sorted, one line a key."""
    return json.dumps({"format": _FORMAT, **asdict(card)}, indent=1, sort_keys=True)


def parse(text: str, where: str) -> Card:
    """Read what `to_json` wrote.

    Raises
    ------
    ColordegError
        Naming `where`, if it is no card of this format.
    """
    try:
        fields = json.loads(text)
        number = fields.pop("format")
        if number != _FORMAT:
            raise ColordegError(f"{where}: card format {number}; this release reads {_FORMAT}")
        for name in ("qualities", "lambdas", "validation"):
            fields[name] = tuple(fields[name])
        card = Card(**fields)
        right = (
            card.family in FAMILIES
            and card.metric in METRICS
            and all(isinstance(q, int) and q >= 1 for q in card.qualities)
            and len(set(card.qualities)) == len(card.qualities) == len(card.lambdas) > 0
            and all(isinstance(width, int) and 0 < width <= 4096 for width in (card.n, card.m))
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ColordegError(f"{where}: its card cannot be read: {error!r}") from None
    if not right:
        raise ColordegError(f"{where}: its card names no known network")
    return card


def to_markdown(card: Card) -> str:
    """Give the card as a page for people."""
    rows = [
        f"# {card.family}, trained for {card.metric}",
        "",
        f"- N = {card.n}, M = {card.m}; {card.steps:,} steps",
        f"- trained on: {card.data or 'not stated'}; licence: {card.licence or 'not stated'}",
        *(f"- {name}: {value}" for name, value in sorted(card.training.items())),
        "",
        f"Validation on {card.validation_data or 'nothing'}, from real strings:",
        "",
    ]
    names = list(dict.fromkeys(name for row in card.validation for name in row))
    if names:
        multiplier = dict(zip(card.qualities, card.lambdas, strict=True))
        rows.append("| " + " | ".join([names[0], "λ", *names[1:]]) + " |")
        rows.append("| --- " * (len(names) + 1) + "|")
        for row in card.validation:
            values = [f"{row[name]:.4g}" if name in row else "–" for name in names]
            values.insert(1, f"{multiplier.get(int(row[names[0]]), 0):g}")
            rows.append("| " + " | ".join(values) + " |")
    return "\n".join(rows) + "\n"
