"""Rate and distortion of exported weights on a folder, from real strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.codecs.neural.model import Model
from pytest_colordeg.codecs.neural.weights import load
from pytest_colordeg.codecs.neural.weights.card import Card
from pytest_colordeg.images.model import Image
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS

__all__ = ["MEASURED", "rising", "validate"]

MEASURED = ("bpp", "psnr.rgb", "ms_ssim.rgb", "delta_e00.mean")


def validate(
    path: Path,
    card: Card,
    images: Sequence[Image],
    device: str = "cpu",
    on_quality: Callable[[Mapping[str, float]], None] = lambda row: None,
) -> tuple[Mapping[str, float], ...]:
    """Measure every quality of a file.

    Parameters
    ----------
    path
        What `export` wrote for `card`.
    images
        At least one; `bpp` and the metrics are means over them.

    Returns
    -------
    tuple of mapping
        A row a quality: ``quality`` and `MEASURED`.
    """
    weights = load(path, FAMILIES[card.family], card.metric, card.qualities[0])
    rows = []
    for quality in card.qualities:
        model = Model(weights, quality, device)
        values = [_one(model, image) for image in images]
        row = {"quality": float(quality)}
        for name in MEASURED:
            numbers = [value[name] for value in values if name in value]
            if numbers:
                row[name] = round(sum(numbers) / len(numbers), 5)
        rows.append(row)
        on_quality(row)
    return tuple(rows)


def _one(model: Model, image: Image) -> dict[str, float]:
    coded = model.encode(image.pixels, "zero")
    decoded = model.picture(coded.y_hat, *image.pixels.shape[:2])
    pair = Pair(image.pixels, decoded, sum(map(len, coded.strings)))
    wanted = {name: METRICS[name] for name in MEASURED}
    # Tiny images have no MS-SSIM.
    return {
        name: value for name, value in measure(pair, wanted).items() if isinstance(value, float)
    }


def rising(rows: Sequence[Mapping[str, float]]) -> int:
    """How many rungs from the first rise in both rate and PSNR: beyond is the net's ceiling."""
    count = 1
    while count < len(rows) and all(
        rows[count][name] > rows[count - 1][name] for name in ("bpp", "psnr.rgb")
    ):
        count += 1
    return count
