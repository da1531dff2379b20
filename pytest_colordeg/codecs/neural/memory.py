"""What a learned codec holds between calls, for all the threads that use it."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from pytest_colordeg.codecs.neural.sources import Source
from pytest_colordeg.machine import cores

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_colordeg.codecs.neural.model import Model
    from pytest_colordeg.codecs.neural.weights import Weights

__all__ = ["Memory"]

_THREADS = cores()
# Where one operating point ends and the next begins, threads are at both; at more where
# there are many threads and few images.
_MODELS = 2 + _THREADS // 8
# Latents of images that were encoded and not decoded yet: one a thread, and some that failed.
_REMEMBERED = 4 + _THREADS


class Memory:
    """The last networks, the latents of the last images, and which points are proven."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._weights: tuple[str, Weights] | None = None
        self._models: OrderedDict[tuple[str, int], Model] = OrderedDict()
        self._latents: OrderedDict[bytes, Tensor] = OrderedDict()
        self._proven: set[tuple[str, int]] = set()

    def __reduce__(self) -> tuple[type[Memory], tuple[()]]:
        return Memory, ()  # another process remembers for itself

    def model(self, source: Source, quality: int, device: str) -> Model:
        """A point's network, loaded when it is not held; a variable rate shares its file."""
        path = source.file(quality)
        key = (str(path), quality)
        with self._lock:
            if key not in self._models:
                from pytest_colordeg.codecs.neural.model import Model
                from pytest_colordeg.codecs.neural.weights import load

                # A card is used by one thread at a time, and its memory is dear.
                while len(self._models) >= (_MODELS if device == "cpu" else 1):
                    self._models.popitem(last=False)
                held = self._weights
                if held is None or held[0] != str(path) or quality not in held[1].points:
                    self._weights = held = None
                    held = (str(path), load(path, source.family, source.metric, quality))
                    self._weights = held
                self._models[key] = Model(held[1], quality, device)
            self._models.move_to_end(key)
            return self._models[key]

    def remember(self, data: bytes, y_hat: Tensor) -> None:
        """Keep the latents that a file was made from."""
        with self._lock:
            self._latents[data] = y_hat
            while len(self._latents) > _REMEMBERED:
                self._latents.popitem(last=False)

    def recall(self, data: bytes) -> Tensor | None:
        """Latents that were kept for a file, once."""
        with self._lock:
            return self._latents.pop(data, None)

    def first(self, point: tuple[str, int]) -> bool:
        """Whether nobody has asked this of a point before, or who did found it wrong."""
        with self._lock:
            if point in self._proven:
                return False
            self._proven.add(point)
            return True

    def doubt(self, point: tuple[str, int]) -> None:
        """Let the next to ask be the `first` again."""
        with self._lock:
            self._proven.discard(point)
