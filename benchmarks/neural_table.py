"""The table of learned codecs, and the claim about their colours, on a folder of images.

    python benchmarks/neural_table.py KODAK [--codec mbt2018-mean,...] [--project FOLDER]

One row a codec and rung: means over the images of bpp (strings alone), PSNR, MS-SSIM and
CIEDE2000. Then, at 0.25 and 0.35 bpp by linear interpolation between rungs, PSNR and mean
CIEDE2000 of each codec beside those of ``jpeg``, and which codecs beat it in both. Exits 1
when rate or PSNR of a codec does not rise from rung to rung.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.codecs.project import project_registry
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.images import Image, resolve
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.sweep.cell import code

NAMES = ("bpp", "psnr.rgb", "ms_ssim.rgb", "delta_e00.mean")
RATES = (0.25, 0.35)


def row(codec: Codec, rung: int, images: tuple[Image, ...]) -> list[float]:
    """Means over the images."""
    wanted = {name: METRICS[name] for name in NAMES}
    values = []
    for image in images:
        coded = code(codec, rung, image)
        metrics = measure(Pair(image.pixels, coded.decoded, coded.payload_bytes), wanted)
        values.append([float(str(metrics[name])) for name in NAMES])
    return [float(mean) for mean in np.mean(values, axis=0)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--codec", default=",".join(FAMILIES))
    parser.add_argument("--project", type=Path, default=Path(), help="where pyproject.toml is")
    parser.add_argument("--images", type=int, help="only the first ones")
    options = parser.parse_args()
    registry = project_registry(options.project.resolve())
    (selection,) = resolve([str(options.folder.resolve())], Path())
    images = tuple(source.image for source in selection.sources[: options.images])
    print("| codec | rung | bpp | PSNR (dB) | MS-SSIM | ΔE00 |")
    print("| --- | --- | --- | --- | --- | --- |")
    curves: dict[str, np.ndarray[tuple[int, int], np.dtype[np.float64]]] = {}
    rises = True
    for name in ["jpeg", *options.codec.split(",")]:
        codec = registry.get(name)
        rows = []
        for rung in sorted(codec.ladder):
            rows.append(row(codec, rung, images))
            bpp, psnr, similarity, colour = rows[-1]
            print(f"| {name} | {rung} | {bpp:.3f} | {psnr:.2f} | {similarity:.4f} | "
                  f"{colour:.3f} |", flush=True)  # fmt: skip
        curves[name] = np.array(rows)
        rises &= all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(rows))
    claim(curves)
    print(f"\nbpp and PSNR rise with the rung: {'yes' if rises else 'NO'}")
    return 0 if rises else 1


def claim(curves: dict[str, np.ndarray[tuple[int, int], np.dtype[np.float64]]]) -> None:
    """Codecs that have lower mean CIEDE2000 and higher PSNR than jpeg at equal rate."""
    for rate in RATES:
        at = {
            name: [float(np.interp(rate, curve[:, 0], curve[:, k])) for k in (1, 3)]
            for name, curve in curves.items()
            if curve[0, 0] <= rate <= curve[-1, 0]
        }
        print(f"\nat {rate} bpp:")
        for name, (psnr, colour) in at.items():
            wins = "jpeg" in at and psnr > at["jpeg"][0] and colour < at["jpeg"][1]
            print(f"  {name:24} {psnr:.2f} dB  ΔE00 {colour:.3f}{'  beats jpeg' if wins else ''}")
        for name in curves.keys() - at.keys():
            print(f"  {name:24} does not reach this rate")


if __name__ == "__main__":
    raise SystemExit(main())
