"""Measured cells on disk, found again by what they were made of.

One file a cell, written beside its place and moved there in one step, so that any
number of processes may read and write. A file begins with the digest of the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Measurement, Scalar
from pytest_colordeg.values import Value, from_text, to_text

__all__ = ["DEFAULT_BYTES", "Cache"]

DEFAULT_BYTES = 1 << 30
"""What a cache may hold, unless told otherwise: some 250,000 cells."""

_FORMAT = "v1"
_BLOCK = 4096
_RECENT = 3600.0
# A cache that is too large is cut down to this share, so that it is not done at every write.
_KEEP = 0.8
_WRITES = 2000


class Cache:
    """A folder of measured cells.

    Parameters
    ----------
    folder
        Made when absent, with a ``.gitignore``.
    limit
        Most bytes on disk; the cells that were not used longest are removed.

    Raises
    ------
    ColordegError
        If the folder cannot be made or written.
    """

    def __init__(self, folder: Path, limit: int = DEFAULT_BYTES) -> None:
        self.folder, self.limit = folder, limit
        self.corrupt = 0
        self._written = 0
        self._cells = folder / _FORMAT
        try:
            self._cells.mkdir(parents=True, exist_ok=True)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            if not os.access(self._cells, os.W_OK):
                raise PermissionError(0, "no permission to write")
        except OSError as error:
            raise ColordegError(
                f"cache {folder}: cannot be used: {error.strerror or error}; name another folder "
                "by --colordeg-cache=DIR, or turn it off by --colordeg-cache=off"
            ) from None

    def get(self, key: str) -> tuple[dict[str, Scalar], dict[str, Value]] | None:
        """Facts and metrics of a cell; ``None`` when it is not there or its file is corrupt.

        A corrupt file is removed and counted in `corrupt`.
        """
        path = self._path(key)
        try:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - half of what Path takes
                data, used = file.read(), os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        try:
            facts, metrics = _unpack(data, key)
        except ValueError:
            self.corrupt += 1
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108
            return None
        now = time.time()
        if now - used > _RECENT:
            with suppress(OSError):
                os.utime(path, (now, now))
        return facts, metrics

    def put(self, key: str, cell: Measurement) -> None:
        """Keep a measured cell; a disk that is full loses nothing but time later."""
        path = Path(self._path(key))
        draft = path.with_name(f".{uuid4().hex}")
        try:
            path.parent.mkdir(exist_ok=True)
            draft.write_bytes(_pack(cell.facts, cell.metrics, key))
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            return
        self._written += 1
        if self._written % _WRITES == 0:
            self.trim()

    def close(self) -> None:
        """Hold the bound, if this process wrote anything."""
        if self._written:
            self.trim()

    def trim(self) -> None:
        """Remove what was not used longest until the bound is held; one process at a time."""
        import filelock

        lock = filelock.FileLock(self.folder / ".lock", timeout=0)
        with suppress(filelock.Timeout, OSError), lock:
            files = sorted(self._files())
            held = sum(size for _, size, _ in files)
            goal = self.limit if held <= self.limit else int(self.limit * _KEEP)
            for _, size, path in files:
                if held <= goal:
                    break
                with suppress(OSError):
                    path.unlink()
                held -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Time of last use, bytes on disk and path of every cell; drafts of the dead go."""
        for folder in os.scandir(self._cells):
            if not folder.is_dir():
                continue
            for entry in os.scandir(folder):
                try:
                    status = entry.stat()
                except OSError:
                    continue
                if entry.name.startswith(".") and time.time() - status.st_mtime > _RECENT:
                    with suppress(OSError):
                        Path(entry.path).unlink()
                    continue
                size = -(-status.st_size // _BLOCK) * _BLOCK
                yield status.st_mtime, size, Path(entry.path)

    def _path(self, key: str) -> str:
        return f"{self._cells}{os.sep}{key[:2]}{os.sep}{key[2:]}"


def _pack(facts: Mapping[str, Scalar], metrics: Mapping[str, Value], key: str) -> bytes:
    texts = {name: to_text(value) for name, value in metrics.items()}
    text = json.dumps({"facts": dict(facts), "metrics": texts}, allow_nan=False)
    body = zlib.compress(text.encode(), level=1)  # one block of the disk instead of two
    return f"{_sum(body, key)}\n".encode() + body


def _unpack(data: bytes, key: str) -> tuple[dict[str, Scalar], dict[str, Value]]:
    head, _, body = data.partition(b"\n")
    if head.decode("ascii", "replace") != _sum(body, key):
        raise ValueError("the digest does not fit")
    content: dict[str, Any] = json.loads(zlib.decompress(body))
    metrics = {
        name: text if type(text) is float else from_text(text)
        for name, text in content["metrics"].items()
    }
    return content["facts"], metrics


def _sum(body: bytes, key: str) -> str:
    # With the key, so that a file in the wrong place is found out too.
    return hashlib.sha256(key.encode() + body).hexdigest()
