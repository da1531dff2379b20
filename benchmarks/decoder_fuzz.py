"""Truncated and bit-flipped streams into every decoder that can run here, isolated.

Each stream goes the way of a cell: read back, decode, check. It is refused, or gives a
picture of the right size and type; a decoder that crashes, hangs or eats memory is a refusal
too, with the cause. A dead run would be any other exception in this process. Learned
codecs take part where their weights are, or with untrained ones; of their streams, most get
a right checksum again, so that the entropy decoder is reached::

    python benchmarks/decoder_fuzz.py --streams 10000
    python benchmarks/decoder_fuzz.py --streams 10000 --untrained
"""

from __future__ import annotations

import argparse
import random
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.registry import Registry, unavailable
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images import resolve
from pytest_colordeg.images.model import Image
from pytest_colordeg.sweep.coding import code

CROP = (96, 80)
MEMORY = 4096  # a run's own default


# In a process of its own, so that this one has no threads of torch when workers are forked.
MAKE = """
import sys
import torch
from pytest_colordeg.codecs.neural.families import FAMILIES
from pytest_colordeg.codecs.neural.nets import build
for family in FAMILIES.values():
    torch.manual_seed(1)
    net = build(family, 16, 16 if family.name.startswith("cheng") else 24)
    last = [m for m in net.g_a.modules() if isinstance(m, torch.nn.Conv2d) and m.stride == (2, 2)]
    last[-1].weight.data.mul_(40)  # or every symbol would be 0
    net.update(force=True)
    torch.save(net.state_dict(), f"{sys.argv[1]}/{family.name}.pth.tar")
"""


class Replay:
    """A codec that was given its file: all but the encoder is the real one's."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.stream = b""

    def encode(self, image: Any, parameters: Mapping[str, Any]) -> bytes:
        return self.stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codec, name)


def corrupted(data: bytes, chance: random.Random) -> bytes:
    """Cut, flip bits (every other time near the beginning), overwrite, repeat or drop a run."""
    wrong = bytearray(data)
    reach = min(len(wrong), 64) if chance.random() < 0.5 else len(wrong)
    at = chance.randrange(reach)
    run = chance.choice((1, 2, 4, 16, 64))
    match chance.randrange(5):
        case 0:
            del wrong[max(at, 1) :]
        case 1:
            for _ in range(chance.choice((1, 1, 2, 8, 32))):
                wrong[chance.randrange(reach)] ^= 1 << chance.randrange(8)
        case 2:
            fill = chance.choice((b"\0", b"\xff", b"\x7f", b"\x80"))
            wrong[at : at + run] = fill * len(wrong[at : at + run])
        case 3:
            wrong[at:at] = wrong[at : at + run]
        case _:
            del wrong[at : at + run]
    return bytes(wrong) or b"\0"


def checked_again(data: bytes) -> bytes:
    """A learned codec's file with the right checksum, so that the entropy decoder gets it."""
    body = data[:-4]
    return body + struct.pack(">I", zlib.crc32(body))


def outcome(codec: Replay, rung: int, image: Image) -> str:
    try:
        coded = code(codec, rung, image)
    except ColordegError as error:
        return cause(str(error))
    except Exception as error:
        return f"DEAD RUN: {type(error).__name__}: {error}"
    right = coded.decoded.shape == image.pixels.shape and coded.decoded.dtype == np.uint8
    return "a picture of the right size" if right else f"WRONG SHAPE: {coded.decoded.shape}"


def cause(text: str) -> str:
    for pattern in (r"was killed by \w+", r"did not end within", r"ran out of memory", r"left \d+"):
        if found := re.search(pattern, text):
            return f"the decoder {found[0]}"
    return "refused"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000, help="over all decoders")
    parser.add_argument("--codec", help="only these, comma-separated")
    parser.add_argument("--seed", type=int, default=0)
    # The first call of a worker imports its library, which a busy machine takes its time for.
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one call")
    parser.add_argument("--untrained", action="store_true", help="learned codecs, random weights")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return fuzz(options, Path(folder))


def fuzz(options: argparse.Namespace, folder: Path) -> int:
    registry = Registry()
    if options.untrained:
        subprocess.run([sys.executable, "-c", MAKE, folder], check=True)
        tables = {
            f"untrained-{name}": {"family": name, "weights": {"4": str(folder / f"{name}.pth.tar")}}
            for name in FAMILIES
        }
        registry.add_commands(tables, folder)
    wanted = options.codec.split(",") if options.codec else registry.ids
    names = [name for name in wanted if unavailable(registry.find(name)) is None]
    left_out = [name for name in wanted if name not in names]
    if left_out:
        print(f"not available here: {', '.join(left_out)}")
    # Forked now, before a codec or a metric has started a thread.
    registry.isolate(options.timeout, MEMORY)
    whole = resolve(["photos/astronaut-flag"], Path())[0].images[0]
    image = Image("crop", np.ascontiguousarray(whole.pixels[: CROP[0], : CROP[1]]))
    chance = random.Random(options.seed)
    total: Counter[str] = Counter()
    each = -(-options.streams // len(names))
    for name in names:
        codec = registry.get(name)
        good = {rung: codec.encode(image.pixels, codec.ladder[rung]) for rung in _some(codec)}
        replay, found = Replay(codec), Counter[str]()
        for turn in range(each):
            rung = chance.choice(list(good))
            replay.stream = corrupted(good[rung], chance)
            if replay.stream[:4] == b"CDLC" and turn % 4:
                replay.stream = checked_again(replay.stream)
            found[outcome(replay, rung, image)] += 1
        told = ", ".join(f"{count} {text}" for text, count in found.most_common())
        print(f"{name}: {told}", flush=True)
        total += found
    registry.close()
    dead = sum(count for text, count in total.items() if text.startswith("DEAD"))
    wrong = sum(count for text, count in total.items() if text.startswith("WRONG"))
    print(
        f"{sum(total.values())} corrupted streams over {len(names)} decoders: "
        f"{dead} dead runs, {wrong} wrong-shaped accepted"
    )
    return dead + wrong


def _some(codec: Codec) -> list[int]:
    rungs = sorted(codec.ladder)
    return sorted({rungs[0], rungs[len(rungs) // 2], rungs[-1]})


if __name__ == "__main__":
    sys.exit(main())
