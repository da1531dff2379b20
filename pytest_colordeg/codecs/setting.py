"""A codec at one setting of its dial, which is on none of its rungs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_colordeg.codecs.concurrency import concurrent
from pytest_colordeg.codecs.fingerprint import fingerprint
from pytest_colordeg.codecs.narrow import narrow
from pytest_colordeg.codecs.protocol import Codec, Ladder
from pytest_colordeg.records import Scalar

__all__ = ["AtSetting"]


@dataclass(frozen=True)
class AtSetting:
    """A codec whose ladder is one setting; all else is that of the codec inside.

    Parameters
    ----------
    codec
        The codec.
    label
        What the setting is called: ``qp=33``; the id becomes ``vvc@qp=33``.
    parameters
        The native parameters.
    """

    codec: Codec
    label: str
    parameters: Mapping[str, Scalar]

    @property
    def id(self) -> str:
        return f"{self.codec.id}@{self.label}"

    @property
    def ladder(self) -> Ladder:
        return {1: self.parameters}

    @property
    def concurrent(self) -> bool:
        """As the codec."""
        return concurrent(self.codec)

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """The codec's."""
        return fingerprint(self.codec, parameters)

    def narrow(self) -> AtSetting:
        """The same setting of the codec on one processor."""
        return AtSetting(narrow(self.codec), self.label, self.parameters)

    def __getattr__(self, name: str) -> Any:
        # Not while the codec itself is being set: copying would recurse for ever.
        if name == "codec":
            raise AttributeError(name)
        return getattr(self.codec, name)
