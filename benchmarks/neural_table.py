"""The table of learned codecs, and the claim about their colours, from a run's records.

    pytest --colordeg --colordeg-images=KODAK --colordeg-records=kodak.jsonl TEST
    python benchmarks/neural_table.py kodak.jsonl

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
from pytest_colordeg.report.load import load

NAMES = ("bpp", "psnr.rgb", "ms_ssim.rgb", "delta_e00.mean")
RATES = (0.25, 0.35)
Curves = dict[str, np.ndarray[tuple[int, int], np.dtype[np.float64]]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    points = load(parser.parse_args().records).ordered
    (corpus,) = {point.corpus for point in points}
    print(f"{corpus}, {len(points[0].cells)} images\n")
    print("| codec | rung | bpp | PSNR (dB) | MS-SSIM | ΔE00 |")
    print("| --- | --- | --- | --- | --- | --- |")
    curves: Curves = {}
    rises = True
    for name in ("jpeg", *FAMILIES):
        rows = []
        for point in points:
            if point.codec != name:
                continue
            rows.append([float(point.number(metric) or "nan") for metric in NAMES])
            bpp, psnr, similarity, colour = rows[-1]
            print(
                f"| {name} | {point.rung} | {bpp:.3f} | {psnr:.2f} | {similarity:.4f} | "
                f"{colour:.3f} |"
            )
        if rows:
            curves[name] = np.array(rows)
            rises &= all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(rows))
    claim(curves)
    print(f"\nbpp and PSNR rise with the rung: {'yes' if rises else 'NO'}")
    return 0 if rises else 1


def claim(curves: Curves) -> None:
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
        for name in sorted(curves.keys() - at.keys()):
            print(f"  {name:24} does not reach this rate")


if __name__ == "__main__":
    raise SystemExit(main())
