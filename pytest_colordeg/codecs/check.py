"""What a codec must be to be registered, and the errors that show a right one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from pytest_colordeg.codecs.concurrency import concurrent
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.errors import ColordegError

__all__ = ["EXAMPLE", "check_codec", "check_id", "check_ladder"]

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")

EXAMPLE = (
    'FunctionCodec("my-codec", encode, decode, ladder={1: {"level": 20}, 2: {"level": 80}}) '
    "with encode(image, level) -> bytes and decode(data) -> image"
)


def check_codec(codec: object, origin: str) -> Codec:
    """Give `codec` back when it can be registered.

    Raises
    ------
    ColordegError
        Naming `origin`, what is wrong, and a right definition.
    """
    if isinstance(codec, type) or not isinstance(codec, Codec):
        what = codec.__name__ + " itself" if isinstance(codec, type) else type(codec).__name__
        raise ColordegError(f"{origin}: {what} is not a codec; a right one: {EXAMPLE}")
    check_id(codec.id, origin)
    check_ladder(codec.ladder, f"{origin}: codec {codec.id}")
    concurrent(codec)  # nothing later asks for it where an error would find a test to fail
    return codec


def check_id(name: object, origin: str) -> None:
    """Refuse an id that cannot stand in test ids, file names and options."""
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ColordegError(
            f"{origin}: codec id {name!r} must be lower-case letters, digits, '.', '_' or '-', "
            "a letter or digit first, such as my-codec"
        )


def check_ladder(ladder: object, origin: str) -> None:
    """Refuse anything but rung numbers from 1 up, each with its parameters."""
    if not isinstance(ladder, Mapping) or not ladder:
        raise ColordegError(
            f"{origin}: the ladder must map rung numbers to parameters, such as "
            f'{{1: {{"level": 20}}, 2: {{"level": 80}}}}; got {ladder!r}'
        )
    for rung, parameters in ladder.items():
        if isinstance(rung, bool) or not isinstance(rung, int) or rung < 1:
            raise ColordegError(
                f"{origin}: rung {rung!r} must be a whole number from 1 (the smallest file) up"
            )
        if not isinstance(parameters, Mapping):
            raise ColordegError(
                f"{origin}: rung {rung} must be a mapping of parameters, such as "
                f'{{"level": 20}}; got {parameters!r}'
            )
        for key, value in parameters.items():
            if not isinstance(key, str) or not isinstance(value, str | int | float):
                raise ColordegError(
                    f"{origin}: rung {rung}: parameter {key!r} = {value!r}; names are text and "
                    "values are text, numbers or booleans"
                )
            if isinstance(value, float) and not math.isfinite(value):
                raise ColordegError(f"{origin}: rung {rung}: parameter {key} is {value}")
