"""The families and their ids: facts only, so that ids and ladders cost no import of torch.

Widths and Lagrange multipliers of six are those of CompressAI's model zoo
(docs/source/zoo.rst). ``b2018-gdn-128`` has the widths of Balle, "Efficient Nonlinear
Transforms for Lossy Image Compression" (PCS 2018), as TensorFlow's model of that name.
``color-learning`` is our reconstruction of Prativadibhayankaram et al., "Color Learning for
Image Compression" (ICIP 2023), see `branches`. Lagrange multipliers of both are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "FAMILIES",
    "IDS",
    "METRICS",
    "MSE_LAMBDA",
    "MS_SSIM_LAMBDA",
    "Branch",
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
class Branch:
    """One of the networks side by side that code planes of a colour space.

    Attributes
    ----------
    name
        Of what it codes.
    planes
        How many of the three planes it has.
    share
        Its channels over those that the family's widths name.
    """

    name: str
    planes: int
    share: float

    def width(self, channels: int) -> int:
        """Its channels where the family has that many."""
        return int(channels * self.share)


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
    like
        The family whose network this one has, in other widths.
    lambdas
        Lagrange multipliers by quality number, where they are not CompressAI's.
    space, branches
        The colour space whose planes are coded apart, and by what.
    metrics
        The distortions that it is trained for.
    """

    name: str
    number: int
    widths: tuple[tuple[int, int], ...]
    stride: int
    strings: int
    context: bool
    like: str = ""
    lambdas: tuple[float, ...] = ()
    space: str = ""
    branches: tuple[Branch, ...] = ()
    metrics: tuple[str, ...] = METRICS

    @property
    def qualities(self) -> range:
        """CompressAI's quality numbers."""
        return range(1, len(self.widths) + 1)

    @property
    def published(self) -> bool:
        """Whether CompressAI publishes weights of it."""
        return not (self.like or self.branches)


def _widths(*runs: tuple[int, int, int]) -> tuple[tuple[int, int], ...]:
    return tuple((n, m) for n, m, times in runs for _ in range(times))


_CHENG = _widths((128, 128, 3), (192, 192, 3))
_BALLE = _widths((128, 192, 5), (192, 320, 3))
_COLOR = {
    "yuv": (Branch("luma", 1, 1.0), Branch("chroma", 2, 0.5)),
    "lab": (Branch("lightness", 1, 1.0), Branch("opponent", 2, 0.5)),
    "rgb": (Branch("rgb", 3, 1.5),),
}


def _color(name: str, number: int, space: str) -> Family:
    branches = _COLOR[space]
    return Family(
        name,
        number,
        _widths((128, 128, 4)),
        64,
        2 * len(branches),
        context=False,
        lambdas=(0.0018, 0.0043, 0.0104, 0.0250),
        space=space,
        branches=branches,
        metrics=("mse",),
    )


FAMILIES = {
    family.name: family
    for family in (
        Family("bmshj2018-factorized", 1, _BALLE, 16, 1, False),
        Family("bmshj2018-hyperprior", 2, _BALLE, 64, 2, False),
        Family("mbt2018-mean", 3, _widths((128, 192, 4), (192, 320, 4)), 64, 2, False),
        Family("mbt2018", 4, _widths((192, 192, 4), (192, 320, 4)), 64, 2, True),
        Family("cheng2020-anchor", 5, _CHENG, 64, 2, True),
        Family("cheng2020-attn", 6, _CHENG, 64, 2, True),
        Family(
            "b2018-gdn-128",
            7,
            _widths((128, 128, 4)),
            16,
            1,
            context=False,
            like="bmshj2018-factorized",
            lambdas=(0.0018, 0.0054, 0.0161, 0.0483),
            metrics=("mse",),
        ),
        _color("color-learning", 8, "yuv"),
        _color("color-learning-lab", 9, "lab"),
        _color("color-learning-rgb", 10, "rgb"),
    )
}


def learned_id(family: str, metric: str) -> str:
    """The codec id of a family trained for a metric."""
    return family if metric == "mse" else family + _SUFFIX


def parse_id(name: str) -> tuple[Family, str] | None:
    """Family and metric of a built-in id; ``None`` for any other."""
    family = FAMILIES.get(name.removesuffix(_SUFFIX))
    metric = METRICS[name.endswith(_SUFFIX)]
    if family is None or metric not in family.metrics:
        return None
    return family, metric


IDS = tuple(
    learned_id(family.name, metric)
    for metric in METRICS
    for family in FAMILIES.values()
    if metric in family.metrics
)
