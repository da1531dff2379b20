"""A learned codec as the plugin sees it: the `Codec` protocol over a loaded model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_colordeg.codecs.neural import backend
from pytest_colordeg.codecs.neural.container import Container, pack, unpack
from pytest_colordeg.codecs.neural.memory import Memory
from pytest_colordeg.codecs.neural.pixels import PADDINGS
from pytest_colordeg.codecs.neural.room import room
from pytest_colordeg.codecs.neural.sources import Source
from pytest_colordeg.codecs.protocol import Ladder, Pixels
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.check import check_pixels
from pytest_colordeg.records import Scalar

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DECODE_MODES", "NeuralCodec"]

DECODE_MODES = ("spot", "full")


@dataclass(frozen=True, eq=False)
class NeuralCodec:
    """One family with weights of one origin.

    `decode` of what this codec has just encoded takes the decoded latents from the
    encoder, which has them, and saves the entropy decoding. The first image of every point is
    decoded from its bytes nevertheless, and any difference from the encoder's latents is an
    error; so is every image with ``decode_mode="full"``. Bytes from elsewhere are
    always decoded.

    Parameters
    ----------
    id
        See `pytest_colordeg.codecs.protocol.Codec`.
    source
        Where weights come from.
    padding
        ``zero`` or ``replicate``, see `pixels.PADDINGS`.
    device
        ``cpu`` or ``cuda``: where the transforms run.
    decode_mode
        ``spot`` or ``full``.
    """

    id: str
    source: Source
    padding: str = "zero"
    device: str = "cpu"
    decode_mode: str = "spot"
    _memory: Memory = field(default_factory=Memory, repr=False)

    @property
    def concurrent(self) -> bool:
        """On a processor every thread computes alone; a card is used by one at a time."""
        return self.device == "cpu"

    @property
    def ladder(self) -> Ladder:
        """CompressAI's quality numbers, as far as there are weights."""
        return {
            quality: {"weights": label, "quality": quality, "padding": self.padding}
            for quality, label in sorted(self.source.label.items())
        }

    def on(self, device: str, decode_mode: str) -> NeuralCodec:
        """The same codec on another device."""
        return replace(self, device=device, decode_mode=decode_mode, _memory=Memory())

    def unavailable(self) -> str | None:
        """Why this codec cannot run here and how to get it; imports nothing big."""
        return backend.missing() or self.source.unavailable()

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        """Encode with the weights of a rung."""
        check_pixels(image)
        quality = self._quality(parameters)
        height, width, _ = image.shape
        model = self._memory.model(self.source, quality, self.device)
        with room(height * width):
            coded = model.encode(image, str(parameters["padding"]))
        data = pack(
            Container(
                self.source.family,
                self.source.metric,
                quality,
                width,
                height,
                model.sha256,
                coded.strings,
            )
        )
        self._memory.remember(data, coded.y_hat)
        return data

    def decode(self, data: bytes) -> Pixels:
        """Decode; see the class for what is taken from the encoder."""
        content = self._unpack(data)
        size = (content.height, content.width)
        model = self._memory.model(self.source, content.quality, self.device)
        if model.sha256 != content.weights:
            raise ColordegError(
                f"was written with weights {content.weights}, and {self.id} at quality "
                f"{content.quality} has {model.sha256}"
            )
        known = self._memory.recall(bytes(data))
        point = (model.sha256, content.quality)
        if known is None:
            y_hat = model.latents(content.strings, *size)
        elif self.decode_mode == "full" or self._memory.first(point):
            try:
                y_hat = model.latents(content.strings, *size)
                self._prove(known, y_hat)
            except BaseException:
                self._memory.doubt(point)
                raise
        else:
            y_hat = known
        with room(content.height * content.width):
            return model.picture(y_hat, *size)

    def payload(self, data: bytes) -> int:
        """Bytes that count as rate: the strings, without the container."""
        return unpack(data).payload_bytes

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        """What the container holds, its own size, each branch's, and which weights wrote it."""
        content = unpack(data)
        return {
            "format": "colordeg learned",
            "family": content.family.name,
            "metric": content.metric,
            "quality": content.quality,
            "width": content.width,
            "height": content.height,
            "bit_depth": 8,
            "strings": len(content.strings),
            "container_bytes": content.container_bytes,
            **content.branch_bytes,
            "weights_sha256": content.weights,
        }

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """Family, metric and quality as asked."""
        return {
            "format": "colordeg learned",
            "family": self.source.family.name,
            "metric": self.source.metric,
            "quality": parameters["quality"],
        }

    def provenance(self) -> Mapping[str, Scalar]:
        """Versions of CompressAI and torch; one thread; TF32 off, deterministic algorithms."""
        return {**backend.versions(), "threads": 1, **backend.FLAGS}

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """Digest of the weights, state of torch's and CompressAI's libraries, device, decoding."""
        from pytest_colordeg.codecs.fingerprint import digests, own_class, package_state

        weights = digests([self.source.file(self._quality(parameters))])
        if weights is None or not own_class(self):
            return None
        return {
            "weights": next(iter(weights.values())),
            "source": repr((self.source.family, self.source.metric)),
            **{name: package_state(name) for name in ("torch", "compressai")},
            "device": backend.device_name(self.device),
            "decode": self.decode_mode,
        }

    def _quality(self, parameters: Mapping[str, Scalar]) -> int:
        takes = {"weights", "quality", "padding"}
        if set(parameters) != takes:
            raise ColordegError(
                f"codec {self.id} takes the parameters {', '.join(sorted(takes))}; "
                f"got {', '.join(sorted(parameters)) or 'none'}"
            )
        quality, padding = parameters["quality"], parameters["padding"]
        label = self.source.label.get(quality) if type(quality) is int else None
        if label is None or parameters["weights"] != label:
            known = ", ".join(f"{q} ({text})" for q, text in self.source.label.items())
            raise ColordegError(
                f"codec {self.id} has no quality {quality!r} of weights "
                f"{parameters['weights']!r}; it has {known}"
            )
        if padding not in PADDINGS:
            raise ColordegError(
                f"codec {self.id}: padding {padding!r} is none of {', '.join(PADDINGS)}"
            )
        assert isinstance(quality, int)
        return quality

    def _unpack(self, data: bytes) -> Container:
        content = unpack(bytes(data))
        if (content.family, content.metric) != (self.source.family, self.source.metric):
            raise ColordegError(
                f"a file of {content.family.name} for {content.metric}, which {self.id} is not"
            )
        return content

    def _prove(self, known: Tensor, y_hat: Tensor) -> None:
        import torch

        if not torch.equal(known, y_hat):
            off = int((known != y_hat).sum())
            raise ColordegError(
                f"codec {self.id}: the decoder's latents differ from the encoder's in {off} of "
                f"{known.numel()} places"
            )
