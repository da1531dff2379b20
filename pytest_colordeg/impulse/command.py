"""``colordeg impulse``: what each latent channel of a learned codec draws, and what it costs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from pytest_colordeg.codecs.neural.codec import NeuralCodec
    from pytest_colordeg.impulse.response import Impulses

__all__ = ["configure", "run", "table"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = parser.add_argument
    add("codec", metavar="CODEC", help="a learned codec, built-in or of this project")
    add("image", type=Path, metavar="IMAGE", help="the picture that it codes")
    add("--rung", type=int, metavar="N", help="of its ladder (default: the highest)")
    add("--out", type=Path, default=Path(), metavar="DIR", help="where files are written (here)")
    add("--channels", type=int, metavar="N", help="draw only the first N of each branch")
    add(
        "--scale",
        choices=("common", "each"),
        default="common",
        help="one scale of the change for all tiles, or one for each (common)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the picture as SVG and PNG, the ranking as CSV, and say what the bits are."""
    from pytest_colordeg.codecs.project import project_registry
    from pytest_colordeg.images.folder import image_name
    from pytest_colordeg.images.load import load_image

    if arguments.channels is not None and arguments.channels < 1:
        raise ColordegError("--channels must be at least 1")
    codec = _learned(project_registry(Path.cwd()).get(arguments.codec), arguments.codec)
    rungs = sorted(codec.ladder)
    rung = rungs[-1] if arguments.rung is None else arguments.rung
    if rung not in rungs:
        raise ColordegError(f"{codec.id} has no rung {rung}; it has {', '.join(map(str, rungs))}")
    pixels = load_image(arguments.image)

    from pytest_colordeg.baselines.files import write
    from pytest_colordeg.impulse.figure import draw
    from pytest_colordeg.impulse.response import impulses
    from pytest_colordeg.report.figures import save

    found = impulses(codec, rung, pixels)
    name = f"impulse-{codec.id}-r{rung}-{image_name(arguments.image)}"
    title = f"{codec.id}, rung {rung}, {image_name(arguments.image)}"
    paths = save(draw(found, title, arguments.scale, arguments.channels), arguments.out, name)
    paths.append(paths[0].with_suffix(".csv"))
    write(paths[-1], "".join(f"{line}\n" for line in table(found)).encode())
    for line in _summary(found):
        print(line)
    for path in paths:
        print(path)
    return 0


def _learned(codec: object, name: str) -> NeuralCodec:
    from pytest_colordeg.codecs.neural.codec import NeuralCodec

    if not isinstance(codec, NeuralCodec):
        raise ColordegError(f"{name} is no learned codec: it has no latent channels")
    return codec


def table(found: Impulses) -> Iterator[str]:
    """The ranking as lines of CSV: each channel's bits, share, running share, amplitude."""
    yield "branch,channel,bits,share,cumulative,amplitude"
    running = accumulate(channel.bits for channel in found.channels)
    for channel, total in zip(found.channels, running, strict=True):
        yield (
            f"{channel.branch},{channel.index},{channel.bits:.1f},{channel.bits / found.bits:.5f},"
            f"{total / found.bits:.5f},{channel.amplitude:.3f}"
        )
    yield f"side,,{found.side_bits:.1f},{found.side_bits / found.bits:.5f},1.00000,"


def _summary(found: Impulses) -> Iterator[str]:
    for name in found.branches:
        channels = found.of(name)
        bits = sum(channel.bits for channel in channels)
        half = next(
            place
            for place, total in enumerate(accumulate(channel.bits for channel in channels), 1)
            if total >= bits / 2
        )
        yield (
            f"{name or 'latents'}: {len(channels)} channels, {bits / found.pixels:.4f} bpp, "
            f"half of it in {half}"
        )
    yield f"side information: {found.side_bits / found.pixels:.4f} bpp"
