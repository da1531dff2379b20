"""Prativadibhayankaram and others, *Color Learning for Image Compression* (2023).

Figure 2 of the paper compares rate-distortion curves on Kodak: the paper's own model,
bmshj2018, cheng2020, JPEG and VVC. What can be read of the paper here are its abstract and
captions, so the claims are those.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.experiments.claim import Claim, Study
from pytest_colordeg.metrics.bjontegaard import bd_rate
from pytest_colordeg.values import NotApplicable

__all__ = ["CLAIMS"]

_METRICS = {"psnr.rgb": False, "ms_ssim.rgb": False, "delta_e00.mean": True}


def _saves(codec: str, anchor: str, metrics: Sequence[str], study: Study) -> tuple[bool, str]:
    """BD-rate against an anchor, by each metric; holds where all are below zero."""
    test, base = study.ladder(codec), study.ladder(anchor)
    rates = {}
    for metric in metrics:
        value = bd_rate(base.curve(metric), test.curve(metric), lower_is_better=_METRICS[metric])
        if isinstance(value, NotApplicable):
            raise ColordegError(f"{codec} against {anchor} by {metric}: {value.reason}")
        rates[metric] = value
    text = ", ".join(f"{metric} {rate:+.1f} %" for metric, rate in rates.items())
    point = ", ".join(_at(study, name) for name in (codec, anchor))
    return max(rates.values()) < 0, f"BD-rate {codec} over {anchor}: {text}; {point}"


def _at(study: Study, codec: str) -> str:
    """A codec at 0.4 bpp, where the paper shows its patches."""
    found = study.ladder(codec).at(bpp=0.4, interpolate=True)
    delta, psnr = found["delta_e00.mean"], found["psnr.rgb"]
    if not isinstance(delta, float) or not isinstance(psnr, float):
        raise ColordegError(f"{found}: ΔE00 {delta}, PSNR {psnr}")
    return f"{codec} at 0.4 bpp: ΔE00 {delta:.2f}, {psnr:.2f} dB"


_ALL = tuple(_METRICS)

CLAIMS: Sequence[Claim] = (
    Claim("003-1", "VVC is ahead of JPEG", partial(_saves, "vvc", "jpeg", _ALL)),
    Claim(
        "003-2",
        "learned codecs are ahead of JPEG: bmshj2018",
        partial(_saves, "bmshj2018-hyperprior", "jpeg", _ALL),
    ),
    Claim(
        "003-3",
        "learned codecs are ahead of JPEG: cheng2020",
        partial(_saves, "cheng2020-attn", "jpeg", _ALL),
    ),
    Claim(
        "003-4",
        "the two-branch model is competitive with JPEG",
        partial(_saves, "color-learning", "jpeg", _ALL),
    ),
    Claim(
        "003-5",
        "its colours are more faithful than those of learned codecs without ΔE00 in the loss",
        partial(_saves, "color-learning", "cheng2020-attn", ("delta_e00.mean",)),
    ),
    Claim(
        "003-6",
        "its colours are more faithful than VVC's",
        partial(_saves, "color-learning", "vvc", ("delta_e00.mean",)),
    ),
)
