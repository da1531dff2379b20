"""A folder of baselines, one file a codec."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from pytest_colordeg.baselines import files
from pytest_colordeg.baselines.limits import Limits
from pytest_colordeg.baselines.limits import load as load_limits
from pytest_colordeg.baselines.model import Baseline
from pytest_colordeg.baselines.reader import load
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.baselines.update import UpdatePlan
from pytest_colordeg.errors import ColordegError

__all__ = ["Store"]

_ID = re.compile(r"[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?")
_LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Store:
    """Reads and updates the baselines in a folder, which need not exist yet.

    A folder that is a symbolic link is followed. A baseline file that is one is
    read, and never written.
    """

    folder: Path

    def path(self, codec: str) -> Path:
        """Give the file of a codec.

        Raises
        ------
        ColordegError
            If the id is not made of lower-case letters, digits, ``-``, ``_``
            and ``.``, or is the reserved ``limits``.
        """
        if not _ID.fullmatch(codec) or codec == _LIMITS:
            raise ColordegError(
                f"the codec id {codec!r} cannot name a baseline: expected lower-case letters, "
                f"digits, '-', '_' and '.', starting with a letter or digit, not '{_LIMITS}'"
            )
        return self.folder / f"{codec}.yaml"

    def codecs(self) -> tuple[str, ...]:
        """Give the ids that have a file, sorted."""
        names = (path.stem for path in self.folder.glob("*.yaml"))
        return tuple(sorted(name for name in names if _ID.fullmatch(name) and name != _LIMITS))

    def read(self, codec: str) -> Baseline | None:
        """Read a codec's baseline; ``None`` when there is no file.

        Raises
        ------
        ColordegError
            If the file cannot be read or holds anything that is not a baseline.
        """
        path = self.path(codec)
        data = files.read(path)
        return None if data is None else load(data, str(path), codec)

    def limits(self, metrics: Collection[str]) -> Limits:
        """Read ``limits.yaml``; no file means no limits.

        Raises
        ------
        ColordegError
            If it holds anything unknown, among it a metric that `metrics` lacks.
        """
        path = self.folder / f"{_LIMITS}.yaml"
        data = files.read(path)
        return Limits() if data is None else load_limits(data, str(path), metrics)

    def update(
        self,
        codec: str,
        make_plan: Callable[[Baseline | None], UpdatePlan],
        *,
        dry_run: bool = False,
    ) -> UpdatePlan:
        """Read, plan and write a codec's baseline as one step.

        Parameters
        ----------
        codec
            The codec's id.
        make_plan
            Given what is stored, says what to store. It runs again when there
            is something to write, under the lock, so that an update that came
            between is built upon and not undone.
        dry_run
            Plan only.

        Returns
        -------
        UpdatePlan
            What was done, or would be.

        Raises
        ------
        ColordegError
            If reading, planning or writing fails; the file is then as it was.
        """
        planned = make_plan(self.read(codec))
        if dry_run or not planned.writes:
            return planned
        path = self.path(codec)
        with files.locked(path):
            planned = make_plan(self.read(codec))
            if planned.writes and planned.new is None:
                files.remove(path)
            elif planned.writes and planned.new is not None:
                files.write(path, _checked(planned.new, str(path)))
        return planned


def _checked(baseline: Baseline, source: str) -> bytes:
    """Write to text, and make sure that it reads back the same before it is stored."""
    data = dump(baseline).encode()
    if len(data) > files.MAX_BYTES:
        raise ColordegError(f"{source}: more than {files.MAX_BYTES >> 20} MiB: use fewer images")
    if load(data, source, baseline.codec) != baseline:
        raise ColordegError(f"{source}: does not read back as written; nothing was changed")
    return data
