"""The cells of one process: measured once each, originals prepared once each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.color.reference import Reference
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import Selection, Source
from pytest_colordeg.images.model import Image
from pytest_colordeg.records import Measurement
from pytest_colordeg.sweep.cell import measure_cell, unreadable

__all__ = ["Engine"]

# References hold float Lab maps: some 50 of the bundled crops.
_REFERENCE_BYTES = 128 << 20


class Engine:
    """Measures cells, each once a process, whichever tests ask for it.

    Parameters
    ----------
    on_cell
        Called after each newly measured cell, for progress.
    repeat
        How often to code each image, see `measure_cell`.
    """

    def __init__(
        self, on_cell: Callable[[Measurement], None] = lambda cell: None, repeat: int = 1
    ) -> None:
        self._repeat = repeat
        self._on_cell = on_cell
        self._cells: dict[tuple[str, int, str, str, str], Measurement] = {}
        self._references: OrderedDict[str, Reference] = OrderedDict()

    def sweep(
        self, codec: Codec, rung: int, selection: Selection, device: str
    ) -> Sequence[Measurement]:
        """Measure one operating point over the selected images, in corpus order."""
        cells = []
        for source in selection.sources:
            key = (codec.id, rung, selection.corpus.name, source.name, device)
            if key not in self._cells:
                self._cells[key] = self._measure(codec, rung, selection.corpus.name, source, device)
                self._on_cell(self._cells[key])
            cells.append(self._cells[key])
        return cells

    def _measure(
        self, codec: Codec, rung: int, corpus: str, source: Source, device: str
    ) -> Measurement:
        try:
            image = source.image
        except ColordegError as error:
            return unreadable(codec, rung, source.name, corpus, device, str(error))
        reference = self._reference(image)
        return measure_cell(codec, rung, image, corpus, device, reference, self._repeat)

    def _reference(self, image: Image) -> Reference:
        if image.sha256 in self._references:
            self._references.move_to_end(image.sha256)
            return self._references[image.sha256]
        reference = self._references[image.sha256] = Reference(image.pixels)
        # 48 bytes a pixel covers float64 Lab and its derived maps.
        while len(self._references) > 1 and self._held() > _REFERENCE_BYTES:
            self._references.popitem(last=False)
        return reference

    def _held(self) -> int:
        return sum(48 * held.pixels[..., 0].size for held in self._references.values())
