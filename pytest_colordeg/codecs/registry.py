"""Which codecs there are, by id: the built-in ones and those that users bring.

Nothing here imports a codec's library: ids and ladders come first, and a codec
that cannot run is refused, with the way to get it, when it is asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.check import check_codec, check_id
from pytest_colordeg.codecs.neural.families import IDS as LEARNED
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.guard import guarded

if TYPE_CHECKING:
    from pytest_colordeg.codecs.isolation import Isolation

__all__ = ["BUILT_IN", "CLASSICAL", "ENTRY_POINTS", "LEARNED", "Registry"]

CLASSICAL = ("jpeg", "jpeg444", "jpeg2000", "jpegxl", "webp", "avif")
ENTRY_POINTS = "pytest_colordeg.codecs"

_OWN = "pytest-colordeg"

# Id to the module and the name in it.
BUILT_IN: Mapping[str, str] = {
    "jpeg": "pytest_colordeg.codecs.jpeg:JPEG",
    "jpeg444": "pytest_colordeg.codecs.jpeg:JPEG444",
    "jpeg2000": "pytest_colordeg.codecs.jpeg2000:JPEG2000",
    "jpegxl": "pytest_colordeg.codecs.jpegxl:JPEGXL",
    "webp": "pytest_colordeg.codecs.webp:WEBP",
    "avif": "pytest_colordeg.codecs.avif:AVIF",
    "heic": "pytest_colordeg.codecs.heic:HEIC",
    "vvc": "pytest_colordeg.codecs.vvc:VVC",
    "jpeg-nvimgcodec": "pytest_colordeg.codecs.nvimgcodec:JPEG_NVIMGCODEC",
    "jpeg2000-nvimgcodec": "pytest_colordeg.codecs.nvimgcodec:JPEG2000_NVIMGCODEC",
}


class Registry:
    """The codecs of one run; begins with the built-in ones.

    Ids are unique: a second codec of the same id is refused, whoever brings it.

    Parameters
    ----------
    device
        Where learned codecs run, ``cpu`` or ``cuda``.
    decode_mode
        Whether learned codecs decode one image a point from its bytes, ``spot``, or
        all, ``full``.
    """

    def __init__(self, device: str = "cpu", decode_mode: str = "spot") -> None:
        self._learned = {"device": device, "decode_mode": decode_mode}
        self._makers: dict[str, Callable[[], Codec]] = {}
        self._origins: dict[str, str] = {}
        self._made: dict[str, Codec] = {}
        self._isolation: Isolation | None = None
        self._isolated: dict[str, Codec] = {}
        for name, path in BUILT_IN.items():
            self._put(name, _OWN, partial(_attribute, path))
        for name in LEARNED:
            self._put(name, _OWN, partial(_learned, name, self._learned))

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, in the order of registration."""
        return tuple(self._makers)

    def default_ids(self) -> tuple[str, ...]:
        """The codecs of a test that names none: the project's own, or else the built-in ones.

        That is the classical ones, and the learned ones with weights in the package
        where their extra is installed.
        """
        return self._own or (*CLASSICAL, *(n for n in self._carried if n not in self.left_out))

    @property
    def left_out(self) -> Mapping[str, str]:
        """Learned codecs that `default_ids` would have if their extra were there, and why not."""
        if self._own:
            return {}
        reasons = ((name, unavailable(self.find(name))) for name in self._carried)
        return {name: reason for name, reason in reasons if reason}

    @property
    def _own(self) -> tuple[str, ...]:
        return tuple(name for name in self._makers if self._origins[name] != _OWN)

    @property
    def _carried(self) -> tuple[str, ...]:
        """Learned codecs whose weights come with the package."""
        from pytest_colordeg.codecs.neural.sources import MINI_FOLDER

        here = {path.stem for path in MINI_FOLDER.glob("*.safetensors")}
        return tuple(name for name in LEARNED if name in here)

    def origin(self, name: str) -> str:
        """Who registered a codec."""
        return self._origins[name]

    def add(self, codec: object, origin: str) -> None:
        """Register a codec object.

        Parameters
        ----------
        codec
            Anything that follows the `Codec` protocol.
        origin
            Who brings it, for errors: ``conftest.py``.

        Raises
        ------
        ColordegError
            If it is no codec, its id or ladder is invalid, or the id is taken.
        """
        checked = check_codec(codec, origin)
        self._put(checked.id, origin, lambda: checked)

    def add_all(self, codecs: object, origin: str) -> None:
        """Register what a hook returned: a codec, or any number of them."""
        if isinstance(codecs, Codec):
            self.add(codecs, origin)
        elif isinstance(codecs, Iterable) and not isinstance(codecs, str | bytes | Mapping):
            for codec in codecs:
                self.add(codec, origin)
        elif codecs is not None:
            check_codec(codecs, origin)

    def add_commands(self, tables: Mapping[str, Any], root: Path) -> None:
        """Register the command lines and learned codecs of ``[tool.colordeg.codecs]``.

        A built-in learned codec gets other weights by a table of its id.

        Parameters
        ----------
        tables
            Codec id to its definition.
        root
            The folder of pyproject.toml, where relative paths begin.

        Raises
        ------
        ColordegError
            For a bad definition, naming the key and showing a right one.
        """
        from pytest_colordeg.codecs.definition import read_definition
        from pytest_colordeg.codecs.neural.definition import is_learned, read_learned

        for name, table in tables.items():
            origin = f"[tool.colordeg.codecs.{name}]"
            if is_learned(name, table):
                if self._origins.get(name) == _OWN and name in LEARNED:
                    del self._makers[name]
                self.add(read_learned(name, table, root, **self._learned), origin)
            else:
                self.add(read_definition(name, table, root), origin)

    def add_entry_points(self) -> None:
        """Register what installed packages offer under ``pytest_colordeg.codecs``.

        The entry point's name is the id; it is loaded when the codec is asked for,
        and is a codec or a function without arguments that makes one.
        """
        from importlib.metadata import entry_points

        for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
            origin = f"entry point {point.name} = {point.value}"
            check_id(point.name, origin)
            self._put(point.name, origin, partial(_load, point, origin))

    def get(self, name: str) -> Codec:
        """Give a codec that is ready to run.

        Raises
        ------
        ColordegError
            For an unknown id, with the likely ones and the list; for a codec that
            cannot run here, with the way to get it.
        """
        codec = self.find(name)
        reason = unavailable(codec)
        if reason is not None:
            raise ColordegError(f"codec {name} is not available: {reason}")
        if self._isolation is None:
            return codec
        from pytest_colordeg.codecs.command import CommandCodec
        from pytest_colordeg.codecs.isolation import Isolated

        if isinstance(codec, CommandCodec):
            return codec
        if name not in self._isolated:
            self._isolated[name] = Isolated(codec, self._isolation)
        return self._isolated[name]

    def isolate(self, timeout: float, memory: int) -> None:
        """Give codecs out that work in other processes from now on; command lines do anyway.

        To be called when all are registered and before anything has started threads.

        Parameters
        ----------
        timeout, memory
            See `Isolation`.
        """
        from pytest_colordeg.codecs.isolation import Isolation

        self._isolation = Isolation(self, timeout, memory)

    def close(self) -> None:
        """End the processes of isolated codecs, if any."""
        if self._isolation is not None:
            self._isolation.close()
            self._isolation = None

    def find(self, name: str) -> Codec:
        """Give a codec, whether it can run here or not."""
        if name not in self._makers:
            close = difflib.get_close_matches(name, self._makers, n=2)
            hint = f"did you mean {' or '.join(close)}? " if close else ""
            raise ColordegError(f"unknown codec {name!r}; {hint}known: {', '.join(self._makers)}")
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def _put(self, name: str, origin: str, maker: Callable[[], Codec]) -> None:
        if name in self._makers:
            raise ColordegError(
                f"{origin}: codec id {name!r} is taken by {self._origins[name]}; "
                "give this one another id"
            )
        self._makers[name] = maker
        self._origins[name] = origin


def unavailable(codec: Codec) -> str | None:
    """Why a codec cannot run here and how to get it; ``None`` when it can.

    A codec may tell by a method ``unavailable()``; one without is taken to run.
    """
    method = getattr(codec, "unavailable", None)
    reason = guarded(f"codec {codec.id}: unavailable", method) if callable(method) else None
    if not isinstance(reason, str | None):
        raise ColordegError(f"codec {codec.id}: unavailable returned {reason!r}, not text or None")
    return reason


def _attribute(path: str) -> Codec:
    module, _, name = path.partition(":")
    codec: Codec = getattr(import_module(module), name)
    return codec


def _learned(name: str, how: Mapping[str, str]) -> Codec:
    from pytest_colordeg.codecs.neural.definition import built_in

    return built_in(name, **how)


def _load(point: Any, origin: str) -> Codec:
    loaded = guarded(origin, point.load)
    made = loaded if isinstance(loaded, Codec) else guarded(origin, loaded)
    codec: Codec = guarded(origin, check_codec, made, origin)
    if codec.id != point.name:
        raise ColordegError(
            f"{origin}: gives a codec of id {codec.id!r}; name the entry point {codec.id}"
        )
    return codec
