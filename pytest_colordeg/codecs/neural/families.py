"""The six families and their ids: facts only, so that ids and ladders cost no import of torch.

Widths and Lagrange multipliers are those of CompressAI's model zoo (docs/source/zoo.rst).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "FAMILIES",
    "IDS",
    "METRICS",
    "MSE_LAMBDA",
    "MS_SSIM_LAMBDA",
    "Family",
    "learned_id",
    "parse_id",
]

# By quality number, from 1.
MSE_LAMBDA = (0.0018, 0.0035, 0.0067, 0.0130, 0.0250, 0.0483, 0.0932, 0.1800)
MS_SSIM_LAMBDA = (2.40, 4.58, 8.73, 16.64, 31.73, 60.50, 115.37, 220.00)

METRICS = ("mse", "ms-ssim")
_SUFFIX = "-msssim"


@dataclass(frozen=True)
class Family:
    """One architecture.

    Attributes
    ----------
    name
        CompressAI's name of it.
    number
        Its number in our container; never given to another family.
    widths
        (N, M) of the zoo's networks by quality number, from 1.
    stride
        Images are padded to a multiple of it.
    strings
        Number of entropy-coded strings an image.
    context
        Whether a latent's distribution depends on its decoded neighbours.
    """

    name: str
    number: int
    widths: tuple[tuple[int, int], ...]
    stride: int
    strings: int
    context: bool

    @property
    def qualities(self) -> range:
        """CompressAI's quality numbers."""
        return range(1, len(self.widths) + 1)


def _widths(*runs: tuple[int, int, int]) -> tuple[tuple[int, int], ...]:
    return tuple((n, m) for n, m, times in runs for _ in range(times))


_CHENG = _widths((128, 128, 3), (192, 192, 3))
_BALLE = _widths((128, 192, 5), (192, 320, 3))

FAMILIES = {
    family.name: family
    for family in (
        Family("bmshj2018-factorized", 1, _BALLE, 16, 1, False),
        Family("bmshj2018-hyperprior", 2, _BALLE, 64, 2, False),
        Family("mbt2018-mean", 3, _widths((128, 192, 4), (192, 320, 4)), 64, 2, False),
        Family("mbt2018", 4, _widths((192, 192, 4), (192, 320, 4)), 64, 2, True),
        Family("cheng2020-anchor", 5, _CHENG, 64, 2, True),
        Family("cheng2020-attn", 6, _CHENG, 64, 2, True),
    )
}


def learned_id(family: str, metric: str) -> str:
    """The codec id of a family trained for a metric."""
    return family if metric == "mse" else family + _SUFFIX


def parse_id(name: str) -> tuple[Family, str] | None:
    """Family and metric of a built-in id; ``None`` for any other."""
    family = FAMILIES.get(name.removesuffix(_SUFFIX))
    if family is None:
        return None
    return family, METRICS[name.endswith(_SUFFIX)]


IDS = tuple(learned_id(family, metric) for metric in METRICS for family in FAMILIES)
