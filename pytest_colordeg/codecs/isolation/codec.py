"""A codec that works in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_colordeg.codecs.fingerprint import fingerprint
from pytest_colordeg.codecs.protocol import Codec, Ladder, Pixels
from pytest_colordeg.records import Scalar

if TYPE_CHECKING:
    from pytest_colordeg.codecs.isolation.pool import Isolation

__all__ = ["Isolated"]


class Isolated:
    """Passes calls on to the same codec in a worker; id and ladder are at hand.

    Every method raises `ColordegError` with the cause when the worker crashes, hangs,
    takes too much memory or leaves processes behind.
    """

    # Each call at a time has a worker of its own.
    concurrent = True

    def __init__(self, codec: Codec, isolation: Isolation, on_one: bool = False) -> None:
        self._codec, self._isolation, self._on_one = codec, isolation, on_one
        self._provenance: Mapping[str, Scalar] | None = None
        if callable(getattr(codec, "payload", None)):
            self.payload = lambda data: self._call("payload", data)

    @property
    def id(self) -> str:
        return self._codec.id

    @property
    def ladder(self) -> Ladder:
        return self._codec.ladder

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        data: bytes = self._call("encode", image, dict(parameters))
        return data

    def decode(self, data: bytes) -> Pixels:
        decoded: Pixels = self._call("decode", data)
        return decoded

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        facts: Mapping[str, Scalar] = self._call("inspect", data)
        return facts

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return self._codec.expected(parameters)

    def provenance(self) -> Mapping[str, Scalar]:
        if self._provenance is None:
            self._provenance = self._call("provenance")
        return self._provenance

    def unavailable(self) -> str | None:
        tell = getattr(self._codec, "unavailable", None)
        return tell() if callable(tell) else None

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """The codec's own: where it runs decides nothing."""
        return None if self._on_one else fingerprint(self._codec, parameters)

    def narrow(self) -> Isolated:
        """The same codec in workers that have one processor."""
        return Isolated(self._codec, self._isolation, on_one=True)

    def _call(self, method: str, *arguments: Any) -> Any:
        return self._isolation.call(self._codec.id, method, *arguments, on_one=self._on_one)
