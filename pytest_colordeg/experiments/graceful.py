"""MacPherson, Canham, Brown, *Neural Image Compression and the Degradation of Color*.

The paper compares the numbers of unique (a*, b*) colours between rungs, and mean CIEDE2000
over the rate, of six learned codecs, JPEG, JPEG 2000 and JPEG XL.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pytest_colordeg.baselines.paired import paired
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.experiments.claim import Claim, LadderLike, NotTestableError, Study

__all__ = ["CLAIMS", "LEARNED"]

LEARNED = (
    "bmshj2018-factorized",
    "bmshj2018-hyperprior",
    "mbt2018-mean",
    "mbt2018",
    "cheng2020-anchor",
    "cheng2020-attn",
)
_CLASSICAL = ("jpeg", "jpeg2000", "jpegxl")


def _spread_is_lower(study: Study) -> tuple[bool, str]:
    """Mean over the lower half of the transitions of the std over images of each step."""
    spreads = {name: _low_spread(study.ladder(name)) for name in (*LEARNED, "jpeg")}
    holds = all(spreads[name] < spreads["jpeg"] for name in LEARNED)
    return holds, "std of a step at low rates: " + _listed(spreads, 1)


def _low_spread(ladder: LadderLike) -> float:
    steps = ladder.change().step_std
    low = steps[len(steps) // 2 :]
    return sum(low) / len(low)


def _jpeg_invents(study: Study) -> tuple[bool, str]:
    """Some transition, but for the last, takes the count above that of the best rung."""
    means = study.ladder("jpeg").change().mean
    text = ", ".join(f"{mean:+.0f}" for mean in means)
    return max(means[:-1]) > 0, f"JPEG, cumulative change by transition: {text}"


def _jpegxl_keeps_most(study: Study) -> tuple[bool, str]:
    """Of the classical codecs, the greatest cumulative change at the last transition.

    Where codecs add colours instead of losing them, the one that changes their number
    least is another matter, and is named.
    """
    last = _last({name: study.ladder(name) for name in _CLASSICAL})
    least = min(last, key=lambda name: abs(last[name]))
    text = f"down to the lowest rung: {_listed(last)}; the least change: {least}"
    return max(last, key=last.__getitem__) == "jpegxl", text


def _jpeg2000_beats_jpeg(study: Study) -> tuple[bool, str]:
    """The loss at the lowest rung, image by image; the interval of the difference is above 0."""
    losses = {}
    for name in ("jpeg2000", "jpeg"):
        rungs = study.ladder(name).rungs
        lowest, best = rungs[min(rungs)].rows, rungs[max(rungs)].rows
        losses[name] = {
            image: {"lost": _count(lowest[image]) - _count(best[image])} for image in lowest
        }
    found = paired("lost", losses["jpeg2000"], losses["jpeg"])
    if found is None:
        raise ColordegError("an experiment needs two images or more")
    return found.low > 0, f"colours that JPEG 2000 keeps more than JPEG: {found.text(0)}"


def _between_jpeg2000_and_learned(study: Study) -> tuple[bool, str]:
    last = _last({name: study.ladder(name) for name in (*LEARNED, "jpeg2000", "jpeg")})
    worst = min(last[name] for name in LEARNED)
    return worst > last["jpeg2000"] > last["jpeg"], "down to the lowest rung: " + _listed(last)


def _jpeg_colour_worse_than_psnr(study: Study) -> tuple[bool, str]:
    """At JPEG's lowest rate: how much larger its ΔE00 is than its RMS error, over others'."""
    jpeg = study.ladder("jpeg")
    rate, psnr = min(jpeg.curve("psnr.rgb"))
    delta = min(jpeg.curve("delta_e00.mean"))[1]
    parts, holds = [f"{rate:.2f} bpp: JPEG {delta:.2f} at {psnr:.2f} dB"], True
    for name in ("jpeg2000", "jpegxl"):
        other = study.ladder(name).at(bpp=rate, interpolate=True)
        colour = delta / _number(other["delta_e00.mean"])
        error = 10 ** ((_number(other["psnr.rgb"]) - psnr) / 20)
        holds = holds and colour > error
        parts.append(f"over {name} {colour:.2f} times the ΔE00, {error:.2f} times the RMS error")
    return holds, "; ".join(parts)


def _learned_ahead(study: Study) -> tuple[bool, str]:
    """At JPEG's lowest three rates every learned codec has a lower ΔE00 than each classical.

    A learned codec is judged at those of the rates that it reaches.
    """
    ladders = {name: study.ladder(name) for name in (*LEARNED, *_CLASSICAL)}
    rates = sorted(rate for rate, _ in ladders["jpeg"].curve("bpp"))[:3]
    holds, parts = True, []
    judged: set[str] = set()
    for rate in rates:
        found = {}
        for name, ladder in ladders.items():
            own = [bpp for bpp, _ in ladder.curve("bpp")]
            if name in _CLASSICAL or min(own) <= rate <= max(own):
                found[name] = _number(ladder.at(bpp=rate, interpolate=True)["delta_e00.mean"])
        best = min(found[name] for name in _CLASSICAL)
        judged |= found.keys()
        holds = holds and all(found[name] < best for name in LEARNED if name in found)
        parts.append(f"at {rate:.2f} bpp " + _listed(found, 2))
    if absent := [name for name in LEARNED if name not in judged]:
        raise NotTestableError(f"{', '.join(absent)} reaches none of JPEG's lowest rates")
    return holds, "; ".join(parts)


def _last(ladders: dict[str, LadderLike]) -> dict[str, float]:
    return {name: ladder.change().mean[-1] for name, ladder in ladders.items()}


def _count(row: object) -> float:
    assert isinstance(row, dict)
    return _number(row["unique_ab.count"])


def _number(value: object) -> float:
    if not isinstance(value, float) or not math.isfinite(value):
        raise ColordegError(f"{value} stands where a claim needs a number")
    return value


def _listed(values: dict[str, float], digits: int = 0) -> str:
    sign = "" if digits else "+"
    return ", ".join(f"{name} {value:{sign}.{digits}f}" for name, value in values.items())


CLAIMS: Sequence[Claim] = (
    Claim(
        "000-1",
        "the standard deviation of a transition is much lower for learned codecs than for JPEG, "
        "at low rates above all",
        _spread_is_lower,
    ),
    Claim("000-2", "in the middle of its rates JPEG adds unique a*b* colours", _jpeg_invents),
    Claim("000-3", "JPEG XL keeps most unique a*b* colours at its lowest rate", _jpegxl_keeps_most),
    Claim(
        "000-4", "JPEG 2000 keeps significantly more unique colours than JPEG", _jpeg2000_beats_jpeg
    ),
    Claim(
        "000-5",
        "learned codecs lose fewer unique colours than JPEG 2000, and that fewer than JPEG",
        _between_jpeg2000_and_learned,
    ),
    Claim(
        "000-6",
        "at low rates JPEG's colours are further behind by ΔE00 than by PSNR",
        _jpeg_colour_worse_than_psnr,
    ),
    Claim(
        "000-7", "learned codecs have the lower ΔE00 at low and comparable rates", _learned_ahead
    ),
)
