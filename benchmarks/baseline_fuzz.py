"""Malformed baselines and limits: is every one refused in one line with file and place?

python benchmarks/baseline_fuzz.py --files 5000
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable

from baseline_kills import contents

from pytest_colordeg.baselines.limits import load as load_limits
from pytest_colordeg.baselines.reader import load
from pytest_colordeg.baselines.text import dump
from pytest_colordeg.errors import ColordegError

LIMITS = """\
format: 1
limits:
  - codecs: [jpeg*, webp]
    corpora: photos
    bpp: [0.5, 1.5]
    metrics:
      delta_e00.mean: {max: 3.0}
      psnr.rgb: {min: 30, or: lossless}
    images:
      delta_e00.max: {max: 20}
tolerances:
  - codecs: avif
    metrics:
      bpp: {rel: 0.01, image_factor: 3}
      ssim.rgb: {abs: 0.001, gated: true}
"""
METRICS = {"delta_e00.mean", "psnr.rgb", "delta_e00.max", "bpp", "ssim.rgb"}
SNIPPETS = (
    b"\n", b"\r", b"\t", b"  ", b": ", b"- ", b"? ", b"|", b">", b"&a ", b"*a", b"!!x ", b"%", b"@",
    b"nan", b".inf", b"1e999", b"{", b"}", b"[", b"]", b'"', b"'", b"\\", b", ", b"#", b"---\n",
    b"...\n", b"<<: ", b"\xef\xbb\xbf", b"\xff", b"\x00", b"\xc2\x85", b"\xe2\x80\xa8", b"-0", b"_",
)  # fmt: skip
PLACE = re.compile(r"file\.yaml:\d+: [^\n]*expected [^\n]+, found [^\n]+")


def mangle(data: bytes, chance: random.Random) -> bytes:
    """Cut, repeat, swap, overwrite or insert, once to four times."""
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        to = min(to, at + chance.choice((1, 8, 200)))
        lines = data.splitlines(keepends=True)
        match chance.randrange(6):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = data[:to] + data[at:]
            case 3:
                chance.shuffle(lines)
                data = b"".join(lines)
            case 4:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
            case _:
                data = data[:at] + chance.choice(SNIPPETS) + data[at:]
        data = data or b"x"
    return data


def outcome(read: Callable[[bytes], object], data: bytes) -> str:
    try:
        read(data)
    except ColordegError as error:
        return "refused" if PLACE.fullmatch(str(error)) else f"no place: {error}"
    except Exception as error:
        return f"traceback: {type(error).__name__}: {error}"
    return "still good"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000, help="malformed files of each kind")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    small = dump(contents(images=2, metrics=3, rungs=2)[0]).encode()
    kinds: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
        "baselines": (small, lambda data: load(data, "file.yaml", "jpeg")),
        "limits": (LIMITS.encode(), lambda data: load_limits(data, "file.yaml", METRICS)),
    }
    bad: Counter[str] = Counter()
    refused = 0
    for kind, (good, read) in kinds.items():
        assert outcome(read, good) == "still good"
        counts = Counter(outcome(read, mangle(good, chance)) for _ in range(options.files))
        refused += counts["refused"]
        print(f"{kind}: {counts.pop('refused')} refused, {counts.pop('still good', 0)} still good")
        bad += counts
    for text, count in bad.most_common(10):
        print(f"{count} x {text}")
    print(f"{refused} malformed files: {sum(bad.values())} tracebacks or errors without a place")
    return len(bad)


if __name__ == "__main__":
    sys.exit(main())
