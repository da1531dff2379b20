"""Bounded reads, and writes that happen whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pytest_colordeg.errors import ColordegError

__all__ = ["MAX_BYTES", "locked", "read", "remove", "write"]

MAX_BYTES = 32 * 2**20
"""Largest file that is read: some 50,000 image rows of 50 metrics."""

_LOCK_SECONDS = 60.0


def read(path: Path) -> bytes | None:
    """Read a regular file of bounded size; ``None`` when there is none.

    Symbolic links are followed.

    Raises
    ------
    ColordegError
        If it is too large, not a regular file, a link to nothing or unreadable.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ColordegError(f"{path}: expected a file, found something else: remove it")
        if status.st_size <= MAX_BYTES:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            if len(data) <= MAX_BYTES:
                return data
        raise ColordegError(f"{path}: expected at most {MAX_BYTES >> 20} MiB, found a larger file")
    except FileNotFoundError:
        if path.is_symlink():
            raise ColordegError(f"{path}: expected a file, found a link to nothing") from None
        return None
    except OSError as error:
        raise ColordegError(f"{path}: cannot be read: {error.strerror or error}") from None


def write(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Replace a file's content in one step, durably; on failure the old file stands.

    The folder is made when absent. The new content goes to a hidden neighbour
    first, so a reader sees the old file or the new one, whatever happens.

    Raises
    ------
    ColordegError
        If it cannot be written, or is a symbolic link, a device or a pipe.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    _refuse_link(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666
        temporary.unlink(missing_ok=True)  # what a killed update left
        try:
            _write_new(temporary, data, mode)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from None
    _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file; one that is not there is fine."""
    _refuse_link(path)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None
    _sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other updates of this file waiting; a killed holder lets go by itself.

    Raises
    ------
    ColordegError
        If the folder cannot be written, or the lock is not free within a minute.
    """
    import filelock

    lock = path.with_name(f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        holder = filelock.FileLock(lock, timeout=_LOCK_SECONDS)
        holder.acquire()
    except filelock.Timeout:
        raise ColordegError(f"{path}: another update holds it: try again when it is done") from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield
    finally:
        # While it is held: a waiter that opened the old file sees that it has
        # no name any more, and starts over.
        with suppress(OSError):
            lock.unlink()
        holder.release()


def _write_new(path: Path, data: bytes | Iterable[bytes], mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where the system can; it has happened in any case."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise ColordegError(
            f"{path}: is a symbolic link, which an update would have to replace: "
            "point --colordeg-baselines at the folder of the real file"
        )
    # A device would become a plain file, for everybody on the machine.
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ColordegError(f"{path}: is no plain file, and only those are replaced")


def _unwritable(path: Path, error: OSError) -> ColordegError:
    why = error.strerror or error
    return ColordegError(f"{path}: cannot be written: {why}; what was there is unchanged")
