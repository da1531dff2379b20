"""Kodak through the codec ``jpeg``, against the table that CompressAI publishes.

Source: InterDigitalInc/CompressAI, results/image/kodak/jpeg.json: "JPEG. Pillow
version 7.1.2" (4:2:0, standard Huffman tables), levels 5 to 95 in steps of 5.
Rates and PSNR are means over the 24 images of each image's value; PSNR is of 8-bit
RGB.

    COLORDEG_TEST_DATA=... python benchmarks/jpeg_published.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pytest_colordeg.codecs.jpeg import JPEG
from pytest_colordeg.codecs.protocol import Pixels

LEVELS = tuple(range(5, 100, 5))

# Rounded to five digits.
PUBLISHED_BPP = dict(
    zip(
        LEVELS,
        (0.22115, 0.32661, 0.42313, 0.50839, 0.58787, 0.66013, 0.72895, 0.78603, 0.84972, 0.90600,
         0.96438, 1.03721, 1.12740, 1.23985, 1.36883, 1.57181, 1.85882, 2.35020, 3.40134),
        strict=True,
    )
)  # fmt: skip
PUBLISHED_PSNR = dict(
    zip(
        LEVELS,
        (23.77989, 26.57723, 28.04225, 29.04181, 29.78473, 30.37831, 30.90316, 31.30783, 31.70485,
         32.05865, 32.39930, 32.78992, 33.23474, 33.79259, 34.39430, 35.23900, 36.32886, 37.91212,
         40.55666),
        strict=True,
    )
)  # fmt: skip


def measure(images: Sequence[Pixels], level: int) -> tuple[float, float, float]:
    """Mean bpp, mean of the images' PSNRs, and PSNR of the mean squared error over all."""
    rates, errors = [], []
    for image in images:
        data = JPEG.encode(image, JPEG.dial.parameters(level))
        rates.append(8 * len(data) / image[..., 0].size)
        errors.append(np.mean((image.astype(np.float64) - JPEG.decode(data)) ** 2))
    psnr = 10 * np.log10(255**2 / np.array(errors))
    return float(np.mean(rates)), float(np.mean(psnr)), 10 * np.log10(255**2 / np.mean(errors))


def kodak() -> Iterator[Pixels]:
    """The 24 images."""
    import PIL.Image

    for file in sorted(Path(os.environ["COLORDEG_TEST_DATA"], "kodak").glob("*.png")):
        yield np.asarray(PIL.Image.open(file).convert("RGB"))


def main() -> None:
    """Print the comparison."""
    images = list(kodak())
    print(f"{len(images)} images; {dict(JPEG.provenance())}")
    print("level   bpp   published  off %   PSNR   published  off dB   (of mean MSE: off dB)")
    for level in LEVELS:
        bpp, psnr, pooled = measure(images, level)
        print(
            f"{level:5d}  {bpp:.4f}  {PUBLISHED_BPP[level]:.4f}  "
            f"{100 * (bpp / PUBLISHED_BPP[level] - 1):+6.2f}  {psnr:6.3f}  "
            f"{PUBLISHED_PSNR[level]:6.3f}    {psnr - PUBLISHED_PSNR[level]:+6.3f}   "
            f"{pooled - PUBLISHED_PSNR[level]:+6.3f}"
        )


if __name__ == "__main__":
    main()
