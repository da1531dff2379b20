"""One part of a run that several machines share: which tests it takes, and what its header says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.fixtures import FIXTURE
from pytest_colordeg.metrics.registry import METRICS

if TYPE_CHECKING:
    import pytest

    from pytest_colordeg.selection import Point

__all__ = [
    "MOST_SHARDS",
    "Shard",
    "Split",
    "definitions",
    "parse_shard",
    "point_of",
    "shard_header",
    "split",
]


MOST_SHARDS = 99_999


@dataclass(frozen=True)
class Shard:
    """The `index`-th of `count` parts, counted from 1."""

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


@dataclass(frozen=True)
class Split:
    """What a shard keeps of the collected items, and the digest of the whole selection."""

    kept: list[pytest.Item]
    dropped: list[pytest.Item]
    plan: str


def shard_header(shard: Shard, plan: str, whole: Mapping[str, Any]) -> dict[str, Any]:
    """What the header of a shard's records says, for ``colordeg merge``.

    Parameters
    ----------
    plan
        `Split.plan`.
    whole
        A `Whole` as plain data.
    """
    return {
        "index": shard.index,
        "count": shard.count,
        "plan": plan,
        "metrics": definitions(),
        "whole": dict(whole),
    }


def parse_shard(text: str) -> Shard:
    """Read ``2/5``; raises `ColordegError` for anything else."""
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]) <= MOST_SHARDS:
        raise ColordegError(
            f"shard {text!r}: expected which of how many, counted from 1, such as 2/5"
        )
    return Shard(int(match[1]), int(match[2]))


def split(items: Sequence[pytest.Item], shard: Shard) -> Split:
    """Keep every `count`-th operating point, and in the first shard what asks for no point.

    The tests of one point stay together. Which shard a test is in depends on the
    collected tests alone, so that all machines agree.

    Raises
    ------
    ColordegError
        If there are fewer points than shards.
    """
    places: dict[object, int] = {}
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        point = point_of(item)
        place = places.setdefault(_key(point), len(places)) if point is not None else 0
        (kept if place % shard.count == shard.index - 1 else dropped).append(item)
    if len(places) < shard.count:
        raise ColordegError(
            f"shard {shard}: the tests have {len(places)} operating points; use at most that "
            "many shards"
        )
    plan = hashlib.sha256("\n".join(item.nodeid for item in items).encode()).hexdigest()
    return Split(kept, dropped, plan)


def point_of(item: pytest.Item) -> Point | None:
    """The point that an item is parametrized with, if any."""
    callspec = getattr(item, "callspec", None)
    point: Point | None = callspec.params.get(FIXTURE) if callspec is not None else None
    return point


def definitions() -> dict[str, str]:
    """Metric name to a digest of its definition: what values of two runs must share."""
    return {
        name: hashlib.sha256(metric.definition.encode()).hexdigest()[:16]
        for name, metric in METRICS.items()
    }


def _key(point: Point) -> tuple[object, ...]:
    corpus = point.selection.corpus.name if point.selection else None
    return point.codec, point.rung, corpus
