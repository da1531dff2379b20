"""A sweep of learned codecs against CompressAI's eval_model: the same weights and images.

    python benchmarks/neural_eval.py KODAK [--families bmshj2018-factorized,mbt2018]
        [--qualities 1] [--images 4] [--full]

Official sizes, random weights. Each is a process of its own, from its start to its end, as it
runs by default: CompressAI's ``python -m compressai.utils.eval_model checkpoint`` (compress,
decompress, PSNR and MS-SSIM; it sets torch to one thread), and ``pytest --colordeg`` with all our
metrics, without cache, a cell to each core.
Seconds are of wall time and of processor time, which a busy machine does not change.
Rates, read from the results of both, must agree to 1 %. ``--full`` decodes every image from its
bytes on our side too, not one a point.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from child import project, run
from neural_peers import pair

from pytest_colordeg.codecs.neural.families import FAMILIES


def compare(
    family: str, qualities: list[int], images: list[Path], full: bool, cold: bool
) -> list[float]:
    """Run both, tell, and give their seconds: wall of theirs and ours, processor of both."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for quality in qualities:
            pair(FAMILIES[family], quality, folder)
        weights = {quality: f"{family}-{quality}.pth" for quality in qualities}
        table = ", ".join(f'{quality} = "{file}"' for quality, file in weights.items())
        table = f'[tool.colordeg.codecs.peer]\nfamily = "{family}"\nweights = {{{table}}}\n'
        project(folder, images, table)
        theirs = [sys.executable, "-W", "ignore", "-m", "compressai.utils.eval_model",
                  "checkpoint", "pictures", "-a", family, "-p", *weights.values()]  # fmt: skip
        ours = [sys.executable, "-m", "pytest", "--colordeg", "-q", "-p", "no:cacheprovider",
                "--colordeg-cache=off", "--colordeg-records=run.jsonl",
                *(["--colordeg-decode=full"] if full else [])]  # fmt: skip
        if cold:
            run(ours, folder)  # compiles kernels, once for all later runs
        our_wall, our_time, _ = run(ours, folder)
        their_wall, their_time, printed = run(theirs, folder)
        cells = [json.loads(line) for line in (folder / "run.jsonl").read_text().splitlines()]
    results = json.loads(printed[printed.index("{") :])["results"]
    for quality, rate in zip(qualities, results["bpp"], strict=True):
        ladder = [cell["metrics"]["bpp"] for cell in cells if cell["rung"] == quality]
        mean = sum(ladder) / len(images)
        assert abs(mean - rate) < 0.01 * rate, (family, quality, mean, rate)
    print(f"{family:22} {len(cells):3} cells  by the clock {their_wall:6.1f} / {our_wall:5.1f} s = "
          f"{their_wall / our_wall:4.1f}x  processor {their_time:6.1f} / {our_time:5.1f} s = "
          f"{their_time / our_time:4.1f}x", flush=True)  # fmt: skip
    return [their_wall, our_wall, their_time, our_time]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kodak", type=Path)
    parser.add_argument(
        "--families", default=",".join(f.name for f in FAMILIES.values() if f.published)
    )
    parser.add_argument("--qualities", default="1", help="such as 1,4")
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    images = sorted(options.kodak.glob("*.png"))[: options.images]
    qualities = [int(quality) for quality in options.qualities.split(",")]
    rows = [compare(family, qualities, images, options.full, cold=number == 0)
            for number, family in enumerate(options.families.split(","))]  # fmt: skip
    theirs, ours, their_time, our_time = map(sum, zip(*rows, strict=True))
    print(f"{'all':22} by the clock {theirs / ours:.1f}x, processor {their_time / our_time:.1f}x")


if __name__ == "__main__":
    main()
