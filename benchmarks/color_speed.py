"""How fast the colour core is, as ratios to other libraries in the same run.

    python benchmarks/color_speed.py [--threads 2] [--repeat 5] [--small-only]

A library that is not installed is left out, and said to be. Times are the least
of the repetitions, which disturbs a shared machine the least; the ratios are what
to look at.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pytest_colordeg.color import Reference, compare, default_backend
from pytest_colordeg.color.spans import each
from pytest_colordeg.metrics.structure import structure

SMALL, LARGE = (512, 768), (2160, 4096)
# Of `kernel.py`, counted by hand: two Lab conversions of 85, CIEDE2000 with the signed
# differences 175, the quantised pairs, the sector and the fixed-point sums 65.
OPERATIONS_PER_PIXEL = 2 * 85 + 175 + 65
BYTES_PER_PIXEL = 3 + 3 + 4


def pair(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A photograph repeated to the size, and its JPEG at level 50."""
    import imagecodecs
    from skimage import data

    photo = data.coffee()[:400, :600]
    reps = (-(-shape[0] // 400), -(-shape[1] // 600), 1)
    original = np.ascontiguousarray(np.tile(photo, reps)[: shape[0], : shape[1]])
    return original, imagecodecs.jpeg8_decode(imagecodecs.jpeg8_encode(original, level=50))


def least(work: Callable[[], object], repeat: int) -> float:
    """The least of `repeat` times in seconds, after one run that does not count."""
    work()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def installed(*names: str) -> bool:
    try:
        for name in names:
            importlib.import_module(name)
    except ImportError:
        return False
    return True


def colour_peers(
    original: np.ndarray, decoded: np.ndarray, threads: int
) -> dict[str, Callable[[], object] | None]:
    """Lab of both, CIEDE2000 and its mean, with each library's own functions."""
    peers: dict[str, Callable[[], object] | None] = {}

    def colour_science() -> object:
        import colour

        space = colour.RGB_COLOURSPACES["sRGB"]
        labs = [
            colour.XYZ_to_Lab(
                colour.RGB_to_XYZ(image / 255.0, space, apply_cctf_decoding=True), space.whitepoint
            )
            for image in (original, decoded)
        ]
        return colour.delta_E(*labs, method="CIE 2000").mean()

    def scikit_image() -> object:
        from skimage.color import deltaE_ciede2000, rgb2lab

        return deltaE_ciede2000(rgb2lab(original), rgb2lab(decoded)).mean()

    def kornia() -> object:
        import torch
        from kornia.color import rgb_to_lab

        from pytest_colordeg.color.torch_backend import delta_e00

        with torch.no_grad():
            labs = [
                rgb_to_lab(torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255)
                for image in (original, decoded)
            ]
            return delta_e00(*labs, dim=1).mean()

    def opencv() -> object:
        import cv2
        from skimage.color import deltaE_ciede2000

        labs = [
            cv2.cvtColor(image.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab)
            for image in (original, decoded)
        ]
        return deltaE_ciede2000(*labs).mean()

    peers["colour-science"] = colour_science if installed("colour") else None
    peers["scikit-image"] = scikit_image
    if installed("torch"):
        import torch

        torch.set_num_threads(threads)
    peers["kornia Lab + torch dE00"] = kornia if installed("torch", "kornia") else None
    peers["OpenCV Lab + NumPy dE00"] = opencv if installed("cv2") else None
    return peers


def structure_peers(original: np.ndarray, decoded: np.ndarray) -> dict[str, tuple]:
    """Name to (our work, the peer's work)."""
    from skimage.metrics import structural_similarity

    ours = structure()
    wang = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    peers = {
        "SSIM 7x7 / scikit-image": (
            lambda threads: ours.uniform_ssim(original, decoded, threads),
            lambda: structural_similarity(original, decoded, channel_axis=-1, data_range=255),
        ),
        "SSIM Gaussian / scikit-image": (
            lambda threads: ours.gaussian_scales(original, decoded, 1, threads),
            lambda: structural_similarity(
                original, decoded, channel_axis=-1, data_range=255, **wang
            ),
        ),
    }
    if installed("torch", "pytorch_msssim"):
        import torch
        from pytorch_msssim import ms_ssim

        tensors = [
            torch.from_numpy(image).permute(2, 0, 1)[None].float() for image in (original, decoded)
        ]
        peers["MS-SSIM / pytorch-msssim"] = (
            lambda threads: ours.gaussian_scales(original, decoded, 5, threads),
            lambda: ms_ssim(*tensors, data_range=255),
        )
    return peers


def row(name: str, seconds: float, pixels: int, base: float | None = None) -> str:
    ratio = "" if base is None else f"{seconds / base:8.1f} x"
    return f"| {name:<46} | {1e3 * seconds:10.2f} | {pixels / seconds / 1e6:8.2f} | {ratio:>10} |"


def colour_table(shape: tuple[int, int], threads: int, repeat: int) -> float:
    original, decoded = pair(shape)
    pixels, known = original.shape[0] * original.shape[1], Reference(original)
    print(f"\n{shape[1]} x {shape[0]}: uint8 pair to colour statistics")
    print(f"| {'work':<46} | {'ms':>10} | {'Mpx/s':>8} | {'ours is':>10} |")
    results = {}
    for count in sorted({1, threads}):
        for name, first in (("all statistics", original), ("  with a cached reference", known)):
            results[name, count] = least(
                lambda first=first, count=count: compare(first, decoded, threads=count), 4 * repeat
            )
            print(row(f"{name}, {count} thread(s)", results[name, count], pixels))
    best = results["all statistics", threads]
    slow = max(2, repeat // 2)
    for name, work in colour_peers(original, decoded, threads).items():
        if work is None:
            print(f"| {name:<46} | not installed")
        else:
            print(row(f"{name}: Lab, dE00, mean", least(work, slow), pixels, best))
    plain = least(lambda: compare(original, decoded, backend="numpy", threads=threads), slow)
    print(row("ours without numba, all statistics", plain, pixels, best))
    return pixels / best


def structure_table(shape: tuple[int, int], threads: int, repeat: int) -> None:
    original, decoded = pair(shape)
    pixels = original.shape[0] * original.shape[1]
    print(f"\n{shape[1]} x {shape[0]}: structure")
    print(f"| {'work':<46} | {'ms':>10} | {'Mpx/s':>8} | {'ours is':>10} |")
    for name, (ours, theirs) in structure_peers(original, decoded).items():
        mine = least(lambda ours=ours: ours(threads), repeat)
        print(row(f"{name.split(' / ')[0]}, ours, {threads} thread(s)", mine, pixels))
        print(row(name.split(" / ")[1], least(theirs, repeat), pixels, mine))


def limits(pixels_per_second: float, threads: int) -> None:
    """What the machine could do: float32 operations and bytes a second, in this very run."""
    import numba

    @numba.njit(nogil=True, error_model="numpy")
    def operations(start: np.float32, rounds: int) -> np.float32:
        x = np.full(256, start)
        factor, term = np.float32(0.999), np.float32(0.001)
        for _ in range(rounds):
            for i in range(256):
                x[i] = (((x[i] * factor + term) * factor + term) * factor + term) * factor + term
        return x.sum()

    rounds = 200_000
    seconds = least(
        lambda: each(
            threads, operations, [np.float32(i) for i in range(threads)], [rounds] * threads
        ),
        5,
    )
    peak = threads * rounds * 256 * 8 / seconds
    source = np.ones(1 << 27, dtype=np.uint8)
    target = np.empty_like(source)
    halves = np.array_split(np.arange(0, len(source), 1 << 20), threads)

    def copy(starts: np.ndarray) -> None:
        for start in starts:
            target[start : start + (1 << 20)] = source[start : start + (1 << 20)]

    bandwidth = 2 * len(source) / least(lambda: each(threads, copy, halves), 5)
    used = pixels_per_second * OPERATIONS_PER_PIXEL
    moved = pixels_per_second * BYTES_PER_PIXEL
    print(f"\nshare of the machine at {pixels_per_second / 1e6:.0f} Mpx/s, {threads} thread(s):")
    print(
        f"  arithmetic {used / 1e9:.1f} of {peak / 1e9:.1f} G float32 operations/s "
        f"({100 * used / peak:.0f} %, roots and divisions counted as one each)"
    )
    print(
        f"  memory     {moved / 1e9:.1f} of {bandwidth / 1e9:.1f} GB/s "
        f"({100 * moved / bandwidth:.0f} %)"
    )


START = """
import time
import numpy as np
from pytest_colordeg.color import compare
image = np.zeros((8, 8, 3), np.uint8)
compare(image, image)
print(time.time())
"""

MEMORY = """
import sys
sys.path.insert(0, {folder!r})
import numpy as np
from color_speed import LARGE, pair
from pytest_colordeg.color import Reference, compare
original, decoded = pair(LARGE)
tiny = np.zeros((8, 8, 3), np.uint8)
compare(tiny, tiny), compare(Reference(tiny), tiny)
def kilobytes(name):
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
def peak(work):
    open("/proc/self/clear_refs", "w").write("5")
    before = kilobytes("VmRSS")
    work()
    return (kilobytes("VmHWM") - before) / 1024
print(peak(lambda: compare(original, decoded, threads={threads})))
known = Reference(original)
known.prepared()
print(peak(lambda: compare(known, decoded, threads={threads})))
from skimage.color import deltaE_ciede2000, rgb2lab
print(peak(lambda: deltaE_ciede2000(rgb2lab(original), rgb2lab(decoded)).mean()))
"""


def processes(threads: int) -> None:
    """Start-up of a second process, and memory of a 4K pair."""
    times = []
    for script in (START, START, START, START, START, "import time, numpy; print(time.time())"):
        start = time.time()
        done = subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.PIPE)
        times.append(float(done.stdout) - start)
    print(f"\nsecond process, start to first result, warm compile cache: {min(times[:-1]):.2f} s")
    print(f"  of which Python and NumPy alone: {times[-1]:.2f} s")
    if not Path("/proc/self/clear_refs").exists():
        return
    folder = str(Path(__file__).resolve().parent)
    script = MEMORY.format(folder=folder, threads=threads)
    lines = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()
    one_shot, cached, peer = map(float, lines)
    print(
        f"peak memory beyond a {LARGE[1]} x {LARGE[0]} pair: {one_shot:.0f} MiB; "
        f"with a cached reference {cached:.0f} MiB; scikit-image {peer:.0f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--small-only", action="store_true")
    options = parser.parse_args()
    print(f"backend {default_backend()}, {options.threads} thread(s), {os.cpu_count()} CPUs")
    rate = colour_table(SMALL, options.threads, options.repeat)
    structure_table(SMALL, options.threads, options.repeat)
    if not options.small_only:
        rate = colour_table(LARGE, options.threads, options.repeat)
    limits(rate, options.threads)
    processes(options.threads)


if __name__ == "__main__":
    main()
