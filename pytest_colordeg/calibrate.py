"""``colordeg calibrate``: which settings of a codec come nearest to given rates on a folder.

Run once for a codec; its result is pasted into a ladder and frozen there. Test
runs never search.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.ladders import RATES, Step
from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.codecs.registry import BUILT_IN, CLASSICAL
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

__all__ = ["FLOOR", "configure", "nearest_steps", "rate_function", "run"]

# A rate that a format cannot reach has no rung: at the end of its dial, a
# setting further than this from the rate does not stand in for it.
FLOOR = 0.10

_MOST_STEPS = 100_000


def nearest_steps(
    rate_of: Callable[[int | float], float],
    settings: Sequence[int | float],
    rates: Sequence[float] = RATES,
) -> dict[int, Step]:
    """Find the setting whose mean rate is nearest to each of the rates.

    Nearest by the logarithm of the ratio. Bisection, so `rate_of` should grow
    along `settings`; plateaus do no harm.

    Parameters
    ----------
    rate_of
        Setting to mean bits per pixel; called once for each setting looked at.
    settings
        From the smallest file to the largest.
    rates
        Bits per pixel, rung 1 first.

    Returns
    -------
    dict
        Rung to `Step`. A rate more than `FLOOR` beyond an end of the dial has no
        rung, nor has one whose nearest setting serves a nearer rate already.
    """
    known: dict[int, float] = {}

    def at(index: int) -> float:
        if index not in known:
            known[index] = rate_of(settings[index])
        return known[index]

    found: dict[int, Step] = {}
    for rung, rate in enumerate(rates, start=1):
        below, above = 0, len(settings) - 1
        while above - below > 1:
            middle = (below + above) // 2
            below, above = (middle, above) if at(middle) <= rate else (below, middle)
        best = min((below, above), key=lambda index: abs(math.log(at(index) / rate)))
        too_big = best == 0 and at(best) > rate * (1 + FLOOR)
        too_small = best == len(settings) - 1 and at(best) < rate * (1 - FLOOR)
        if too_big or too_small:
            continue
        found[rung] = Step(settings[best], at(best))
    return _one_rung_a_setting(found, rates)


def _one_rung_a_setting(found: dict[int, Step], rates: Sequence[float]) -> dict[int, Step]:
    nearest: dict[int | float, int] = {}
    for rung, step in found.items():
        other = nearest.get(step.value)
        if other is None or _distance(step, rates[rung - 1]) < _distance(step, rates[other - 1]):
            nearest[step.value] = rung
    return {rung: found[rung] for rung in sorted(nearest.values())}


def _distance(step: Step, rate: float) -> float:
    return abs(math.log(step.bpp / rate))


def rate_function(
    codec: Codec, dial: Dial, images: Sequence[Pixels], jobs: int = 2
) -> Callable[[int | float], float]:
    """Give the function from a setting to the mean bits per pixel over images.

    The mean is over images, of whole files: 8 × bytes ÷ pixels.
    """

    def bits_per_pixel(value: int | float) -> float:
        parameters = dial.parameters(value)

        def one(image: Pixels) -> float:
            return 8 * len(codec.encode(image, parameters)) / (image.shape[0] * image.shape[1])

        with ThreadPoolExecutor(jobs) as pool:
            return math.fsum(pool.map(one, images)) / len(images)

    return bits_per_pixel


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("folder", type=Path, help="folder of 8-bit RGB PNG files")
    parser.add_argument(
        "--codec", action="append", metavar="ID", help="calibrate this codec (repeatable)"
    )
    parser.add_argument(
        "--rates",
        type=_rates,
        default=RATES,
        metavar="BPP,BPP,...",
        help="bits per pixel to aim at, rung 1 first (default: the papers')",
    )
    parser.add_argument(
        "--dial",
        type=_dial,
        metavar="NAME=FROM:TO:STEP",
        help="parameter to vary, from the smallest file to the largest, such as "
        "distance=25:0.5:0.1; needed for your own codecs",
    )
    parser.add_argument("--jobs", type=int, default=2, help="threads (default: 2)")


def run(arguments: argparse.Namespace) -> int:
    """Calibrate and print each codec's ladder, ready to paste."""
    from pytest_colordeg.codecs.project import project_registry
    from pytest_colordeg.images.folder import folder_corpus

    if not arguments.folder.is_dir():
        raise ColordegError(f"{arguments.folder} is not a folder")
    registry = project_registry(Path.cwd())
    names = arguments.codec or CLASSICAL
    dials = {name: _dial_of(registry.get(name), arguments.dial) for name in names}
    sources = folder_corpus(arguments.folder).sources
    images = [source.image.pixels for source in sources]
    print(f"# {len(images)} images of {arguments.folder.name}, mean bits per pixel", flush=True)
    for name, dial in dials.items():
        rate_of = rate_function(registry.get(name), dial, images, max(1, arguments.jobs))
        steps = nearest_steps(rate_of, dial.steps, arguments.rates)
        style = frozen_lines if name in BUILT_IN and not arguments.dial else ladder_lines
        print("\n".join(style(name, dial, steps, arguments.rates)), flush=True)
    return 0


