"""``limits.yaml``: absolute limits and tolerances that people write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pytest_colordeg.baselines.reader import check_format
from pytest_colordeg.baselines.specs import Override
from pytest_colordeg.baselines.syntax import Node, parse

__all__ = ["Bound", "Limit", "Limits", "Scope", "Tolerance", "load"]

_SCOPE = ("codecs", "corpora")
_TOKENS = ("lossless", "n/a")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which codecs and corpora an entry is for, as shell patterns."""

    codecs: tuple[str, ...] = ("*",)
    corpora: tuple[str, ...] = ("*",)

    def covers(self, codec: str, corpus: str) -> bool:
        """Tell whether a codec on a corpus is meant."""
        return any(fnmatchcase(codec, glob) for glob in self.codecs) and any(
            fnmatchcase(corpus, glob) for glob in self.corpora
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """A closed range of a metric, open where ``None``, and the tokens that it accepts."""

    minimum: float | None = None
    maximum: float | None = None
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """One entry of ``limits``.

    Attributes
    ----------
    where
        ``file:line``.
    bpp
        The closed range of rates that it is for, or ``None`` for all.
    metrics, images
        Bounds of the aggregates, and of every single image.
    at
        A metric and its value, where the ladder as a whole is held to `metrics`
        instead of each rung; ``None`` for the rungs.
    """

    where: str
    scope: Scope
    bpp: tuple[float, float] | None
    metrics: Mapping[str, Bound]
    images: Mapping[str, Bound]
    at: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One entry of ``tolerances``: what it sets of each metric."""

    where: str
    scope: Scope
    metrics: Mapping[str, Override]


@dataclass(frozen=True, slots=True)
class Limits:
    """The whole file."""

    limits: tuple[Limit, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()

    def overrides(self, codec: str, corpus: str) -> dict[str, Override]:
        """Give the tolerances in force; a later entry wins over an earlier one."""
        merged: dict[str, Override] = {}
        for entry in self.tolerances:
            if entry.scope.covers(codec, corpus):
                for name, override in entry.metrics.items():
                    merged[name] = override.over(merged.get(name, Override()))
        return merged

    def unused(self, codecs: Collection[str], corpora: Collection[str]) -> tuple[str, ...]:
        """Name the entries that no known codec and corpus falls under: misspelt, or stale."""
        entries: tuple[Limit | Tolerance, ...] = (*self.limits, *self.tolerances)
        return tuple(
            f"{entry.where}: no codec and corpus falls under {_pattern(entry.scope)}"
            for entry in entries
            if not any(entry.scope.covers(codec, corpus) for codec in codecs for corpus in corpora)
        )


def load(data: bytes, source: str, metrics: Collection[str]) -> Limits:
    """Read ``limits.yaml``.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.
    metrics
        The names of all registered metrics.

    Raises
    ------
    ColordegError
        ``source:line: name: expected X, found Y``, for unknown keys and metrics too.
    """
    tree = parse(data, source)
    check_format(tree)
    top = tree.mapping(("format",), ("limits", "tolerances"))
    return Limits(
        tuple(_limit(node, metrics) for node in _list(top, "limits")),
        tuple(_tolerance(node, metrics) for node in _list(top, "tolerances")),
    )


def _list(top: Mapping[str, Node], name: str) -> list[Node]:
    return top[name].items() if name in top else []


def _limit(node: Node, metrics: Collection[str]) -> Limit:
    fields = node.mapping((), (*_SCOPE, "bpp", "at", "metrics", "images"))
    if "metrics" not in fields and "images" not in fields:
        node.fail("'metrics' or 'images'", found="neither")
    aggregates, images = (
        {name: _bound(item) for name, item in _named(fields, key, metrics)}
        for key in ("metrics", "images")
    )
    bpp = _range(fields["bpp"]) if "bpp" in fields else None
    at = _at(fields["at"], metrics) if "at" in fields else None
    for other in ("bpp", "images"):
        if at and other in fields:
            fields[other].fail("'at' with 'metrics' alone", found=f"'{other}' beside it")
    return Limit(f"{node.source}:{node.line}", _scope(fields), bpp, aggregates, images, at)


def _tolerance(node: Node, metrics: Collection[str]) -> Tolerance:
    fields = node.mapping(("metrics",), _SCOPE)
    overrides = {name: _override(item) for name, item in _named(fields, "metrics", metrics)}
    return Tolerance(f"{node.source}:{node.line}", _scope(fields), overrides)


def _named(
    fields: Mapping[str, Node], key: str, metrics: Collection[str]
) -> Iterator[tuple[str, Node]]:
    """Give the entries under `key`, of which there must be some, all registered metrics."""
    if key in fields:
        nodes = fields[key].mapping((), metrics)
        if not nodes:
            fields[key].fail("at least one metric", found="none")
        yield from nodes.items()


def _scope(fields: Mapping[str, Node]) -> Scope:
    codecs, corpora = (fields[key].texts() if key in fields else ("*",) for key in _SCOPE)
    return Scope(codecs, corpora)


def _range(node: Node) -> tuple[float, float]:
    items = node.items()
    if len(items) != 2:
        node.fail("two numbers, the lowest and the highest bpp", found=f"{len(items)}")
    low, high = (item.number(minimum=0) for item in items)
    if low > high:
        node.fail("the lower bpp first", found=f"{low:g} before {high:g}")
    return low, high


def _at(node: Node, metrics: Collection[str]) -> tuple[str, float]:
    entries = list(node.mapping((), metrics).items())
    if len(entries) != 1:
        node.fail("one metric and its value, such as {bpp: 0.5}", found=f"{len(entries)}")
    name, value = entries[0]
    return name, value.number()


def _bound(node: Node) -> Bound:
    fields = node.mapping((), ("min", "max", "or"))
    low, high = (fields[key].number() if key in fields else None for key in ("min", "max"))
    if low is None and high is None:
        node.fail("'min' or 'max'", found="neither")
    if low is not None and high is not None and low > high:
        node.fail("a min below the max", found=f"{low:g} and {high:g}")
    accepts = fields["or"].texts() if "or" in fields else ()
    for token in accepts:
        if token not in _TOKENS:
            fields["or"].fail("'lossless' or 'n/a'", found=repr(token))
    return Bound(low, high, accepts)


def _override(node: Node) -> Override:
    fields = node.mapping((), ("abs", "rel", "image_factor", "gated", "paired"))
    if not fields:
        node.fail("some of abs, rel, image_factor, gated, paired", found="none")
    absolute, relative, factor, paired = (
        fields[key].number(minimum=0) if key in fields else None
        for key in ("abs", "rel", "image_factor", "paired")
    )
    gated = fields["gated"].boolean() if "gated" in fields else None
    return Override(absolute, relative, factor, gated, paired)


def _pattern(scope: Scope) -> str:
    return f"codecs {', '.join(scope.codecs)} and corpora {', '.join(scope.corpora)}"
