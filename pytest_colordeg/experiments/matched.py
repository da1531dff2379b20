"""Ivanova, *Image compression: convolutional neural networks vs. JPEG* (2022).

The article brings each codec near an SSIM of 0.97 and compares what it calls the compression
coefficient N: bytes × 8 ÷ 1,327,104, the number of samples of its 768 x 576 images. It says
bits for those bytes, so N is 8 times the true ratio and a third of the bits per pixel. Its
tables, lost from the text, stand in the author's notebooks (yustiks/video_compression).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.experiments.claim import Claim, NotTestableError, Study
from pytest_colordeg.targets.crossing import Step

__all__ = ["ARTICLE", "CLAIMS", "SSIM", "Row", "coefficient", "nearest", "true_ratio"]

SSIM = 0.97
_FAR = 0.01
_BETTER = ("bmshj2018-factorized-msssim", "mbt2018-mean-msssim")


@dataclass(frozen=True, slots=True)
class Row:
    """A method in the article: mean SSIM, PSNR in dB and N over its ten images."""

    ssim: float
    psnr: float
    n: float


ARTICLE: Mapping[str, Row] = {
    "JPEG, quality 60": Row(0.9708, 36.80, 0.2883),
    "b2018-gdn-128-4": Row(0.9697, 35.88, 0.2927),
    "bmshj2018-factorized-msssim-6": Row(0.9707, 35.12, 0.2302),
    "mbt2018-mean-msssim-5": Row(0.9640, 34.43, 0.1355),
}


def coefficient(bpp: float) -> float:
    """The article's N of a rate: a third of the bits per pixel, for three channels."""
    return bpp / 3


def true_ratio(bpp: float) -> float:
    """Compressed over uncompressed bytes at 24 bits per pixel: N ÷ 8."""
    return bpp / 24


def nearest(study: Study, codec: str) -> Step:
    """The setting of a codec whose mean SSIM is nearest to 0.97, as the article chooses.

    Raises
    ------
    NotTestableError
        If it is further than 0.01 from it.
    """
    try:
        found = study.ladder(codec).at(ssim=SSIM)
    except NotTestableError:
        raise
    except ColordegError as error:
        raise NotTestableError(str(error)) from None
    step = min((found.below, found.above), key=lambda step: abs(_of(step, "ssim.rgb") - SSIM))
    if abs(_of(step, "ssim.rgb") - SSIM) > _FAR:
        raise NotTestableError(f"{codec}: no setting is within {_FAR} of an SSIM of {SSIM}")
    return step


def shown(codec: str, step: Step) -> str:
    """A setting in the article's terms and in true ones."""
    bpp = _of(step, "bpp")
    return (
        f"{codec} {step.label}: SSIM {_of(step, 'ssim.rgb'):.4f}, PSNR {_of(step, 'psnr.rgb'):.2f}"
        f" dB, N {coefficient(bpp):.4f}, true ratio {true_ratio(bpp):.4f}, {bpp:.3f} bpp"
    )


def _of(step: Step, metric: str) -> float:
    value = step.values[metric]
    if not isinstance(value, float):
        raise ColordegError(f"{step.label}: {metric} is {value}")
    return value


def _table_is_consistent(study: Study) -> tuple[bool, str]:
    """The order of the article's N is the order of its conclusions, in any scale."""
    order = sorted(ARTICLE, key=lambda name: ARTICLE[name].n)
    text = ", ".join(
        f"{name}: N {row.n}, {3 * row.n:.3f} bpp, true ratio {row.n / 8:.4f}"
        for name, row in ARTICLE.items()
    )
    said = ["mbt2018-mean-msssim-5", "bmshj2018-factorized-msssim-6", "JPEG, quality 60"]
    return order == [*said, "b2018-gdn-128-4"], text


def _smaller_than_jpeg(codec: str, study: Study) -> tuple[bool, str]:
    ours, jpeg = nearest(study, codec), nearest(study, "jpeg")
    text = f"{shown(codec, ours)}; {shown('jpeg', jpeg)}"
    return _of(ours, "bpp") < _of(jpeg, "bpp"), text


def _jpeg_has_the_psnr(study: Study) -> tuple[bool, str]:
    steps = {name: nearest(study, name) for name in ("jpeg", *_BETTER)}
    best = max(steps, key=lambda name: _of(steps[name], "psnr.rgb"))
    return best == "jpeg", "; ".join(shown(*item) for item in steps.items())


def _b2018(study: Study) -> tuple[bool, str]:
    smaller, text = _smaller_than_jpeg("b2018-gdn-128", study)
    return not smaller, text


def _larger_than_learned(codec: str, study: Study) -> tuple[bool, str]:
    """Against both of the article's better networks; the point itself is told in any case."""
    point = nearest(study, codec)
    try:
        learned = {name: nearest(study, name) for name in _BETTER}
    except NotTestableError as why:
        raise NotTestableError(f"{shown(codec, point)}; {why}") from None
    text = "; ".join(shown(*item) for item in {codec: point, **learned}.items())
    return all(_of(step, "bpp") < _of(point, "bpp") for step in learned.values()), text


CLAIMS: Sequence[Claim] = (
    Claim(
        "001-1",
        "by its tables mbt2018-mean, then bmshj2018-factorized need fewer bytes than JPEG, "
        "b2018-gdn-128 more",
        _table_is_consistent,
    ),
    Claim(
        "001-2",
        "at SSIM 0.97 bmshj2018-factorized (MS-SSIM) needs fewer bytes than JPEG",
        partial(_smaller_than_jpeg, "bmshj2018-factorized-msssim"),
    ),
    Claim(
        "001-3",
        "at SSIM 0.97 mbt2018-mean (MS-SSIM) needs fewer bytes than JPEG",
        partial(_smaller_than_jpeg, "mbt2018-mean-msssim"),
    ),
    Claim("001-4", "at SSIM 0.97 b2018-gdn-128 needs more bytes than JPEG", _b2018),
    Claim("001-5", "at SSIM 0.97 JPEG has the highest PSNR", _jpeg_has_the_psnr),
    *(
        Claim(
            f"001-6-{codec}",
            f"at SSIM 0.97 classical codecs need more bytes than both of them: {codec}",
            partial(_larger_than_learned, codec),
        )
        for codec in ("jpeg", "jpeg2000", "jpegxl", "webp", "avif", "heic", "vvc")
    ),
)
