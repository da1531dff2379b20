"""What is judged when all points of a run are known, at its end or when shards are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_colordeg.baselines.bounds import unreached
from pytest_colordeg.baselines.limits import Limits
from pytest_colordeg.baselines.selection import Selection, stale
from pytest_colordeg.baselines.store import Store
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.gate.rates import judge_targets
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.points import PointResult
from pytest_colordeg.sweep.degrade import degrade

if TYPE_CHECKING:
    from pytest_colordeg.gate.judge import Gate

__all__ = ["Whole", "images_of", "judge_whole"]


@dataclass(frozen=True)
class Whole:
    """What a run was, apart from its points; travels in the header of a shard.

    Attributes
    ----------
    listed
        Codec id to the rungs of its ladder; empty for one without a baseline, unless
        a limit is set at a target.
    baselines
        Folder of the baselines and of limits.yaml.
    require
        Codecs that must have been measured.
    strict, narrowed, against
        Whether stale entries fail; whether only a part was selected; whether
        another codec stands in for baselines.
    """

    listed: Mapping[str, Sequence[int]]
    baselines: str
    require: tuple[str, ...] = ()
    strict: bool = False
    narrowed: bool = False
    against: bool = False

    @classmethod
    def of(cls, gate: Gate, narrowed: bool) -> Whole:
        """That of a run."""
        stored = set(gate.store.codecs())
        registry, settings = gate.registry, gate.settings
        if any(limit.at is not None for limit in gate.limits.limits):
            stored = set(registry.ids)
        return cls(
            {id: sorted(registry.find(id).ladder) if id in stored else [] for id in registry.ids},
            str(settings.baselines),
            settings.require,
            settings.strict,
            narrowed,
            settings.against is not None,
        )

    @staticmethod
    def is_plain(plain: Any) -> bool:
        """Whether `from_json` can read it back."""
        if not isinstance(plain, dict) or set(plain) != {one.name for one in fields(Whole)}:
            return False
        listed, require = plain["listed"], plain["require"]
        return (
            isinstance(listed, dict)
            and all(isinstance(rungs, list) and all(type(r) is int for r in rungs)
                    for rungs in listed.values())
            and isinstance(plain["baselines"], str)
            and isinstance(require, list)
            and all(isinstance(codec, str) for codec in require)
            and all(isinstance(plain[name], bool) for name in ("strict", "narrowed", "against"))
        )  # fmt: skip

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Whole:
        """Read it back from a header."""
        return cls(**{**plain, "require": tuple(plain["require"])})

    def to_json(self, root: Path) -> dict[str, Any]:
        """As plain data; the folder relative to `root`, as others have the project elsewhere."""
        folder = Path(self.baselines)
        inside = folder.is_relative_to(root)
        return {
            **asdict(self),
            "baselines": folder.relative_to(root).as_posix() if inside else str(folder),
            "require": list(self.require),
        }

    def selection(self, codec: str, images: Mapping[str, list[str]], partial: bool) -> Selection:
        """What a codec's baseline may hold."""
        listed = codec in self.listed
        return Selection(self.listed.get(codec, ()), images, listed=listed, partial=partial)


def judge_whole(
    whole: Whole, limits: Limits, points: Iterable[PointResult]
) -> tuple[list[str], list[str]]:
    """Judge what no single point tells.

    Returns
    -------
    tuple of list of str
        What fails the run, and what is worth a line.
    """
    points = list(points)
    measured = {point.codec for point in points if point.failures < len(point.cells)}
    problems = [
        f"required codec {codec} was not measured"
        for codec in whole.require
        if codec not in measured
    ]
    problems += _idle_limits(whole, limits, points)
    notes, broken = judge_targets(limits, whole.listed, points, whole.narrowed)
    problems += broken
    if whole.against:
        return problems, notes
    try:
        found = _stale_lines(whole, points)
    except ColordegError as error:
        return [*problems, str(error)], notes
    return ([*problems, *found], notes) if whole.strict else (problems, [*notes, *found])


def images_of(points: Iterable[PointResult]) -> dict[str, list[str]]:
    """The images of each corpus of which this run measured all."""
    return {p.corpus: p.images for p in points if not p.partial}


def _stale_lines(whole: Whole, points: Sequence[PointResult]) -> list[str]:
    """Name stored entries that nothing lists any more, in files that could be read."""
    images, store = images_of(points), Store(Path(whole.baselines))
    lines = []
    for codec in store.codecs():
        baseline = store.read(codec)
        if baseline is not None:
            found = stale(baseline, whole.selection(codec, images, False), METRICS)
            lines += [f"stale baseline entry: {entry}" for entry in found]
    if lines:
        lines.append("stale entries are removed by --colordeg-update=prune")
    return lines


def _idle_limits(whole: Whole, limits: Limits, points: Sequence[PointResult]) -> list[str]:
    """Name the entries of limits.yaml that hold nothing: misspelt, or out of every rung's rate.

    Corpora are not judged, as other runs may use others; rates only where whole
    ladders were measured.
    """
    scopes = [limit.scope for limit in limits.limits]
    scopes += [tolerance.scope for tolerance in limits.tolerances]
    corpora = {p.corpus for p in points} | {glob for scope in scopes for glob in scope.corpora}
    lines = list(limits.unused(list(whole.listed), corpora))
    if not whole.narrowed and limits.limits:
        # Without rows, which would be most of a large run's memory.
        lean = [
            replace(degrade(p.cells, p.digest, p.partial), rows={}, image_digests={})
            for p in points
            if not p.failed
        ]
        lines += unreached(limits, lean)
    return lines
