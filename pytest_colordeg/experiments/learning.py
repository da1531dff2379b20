"""Prativadibhayankaram and others, *Color Learning for Image Compression* (2023).

Figure 2 of the paper compares rate-distortion curves on Kodak: the paper's own model,
bmshj2018, cheng2020, JPEG and VVC. What can be read of the paper here are its abstract and
captions, so the claims are those.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.experiments.claim import Claim, NotTestableError, Study
from pytest_colordeg.metrics.bjontegaard import bd_quality, bd_rate
from pytest_colordeg.values import NotApplicable

__all__ = ["CLAIMS"]

# Name, digits to show, and whether lower is better.
_METRICS = {
    "psnr.rgb": ("PSNR", 2, False),
    "ms_ssim.rgb": ("MS-SSIM", 4, False),
    "delta_e00.mean": ("ΔE00", 2, True),
}


def _ahead(codec: str, anchor: str, metrics: Sequence[str], study: Study) -> tuple[bool, str]:
    """At equal rate, on average over the rates of both: better by each metric.

    The rate saved at equal quality is told as well, where the curves have enough of
    their quality in common.
    """
    test, base = study.ladder(codec), study.ladder(anchor)
    holds, parts = True, []
    for metric in metrics:
        name, digits, lower = _METRICS[metric]
        curves = base.curve(metric), test.curve(metric)
        gain = bd_quality(*curves, lower_is_better=lower)
        if isinstance(gain, NotApplicable):
            raise NotTestableError(f"{codec} against {anchor} by {metric}: {gain.reason}")
        holds = holds and (gain < 0 if lower else gain > 0)
        rate = bd_rate(*curves, lower_is_better=lower)
        saved = "rate n/a" if isinstance(rate, NotApplicable) else f"rate {rate:+.1f} %"
        parts.append(f"{name} {gain:+.{digits}f} ({saved})")
    points = ", ".join(_at(study, name) for name in (codec, anchor))
    return holds, f"{codec} over {anchor} by Bjontegaard: {', '.join(parts)}; {points}"


def _at(study: Study, codec: str) -> str:
    """A codec at 0.4 bpp, where the paper shows its patches."""
    found = study.ladder(codec).at(bpp=0.4, interpolate=True)
    delta, psnr = found["delta_e00.mean"], found["psnr.rgb"]
    if not isinstance(delta, float) or not isinstance(psnr, float):
        raise ColordegError(f"{found}: ΔE00 {delta}, PSNR {psnr}")
    return f"{codec} at 0.4 bpp: ΔE00 {delta:.2f}, {psnr:.2f} dB"


_ALL = tuple(_METRICS)

CLAIMS: Sequence[Claim] = (
    Claim("003-1", "VVC is ahead of JPEG", partial(_ahead, "vvc", "jpeg", _ALL)),
    Claim(
        "003-2",
        "learned codecs are ahead of JPEG: bmshj2018",
        partial(_ahead, "bmshj2018-hyperprior", "jpeg", _ALL),
    ),
    Claim(
        "003-3",
        "learned codecs are ahead of JPEG: cheng2020",
        partial(_ahead, "cheng2020-attn", "jpeg", _ALL),
    ),
    Claim(
        "003-4",
        "the two-branch model is competitive with JPEG",
        partial(_ahead, "color-learning", "jpeg", _ALL),
    ),
    Claim(
        "003-5",
        "its colours are more faithful than those of learned codecs without ΔE00 in the loss",
        partial(_ahead, "color-learning", "cheng2020-attn", ("delta_e00.mean",)),
    ),
    Claim(
        "003-6",
        "its colours are more faithful than VVC's",
        partial(_ahead, "color-learning", "vvc", ("delta_e00.mean",)),
    ),
)
