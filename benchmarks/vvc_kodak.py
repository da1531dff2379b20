"""Kodak through ``vvc``: its ladder, its lead over ``jpeg``, and what its conversion costs.

Colours go to 10-bit 4:2:0 before the encoder sees them. That loss is measured apart: what
rounding to 10-bit Y'CbCr costs at full resolution, and with chroma halved as the codec does.

    COLORDEG_TEST_DATA=... python benchmarks/vvc_kodak.py
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pytest_colordeg.codecs import ffmpeg
from pytest_colordeg.codecs.chroma420 import from_planes, to_planes
from pytest_colordeg.codecs.jpeg import JPEG
from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.codecs.vvc import VVC
from pytest_colordeg.color.compare import compare

Row = tuple[float, float, float]


def kodak() -> list[Pixels]:
    """The 24 images."""
    import PIL.Image

    files = sorted(Path(os.environ["COLORDEG_TEST_DATA"], "kodak").glob("*.png"))
    return [np.asarray(PIL.Image.open(file).convert("RGB")) for file in files]


def fidelity(original: Pixels, decoded: Pixels) -> tuple[float, float]:
    """PSNR of RGB in dB and mean CIEDE2000."""
    error = np.mean((original.astype(np.float64) - decoded) ** 2)
    return float(10 * np.log10(255**2 / error)), compare(original, decoded).mean


def ladder(codec: Codec, images: Sequence[Pixels]) -> Mapping[int, Row]:
    """Rung to mean bits per pixel, PSNR and CIEDE2000."""
    rows = {}
    for rung, parameters in codec.ladder.items():
        values = []
        for image in images:
            data = codec.encode(image, parameters)
            size = getattr(codec, "payload", len)(data)
            values.append((8 * size / image[..., 0].size, *fidelity(image, codec.decode(data))))
        bpp, psnr, delta_e = np.mean(values, axis=0).tolist()
        rows[rung] = (bpp, psnr, delta_e)
    return rows


def at_rate(rows: Mapping[int, Row], bpp: float) -> tuple[float, ...]:
    """PSNR and CIEDE2000 at a rate, linear in its logarithm between two rungs."""
    rates, *columns = zip(*rows.values(), strict=True)
    return tuple(float(np.interp(np.log(bpp), np.log(rates), column)) for column in columns)


def rounded_only(image: Pixels) -> Pixels:
    """Through 10-bit Y'CbCr at full chroma resolution, written out anew."""
    red, green, blue = (image[..., channel] / 255 for channel in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    y, cb, cr = (
        np.rint(1023 * plane) / 1023
        for plane in (luma, (blue - luma) / 1.8556, (red - luma) / 1.5748)
    )
    r, b = y + 1.5748 * cr, y + 1.8556 * cb
    g = (y - 0.2126 * r - 0.0722 * b) / 0.7152
    return np.clip(np.rint(255 * np.stack([r, g, b], axis=2)), 0, 255).astype(np.uint8)


def own_luma(image: Pixels) -> Pixels:
    """Through 10-bit 4:2:0 with every pixel's luma rounded and no more."""
    planes = to_planes(image)
    luma = image @ np.array([0.2126, 0.7152, 0.0722]) * (1023 / 255)
    return from_planes((np.rint(luma).astype(np.uint16), *planes[1:]))


def mean_of(function: Callable[[Pixels], Pixels], images: Sequence[Pixels]) -> list[float]:
    """Mean PSNR and CIEDE2000 of a conversion; equal images are left out of the PSNR."""
    pairs = [(image, function(image)) for image in images]
    unequal = [fidelity(a, b)[0] for a, b in pairs if not np.array_equal(a, b)]
    psnr = float(np.mean(unequal)) if unequal else float("inf")
    return [psnr, float(np.mean([compare(a, b).mean for a, b in pairs]))]


def main() -> None:
    """Print everything."""
    images = kodak()
    print(f"{len(images)} images; {dict(VVC.provenance())}")
    psnr, delta = mean_of(rounded_only, images)
    print(f"conversion, 10-bit 4:4:4:  PSNR {psnr:6.2f} dB, dE00 {delta:.3f}")
    psnr, delta = mean_of(lambda image: from_planes(to_planes(image)), images)
    print(f"conversion, 10-bit 4:2:0:  PSNR {psnr:6.2f} dB, dE00 {delta:.3f}")
    psnr, delta = mean_of(own_luma, images)
    print(f"  luma merely rounded:     PSNR {psnr:6.2f} dB, dE00 {delta:.3f}")
    start = time.perf_counter()
    ffmpeg.run(["-version"])
    started = time.perf_counter() - start
    data = VVC.encode(images[0], VVC.ladder[5])
    whole = time.perf_counter() - start - started
    print(f"starting ffmpeg: {1e3 * started:.0f} ms of {1e3 * whole:.0f} ms for one image")
    assert data
    tables = {codec.id: ladder(codec, images) for codec in (VVC, JPEG)}
    for name, rows in tables.items():
        print(f"{name}: rung  bpp     PSNR    dE00")
        for rung, (bpp, quality, loss) in rows.items():
            print(f"{'':{len(name)}}  {rung:4d}  {bpp:.4f}  {quality:6.3f}  {loss:.3f}")
        columns = list(zip(*rows.values(), strict=True))
        rising = all(np.diff(columns[0]) > 0) and all(np.diff(columns[1]) > 0)
        print(f"{'':{len(name)}}  monotone: {rising and all(np.diff(columns[2]) < 0)}")
    (better, closer), (worse, further) = (at_rate(tables[name], 0.5) for name in ("vvc", "jpeg"))
    print(f"at 0.5 bpp: PSNR {better:.2f} against {worse:.2f} dB: {better - worse:+.2f} dB")
    print(f"            dE00 {closer:.3f} against {further:.3f}")


if __name__ == "__main__":
    main()
