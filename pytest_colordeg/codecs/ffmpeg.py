"""The ffmpeg program that the imageio-ffmpeg package brings, fed and read through pipes."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pytest_colordeg.codecs.elf import links
from pytest_colordeg.errors import ColordegError

__all__ = ["missing", "run", "standalone", "version"]

_TIMEOUT = 300.0
_COMPLAINT = 300
# Of the C library, which decides nothing that a codec in whole numbers computes.
_SYSTEM = (
    "libc.",
    "libm.",
    "libpthread.",
    "libdl.",
    "librt.",
    "ld-linux",
    "ld-musl",
    "libmvec.",
    "libgcc_s.",
)


def missing(*needed: tuple[str, str]) -> str | None:
    """Say why ffmpeg cannot do something and how to get one that can; ``None`` when it can.

    Parameters
    ----------
    needed
        Pairs such as ``("encoder", "libvvenc")``.
    """
    if find_spec("imageio_ffmpeg") is None:
        return 'imageio-ffmpeg is not installed; pip install "pytest-colordeg[vvc]"'
    try:
        lacks = [f"{kind} {name}" for kind, name in needed if not _has(kind, name)]
    except ColordegError as error:
        return str(error)
    if not lacks:
        return None
    return (
        f"{_program()} has no {' and no '.join(lacks)}; a wheel of imageio-ffmpeg brings a "
        "program that has, or IMAGEIO_FFMPEG_EXE names one"
    )


@cache
def standalone() -> Path | None:
    """The program, when it loads no codec from a library; ``None`` where that is not known."""
    path = Path(_program()).resolve()
    try:
        needed = links(path).needed
    except (OSError, ValueError, struct.error):
        return None
    return path if all(name.startswith(_SYSTEM) for name in needed) else None


def run(arguments: Sequence[str], data: bytes = b"") -> bytes:
    """Run ffmpeg on `data` at its standard input; give what it writes to standard output.

    Raises
    ------
    ColordegError
        If it cannot be started, fails, or takes longer than five minutes; with what it said.
    """
    command = [_program(), "-hide_banner", "-loglevel", "error", *arguments]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_TIMEOUT)
    except OSError as error:
        raise ColordegError(f"ffmpeg cannot be started: {error}") from None
    except subprocess.TimeoutExpired:
        raise ColordegError(f"ffmpeg took longer than {_TIMEOUT:g} s") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().replace("\n", "; ")
        raise ColordegError(f"ffmpeg: {said[-_COMPLAINT:] or f'exit status {done.returncode}'}")
    return done.stdout


@cache
def version() -> str:
    """The version that the program tells of itself: ``7.0.2-static``."""
    first = run(["-version"]).decode("utf-8", "replace").partition("\n")[0]
    return first.removeprefix("ffmpeg version ").partition(" ")[0]


@cache
def _has(kind: str, name: str) -> bool:
    # ffmpeg answers an unknown name with success and a complaint.
    return run(["-h", f"{kind}={name}"]).lower().startswith(f"{kind} {name} ".encode())


@cache
def _program() -> str:
    import imageio_ffmpeg

    try:
        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ColordegError(f"imageio-ffmpeg: {error}") from None
    if not (Path(path).is_file() and os.access(path, os.X_OK)) and os.sep in path:
        raise ColordegError(f"imageio-ffmpeg names {path}, which is no program")
    return path
