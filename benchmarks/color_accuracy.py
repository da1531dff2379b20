"""How far the float32 colour core is from the float64 equations, on many more pairs than tests see.

    COLORDEG_TEST_DATA=... python benchmarks/color_accuracy.py [--scale 1.0]

Prints: float32 Lab over all 2**24 colours and how near they come to a border where
something is decided; CIEDE2000 over 10 million random pairs, 2 million nearly neutral
ones and every Kodak image at every rung of `jpeg`; torch on the same where it is
installed; and whether instruction sets give the same bits. Pairs whose hues are within
1e-6 rad of opposite are left out of the bounds, and their share is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pytest_colordeg.color import compare, default_backend, delta_e00, nearly_opposite, srgb_to_lab
from pytest_colordeg.color.blocked import hue_sector
from pytest_colordeg.color.lab import ab_index

BOUND = 1e-3


def cube() -> Iterator[np.ndarray]:
    """All colours, a plane of red at a time."""
    codes = np.arange(256, dtype=np.uint8)
    for red in codes:
        yield np.stack(np.meshgrid([red], codes, codes, indexing="ij"), axis=-1).reshape(-1, 3)


def every_color() -> None:
    from pytest_colordeg.color import fused

    error, step, chroma, border, sectors = np.zeros(3), np.inf, np.inf, np.inf, 0
    for colors in cube():
        exact = srgb_to_lab(colors)
        lab, sector, used = fused.prepare(colors)
        error = np.maximum(error, abs(lab.T - exact).max(axis=0))
        sectors += int((sector != hue_sector(exact)).sum())
        sectors += not np.array_equal(np.flatnonzero(used), np.unique(ab_index(exact)))
        step = min(step, abs(exact[:, 1:] % 1 - 0.5).min())
        c, h = np.hypot(exact[:, 1], exact[:, 2]), np.arctan2(exact[:, 2], exact[:, 1])
        chroma = min(chroma, abs(c - 5).min())
        apart = h[c > 1] % np.radians(30)
        border = min(border, np.minimum(apart, np.radians(30) - apart).min())
    print("all 16,777,216 colours")
    print(f"  float32 Lab, greatest error in L*, a*, b*: {', '.join(f'{e:.1e}' for e in error)}")
    print(f"  colours and planes decided otherwise than in float64: {sectors}")
    print(
        f"  nearest to a border in float64: step {step:.1e}, chroma 5 {chroma:.1e}, "
        f"sector {border:.1e} rad"
    )


def torch_deltas(first: np.ndarray, second: np.ndarray) -> np.ndarray | None:
    try:
        import torch

        from pytest_colordeg.color.torch_backend import delta_e00_srgb
    except ImportError:
        return None
    with torch.no_grad():
        return delta_e00_srgb(torch.from_numpy(first), torch.from_numpy(second)).numpy()


class Errors:
    """Running greatest error, mean and number above the bound."""

    def __init__(self) -> None:
        self.count, self.left_out = 0, 0
        self.above: dict[str, int] = {}
        self.greatest: dict[str, float] = {}
        self.total: dict[str, float] = {}

    def add(self, first: np.ndarray, second: np.ndarray) -> None:
        lab1, lab2 = srgb_to_lab(first), srgb_to_lab(second)
        exact, usual = delta_e00(lab1, lab2), ~nearly_opposite(lab1, lab2)
        kernel = compare(first[None], second[None], delta_map=True).delta_map[0]
        self.count += len(exact)
        self.left_out += int((~usual).sum())
        for name, deltas in (("kernel", kernel), ("torch float32", torch_deltas(first, second))):
            if deltas is not None:
                error = abs(deltas - exact)[usual]
                self.greatest[name] = max(self.greatest.get(name, 0.0), float(error.max()))
                self.total[name] = self.total.get(name, 0.0) + float(error.sum())
                self.above[name] = self.above.get(name, 0) + int((error > BOUND).sum())

    def show(self, title: str) -> None:
        print(f"{title}: {self.count:,} pairs, {self.left_out} left out ", end="")
        print(f"({self.left_out / self.count:.1e})")
        for name, greatest in self.greatest.items():
            print(
                f"  {name:<14} greatest error {greatest:.1e}, mean "
                f"{self.total[name] / self.count:.1e}, above {BOUND}: {self.above[name]}"
            )


def random_pairs(scale: float) -> None:
    rng = np.random.default_rng(2000)
    errors = Errors()
    for _ in range(max(1, round(20 * scale))):
        errors.add(*rng.integers(0, 256, (2, 500_000, 3), dtype=np.uint8))
    errors.show("random pairs")
    errors = Errors()
    for _ in range(max(1, round(4 * scale))):
        level = rng.integers(0, 256, (2, 500_000, 1))
        level[1] = np.clip(level[0] + rng.integers(-20, 21, level[0].shape), 0, 255)
        tint = rng.integers(-3, 4, (2, 500_000, 3))
        errors.add(*np.clip(level + tint, 0, 255).astype(np.uint8))
    errors.show("nearly neutral pairs")


def kodak(scale: float) -> None:
    root = os.environ.get("COLORDEG_TEST_DATA")
    if not root:
        print("Kodak: COLORDEG_TEST_DATA is not set")
        return
    import imagecodecs
    from PIL import Image

    files = sorted((Path(root) / "kodak").glob("*.png"))
    errors, unequal = Errors(), 0
    for file in files[: max(1, round(len(files) * scale))]:
        original = np.array(Image.open(file).convert("RGB"))
        for level in (5, 10, 18, 31, 53, 71, 82, 95):
            decoded = imagecodecs.jpeg8_decode(imagecodecs.jpeg8_encode(original, level=level))
            errors.add(original.reshape(-1, 3), decoded.reshape(-1, 3))
            one, two = (compare(original, decoded, backend=name) for name in ("numba", "numpy"))
            unequal += (one.unique_decoded, one.hull_decoded) != (
                two.unique_decoded,
                two.hull_decoded,
            )
            unequal += {n: s.pixels for n, s in one.sectors.items()} != {
                n: s.pixels for n, s in two.sectors.items()
            }
    errors.show("Kodak through JPEG at levels 5 to 95")
    print(f"  images whose counts, hulls or sectors differ from float64: {unequal}")


def digest() -> str:
    """Of every bit that the kernel makes of a fixed random pair."""
    rng = np.random.default_rng(7)
    first, second = rng.integers(0, 256, (2, 400, 500, 3), dtype=np.uint8)
    result = compare(first, second, delta_map=True)
    text = repr((result.delta_map.tobytes(), result.shift, sorted(result.sectors.items())))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def instruction_sets() -> None:
    print("the same bits on other instruction sets (a compilation each)")
    for cpu in ("", "generic", "core2", "haswell", "skylake-avx512"):
        env = {**os.environ, "NUMBA_CACHE_DIR": f"/tmp/colordeg-{cpu or 'host'}"}
        if cpu:
            env |= {"NUMBA_CPU_NAME": cpu, "NUMBA_CPU_FEATURES": ""}
        command = [sys.executable, __file__, "--digest"]
        result = subprocess.run(command, env=env, capture_output=True, text=True)
        print(f"  {cpu or 'this machine':<16} {result.stdout.strip() or result.stderr[-200:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the pairs to do")
    parser.add_argument("--digest", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.digest:
        print(digest())
        return
    if default_backend() != "numba":
        sys.exit("the fused kernel needs numba: nothing to measure")
    every_color()
    random_pairs(options.scale)
    kodak(options.scale)
    instruction_sets()


if __name__ == "__main__":
    main()
