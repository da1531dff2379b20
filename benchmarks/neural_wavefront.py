"""Autoregressive encoding: our wavefront against CompressAI's loop, in one run, one thread.

    python benchmarks/neural_wavefront.py KODAK [--family mbt2018] [--quality 1]

Both get the same latents and hyperprior output of one 768x512 image; both end with the
string. Ours computes entropy parameters in float64, CompressAI in float32. Whole
`compress` calls, transforms included, are compared too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from neural_peers import pair, pictures, tensor

from pytest_colordeg.codecs.neural.backend import torch_state
from pytest_colordeg.codecs.neural.families import FAMILIES


def best(function: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Shortest wall time, and the result."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        result = function()
        found.append(time.perf_counter() - began)
    return min(found), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kodak", type=Path)
    parser.add_argument("--family", default="mbt2018")
    parser.add_argument("--quality", type=int, default=1)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    family = FAMILIES[options.family]
    (pixels,) = pictures(options.kodak, 1)
    with tempfile.TemporaryDirectory() as folder, torch_state():
        net, model = pair(family, options.quality, Path(folder))
        image = tensor(pixels)
        y = net.g_a(image)
        coder: Any = model._coder
        _, params = coder.side(y)
        padded, narrow = torch.nn.functional.pad(y, (2, 2, 2, 2)), params.float()

        def ours() -> bytes:
            coded = coder._context.encode(y[0].double(), params[0])
            data: bytes = coder.tables.encode(
                coded.symbols.flatten().tolist(), coded.indexes.flatten().tolist()
            )
            return data

        slow, reference = best(
            lambda: net._compress_ar(padded.clone(), narrow, *y.shape[2:], 5, 2), options.times
        )
        fast, string = best(ours, 3 * options.times)
        compress, _ = best(lambda: net.compress(image), 1)
        encode, _ = best(lambda: model.encode(pixels, "zero"), 2)
    print(f"{family.name} quality {options.quality}, {pixels.shape[1]}x{pixels.shape[0]}, 1 thread")
    print(f"strings: {len(string)} and {len(reference)} bytes, equal: {string == reference}")
    print(f"autoregressive part  CompressAI {slow:.3f} s  ours {fast:.3f} s  {slow / fast:.1f}x")
    print(f"whole compress       CompressAI {compress:.3f} s  ours {encode:.3f} s  "
          f"{compress / encode:.1f}x")  # fmt: skip


if __name__ == "__main__":
    main()
