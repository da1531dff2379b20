"""Download a file once, whole, bounded and checked."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from pytest_colordeg.codecs.neural.weights.files import MAX_BYTES
from pytest_colordeg.errors import ColordegError

__all__ = ["TIMEOUT", "fetch"]

TIMEOUT = 60.0
"""Seconds without an answer, or without the next bytes, after which a download is given up."""

_CHUNK = 1 << 20


def fetch(url: str, path: Path, digest: str, limit: int = MAX_BYTES) -> Path:
    """Give `path`, downloaded from `url` when it is absent or wrong.

    Parameters
    ----------
    digest
        What the file's SHA-256 must begin with, in hex.
    limit
        Bytes after which the download is given up.

    Raises
    ------
    ColordegError
        Naming the URL: no answer, too large, cut short, or another file than promised.
    """
    from filelock import FileLock, Timeout

    if _matches(path, digest):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=10 * TIMEOUT):
            if not _matches(path, digest):  # another process may have brought it meanwhile
                _download(url, path, digest, limit)
    except Timeout:
        raise ColordegError(f"{path}.lock: another download has held it too long") from None
    except OSError as error:
        raise ColordegError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def _download(url: str, path: Path, digest: str, limit: int) -> None:
    part = path.with_name(path.name + ".part")
    try:
        found, size, promised = _copy(url, part, limit)
        if promised is not None and size != promised:
            raise ColordegError(f"{url}: cut short: {size} bytes of {promised}; try again")
        if not found.startswith(digest):
            raise ColordegError(
                f"{url}: its SHA-256 begins {found[:8]}, and must begin {digest}: "
                "not the published file"
            )
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy(url: str, part: Path, limit: int) -> tuple[str, int, int | None]:
    """Copy to `part`; gives the SHA-256, the size and the size that the server named."""
    digest, size = hashlib.sha256(), 0
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as source:
            named = source.headers.get("Content-Length")
            with part.open("wb") as target:
                while chunk := source.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise ColordegError(f"{url}: larger than {limit >> 20} MiB; given up")
                    digest.update(chunk)
                    target.write(chunk)
    except (OSError, ValueError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", None) or error
        raise ColordegError(
            f"{url}: cannot be downloaded: {reason}; without a network, put the file "
            f"at {part.with_suffix('')} yourself"
        ) from None
    promised = int(named) if named is not None and named.isdigit() else None
    return digest.hexdigest(), size, promised


def _matches(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(digest)
    except FileNotFoundError:
        return False
