"""What a codec is to this plugin: a structural type, and the ready-made way to make one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pytest_colordeg.records import Scalar

__all__ = ["Codec", "FunctionCodec", "Ladder", "Pixels"]

Pixels: TypeAlias = NDArray[np.uint8]
Ladder: TypeAlias = Mapping[int, Mapping[str, Scalar]]


@runtime_checkable
class Codec(Protocol):
    """Encodes sRGB images to bytes and decodes bytes to images.

    Attributes
    ----------
    id
        Lower-case name, unique in the registry: letters, digits, ``-``, ``_``, ``.``.
    ladder
        Rung number (1 = smallest file) to native parameters. A rate that the
        format cannot reach has no rung; the others keep their numbers.

    Notes
    -----
    More is used where a codec has it: ``unavailable() -> str | None`` says why it cannot
    run here and how to get it; ``payload(data) -> int`` how many of the bytes count as
    rate, where a container of the plugin's own is around them;
    ``fingerprint(parameters) -> Mapping | None`` all that decides its results beside
    pixels and parameters, so that they can come from the cache; ``concurrent = True``
    that several threads may use it at a time.
    """

    @property
    def id(self) -> str: ...

    @property
    def ladder(self) -> Ladder: ...

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        """Encode a (H, W, 3) uint8 sRGB image with the native parameters of a rung."""
        ...

    def decode(self, data: bytes) -> Pixels:
        """Decode to a (H, W, 3) uint8 sRGB image."""
        ...

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        """Read back what the bytes hold: width, height, bit depth, subsampling, ...

        A name that ends in ``_payload_bytes`` tells what a part of the file takes; it is
        recorded for the image, and is no fact of the operating point.
        """
        ...

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """The facts that `inspect` must find for these parameters; others are free."""
        ...

    def provenance(self) -> Mapping[str, Scalar]:
        """Library versions and threads: what may explain a change of the output."""
        ...


@dataclass(frozen=True)
class FunctionCodec:
    """A codec from two callables.

    Parameters
    ----------
    id
        See `Codec`.
    encoder
        ``encoder(image, **parameters) -> bytes`` with the parameters of a rung.
    decoder
        ``decoder(data) -> image``.
    ladder
        Rung number to parameters, or a sequence of parameters from rung 1 up.
    inspector
        Optional ``inspector(data) -> facts``. Without one, files of known
        formats (JPEG, JPEG 2000, JPEG XL, WebP, AVIF) are read back all the same.
    facts
        Facts that `inspector` must find at every rung.
    versions
        What to record as provenance.
    files
        Files that decide the results: libraries, programs, weights. Declared, results
        come from the cache while these files, the sources of the callables and
        `versions` are the same; otherwise the codec is run every time.
    concurrent
        Whether several threads may call it at a time; worth it where the callables
        let go of the interpreter's lock.
    """

    id: str
    encoder: Callable[..., bytes]
    decoder: Callable[[bytes], Pixels]
    ladder: Ladder
    inspector: Callable[[bytes], Mapping[str, Scalar]] | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    versions: Mapping[str, Scalar] = field(default_factory=dict)
    files: Sequence[str | Path] = ()
    concurrent: bool = False

    def __post_init__(self) -> None:
        # Anything else is left as it is: the registry refuses it and shows a right one.
        steps: Any = self.ladder
        if isinstance(steps, Sequence) and not isinstance(steps, str | bytes):
            object.__setattr__(self, "ladder", dict(enumerate(steps, start=1)))

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        return self.encoder(image, **parameters)

    def decode(self, data: bytes) -> Pixels:
        return self.decoder(data)

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        if self.inspector is not None:
            return self.inspector(data)
        from pytest_colordeg.codecs.readback import read_back

        return read_back(data)

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return self.facts

    def provenance(self) -> Mapping[str, Scalar]:
        return self.versions

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """Digests of the declared files and of the callables' sources; ``None`` without files."""
        if not self.files or type(self) is not FunctionCodec:
            return None
        from pytest_colordeg.codecs.fingerprint import digests

        codes = (getattr(function, "__code__", None) for function in
                 (self.encoder, self.decoder, self.inspector))  # fmt: skip
        sources = {Path(code.co_filename) for code in codes if code is not None}
        found = digests(sorted({*map(Path, self.files), *sources}))
        return None if found is None else {**found, "facts": repr(dict(self.facts))}