def frozen_lines(
    codec: str, dial: Dial, steps: Mapping[int, Step], rates: Sequence[float]
) -> Iterable[str]:
    """The lines of a ladder as `pytest_colordeg.codecs.ladders` holds it."""
    yield f'    "{codec}": {{  # {dial.name}'
    for rung, step in steps.items():
        yield f"        {rung}: Step({step.value!r}, {step.bpp:.4f}),  # {_off(step, rates, rung)}"
    yield "    },"
    yield from _missing(steps, rates)


def ladder_lines(
    codec: str, dial: Dial, steps: Mapping[int, Step], rates: Sequence[float]
) -> Iterable[str]:
    """The lines of a ladder as pyproject.toml holds it."""
    yield f"[tool.colordeg.codecs.{codec}.ladder]"
    for rung, step in steps.items():
        parameters = dial.parameters(step.value)
        inner = ", ".join(f"{key} = {_toml(value)}" for key, value in parameters.items())
        yield f"{rung} = {{{inner}}}  # {step.bpp:.4f} bpp, {_off(step, rates, rung)}"
    yield from _missing(steps, rates)


def _missing(steps: Mapping[int, Step], rates: Sequence[float]) -> Iterable[str]:
    for rung in sorted(set(range(1, len(rates) + 1)) - set(steps)):
        yield f"# no rung {rung}: {rates[rung - 1]:g} bpp is out of reach, or another rung's"


def _off(step: Step, rates: Sequence[float], rung: int) -> str:
    return f"{100 * (step.bpp / rates[rung - 1] - 1):+.1f} %"


def _toml(value: Scalar) -> str:
    # JSON's text, numbers and booleans are TOML's too.
    return json.dumps(value)


def _dial_of(codec: Codec, asked: tuple[str, tuple[int | float, ...]] | None) -> Dial:
    """The dial to turn: the one asked for, with the first rung's other parameters, or its own."""
    if asked is None:
        dial = getattr(codec, "dial", None)
        if not isinstance(dial, Dial):
            raise ColordegError(
                f"codec {codec.id} does not tell its dial; give it, such as "
                "--dial distance=25:0.5:0.1"
            )
        return dial
    name, steps = asked
    first = codec.ladder[min(codec.ladder)]
    if name not in first:
        raise ColordegError(f"codec {codec.id} has no parameter {name}; it has {', '.join(first)}")
    return Dial(name, steps, {key: value for key, value in first.items() if key != name})


def _dial(text: str) -> tuple[str, tuple[int | float, ...]]:
    name, _, span = text.partition("=")
    try:
        first, last, step = map(Decimal, span.split(":"))
        count = int(abs(last - first) / abs(step)) + 1
    except (ArithmeticError, ValueError):
        count = 0
    if not name or not 2 <= count <= _MOST_STEPS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a dial such as distance=25:0.5:0.1")
    toward = abs(step) if last > first else -abs(step)
    values = (first + index * toward for index in range(count))
    whole = all(number == int(number) for number in (first, step))
    return name, tuple(int(value) if whole else float(value) for value in values)


def _rates(text: str) -> tuple[float, ...]:
    try:
        rates = tuple(float(part) for part in text.split(","))
    except ValueError:
        rates = ()
    if not rates or not all(math.isfinite(rate) and rate > 0 for rate in rates):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list such as 0.13,0.21,0.32")
    return rates
