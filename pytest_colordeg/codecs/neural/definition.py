"""Read the tables of ``[tool.colordeg.codecs]`` that define learned codecs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_colordeg.codecs.check import check_id
from pytest_colordeg.codecs.neural.codec import NeuralCodec
from pytest_colordeg.codecs.neural.families import FAMILIES, Family, parse_id
from pytest_colordeg.codecs.neural.pixels import PADDINGS
from pytest_colordeg.codecs.neural.sources import Source, qualities_of
from pytest_colordeg.errors import ColordegError

__all__ = ["built_in", "is_learned", "read_learned"]

_EXAMPLES = {
    "weights": 'weights = "official", weights = "runs/net.safetensors" (from colordeg train) '
    'or weights = {1 = "q1.pth.tar", 4 = "q4.pth.tar"}',
    "family": 'family = "mbt2018-mean"',
    "metric": 'metric = "ms-ssim"',
    "padding": 'padding = "replicate"',
}


def built_in(name: str, device: str = "cpu", decode_mode: str = "spot") -> NeuralCodec:
    """The codec of a built-in id, with the package's own weights."""
    found = parse_id(name)
    assert found is not None
    return NeuralCodec(name, Source(*found, "mini"), device=device, decode_mode=decode_mode)


def is_learned(name: str, table: object) -> bool:
    """Whether a table defines a learned codec rather than two command lines."""
    if not isinstance(table, Mapping):
        return False
    return parse_id(name) is not None or bool({"weights", "family"} & set(table))


def read_learned(
    name: str, table: Mapping[str, Any], root: Path, device: str = "cpu", decode_mode: str = "spot"
) -> NeuralCodec:
    """Make a codec from its table in pyproject.toml.

    Parameters
    ----------
    name
        The codec's id; a built-in one gets other weights by this.
    table
        ``weights``, and for an id of one's own ``family`` and ``metric``; ``padding``.
    root
        The folder of pyproject.toml.

    Raises
    ------
    ColordegError
        Naming the key that is missing, unknown or wrong, with a right one.
    """
    where = f"[tool.colordeg.codecs.{name}]"
    check_id(name, "[tool.colordeg.codecs]")
    for key in table:
        if key not in _EXAMPLES:
            close = difflib.get_close_matches(str(key), _EXAMPLES, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(_EXAMPLES)}"
            raise ColordegError(f"{where}: unknown key {key!r}; {hint}")
    family, metric = _network(name, table, where)
    padding = _choice(table, "padding", PADDINGS, "zero", where)
    return NeuralCodec(
        name,
        _source(family, metric, table.get("weights", "mini"), root, where),
        padding,
        device,
        decode_mode,
    )


def _network(name: str, table: Mapping[str, Any], where: str) -> tuple[Family, str]:
    known = parse_id(name)
    if known is not None:
        for key, value in (("family", known[0].name), ("metric", known[1])):
            if table.get(key, value) != value:
                raise ColordegError(
                    f"{where}: {name} has the {key} {value}; give a codec with another an id "
                    "of its own"
                )
        return known
    if "family" not in table:
        raise ColordegError(f"{where}: family is missing; such as {_EXAMPLES['family']}")
    chosen = _choice(table, "family", tuple(FAMILIES), "", where)
    family = FAMILIES[chosen]
    return family, _choice(table, "metric", family.metrics, "mse", where)


def _choice(
    table: Mapping[str, Any], key: str, choices: tuple[str, ...], default: str, where: str
) -> str:
    value = table.get(key, default)
    if value not in choices:
        raise ColordegError(f"{where}: {key} {value!r} is none of {', '.join(choices)}")
    return str(value)


def _source(family: Family, metric: str, weights: object, root: Path, where: str) -> Source:
    if weights == "official" and not family.published:
        raise ColordegError(
            f"{where}: CompressAI publishes no weights of {family.name}; such as "
            'weights = "runs/net.safetensors" (from colordeg train)'
        )
    if weights in ("mini", "official"):
        return Source(family, metric, str(weights))
    if isinstance(weights, str) and weights:
        path = root / Path(weights).expanduser()
        if path.suffix != ".safetensors":
            raise ColordegError(
                f"{where}: weights {weights!r}: a checkpoint of one rate needs its quality, "
                f"such as {_EXAMPLES['weights']}"
            )
        # An absent file keeps the codec listed, as one that is not available.
        found = qualities_of(path, family, metric) if path.is_file() else family.qualities
        return Source(family, metric, "files", dict.fromkeys(found, weights), root)
    if isinstance(weights, Mapping) and weights:
        return Source(family, metric, "files", _numbered(weights, where), root)
    raise ColordegError(f"{where}: weights cannot be {weights!r}; such as {_EXAMPLES['weights']}")


def _numbered(weights: Mapping[str, Any], where: str) -> dict[int, str]:
    named = {}
    for key, path in weights.items():
        number = int(key) if str(key).isascii() and str(key).isdigit() else 0
        if not 1 <= number <= 255 or not isinstance(path, str) or not path:
            raise ColordegError(
                f"{where}: weights {key} = {path!r}; it takes quality numbers and files, "
                f"such as {_EXAMPLES['weights']}"
            )
        named[number] = path
    return dict(sorted(named.items()))
