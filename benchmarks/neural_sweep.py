"""A sweep of the six families: our codecs against CompressAI's compress and decompress.

    python benchmarks/neural_sweep.py KODAK [--images 4] [--qualities 1]

One thread, official sizes, random weights. Ours does what the gate does: encode, decode
by the synthesis transform, and one real decoding a point. Pictures are compared.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from neural_peers import pair, pictures, tensor, theirs

from pytest_colordeg.codecs.neural.families import FAMILIES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kodak", type=Path)
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--qualities", default="1", help="such as 1,4")
    options = parser.parse_args()
    images = pictures(options.kodak, options.images)
    totals = np.zeros(2)
    for family in FAMILIES.values():
        if not family.published:  # not CompressAI's
            continue
        for quality in map(int, options.qualities.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                net, model = pair(family, quality, Path(folder))
            spent, worst = np.zeros(2), 0
            for number, pixels in enumerate(images):
                height, width = pixels.shape[:2]
                began = time.perf_counter()
                coded = model.encode(pixels, "zero")
                y_hat = coded.y_hat
                if number == 0:
                    y_hat = model.latents(coded.strings, height, width)
                picture = model.picture(y_hat, height, width)
                spent[0] += time.perf_counter() - began
                began = time.perf_counter()
                other = theirs(net, tensor(pixels))
                spent[1] += time.perf_counter() - began
                codes = (other[0].permute(1, 2, 0) * 255).round().byte().numpy()
                worst = max(worst, int(np.abs(codes[:height, :width].astype(int) - picture).max()))
            totals += spent
            print(f"{family.name:22} q{quality}  ours {spent[0]:6.1f} s  CompressAI "
                  f"{spent[1]:6.1f} s  {spent[1] / spent[0]:5.1f}x  largest difference {worst}",
                  flush=True)  # fmt: skip
    print(f"{'all':22}     ours {totals[0]:6.1f} s  CompressAI {totals[1]:6.1f} s  "
          f"{totals[1] / totals[0]:5.1f}x")  # fmt: skip


if __name__ == "__main__":
    main()
