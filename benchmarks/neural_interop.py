"""How often CompressAI's own ``decompress`` reads our strings.

    python benchmarks/neural_interop.py KODAK [--family mbt2018-mean] [--images 24] [--random]

Its entropy parameters are float32, summed in whatever order its libraries choose: a scale
that lies within rounding of a bound between two distributions may be given another one
than here, and what follows is lost. With the mini weights, or with random ones of official
size. A file is read if no code of the picture is off by more than one.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from neural_peers import pair, pictures, trained

from pytest_colordeg.codecs.neural.backend import torch_state
from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.codecs.neural.pixels import padded_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kodak", type=Path)
    parser.add_argument("--family", help="only this one")
    parser.add_argument("--quality", type=int, default=3)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--random", action="store_true")
    options = parser.parse_args()
    images = pictures(options.kodak, options.images)
    for family in FAMILIES.values():
        if options.family not in (None, family.name) or not family.published:
            continue
        if options.random:
            with tempfile.TemporaryDirectory() as folder:
                net, model = pair(family, options.quality, Path(folder))
        else:
            net, model = trained(family, options.quality)
        read = 0
        for pixels in images:
            height, width = pixels.shape[:2]
            coded = model.encode(pixels, "zero")
            sides = [padded_size(side, family.stride) // family.stride for side in (height, width)]
            with torch_state():
                x_hat = net.decompress([[string] for string in coded.strings], sides)["x_hat"]
            codes = (x_hat[0].permute(1, 2, 0) * 255).round().byte().numpy()
            ours = model.picture(coded.y_hat, height, width)
            around = [(codes.shape[i] - ours.shape[i]) // 2 for i in (0, 1)]
            inner = codes[around[0] : around[0] + height, around[1] : around[1] + width]
            read += int(np.abs(inner.astype(int) - ours).max()) <= 1
        print(f"{family.name:22} q{options.quality}: read {read} of {len(images)}", flush=True)


if __name__ == "__main__":
    main()
