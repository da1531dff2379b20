"""What a metric is: a named number with a definition, a direction and a tolerance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_colordeg.values import Value

if TYPE_CHECKING:
    from pytest_colordeg.metrics.pair import Pair

__all__ = ["Aggregate", "Direction", "Metric", "Tolerance"]

Direction: TypeAlias = Literal["lower", "higher", "neutral"]
Aggregate: TypeAlias = Literal["mean", "max"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far from the baseline still passes.

    Attributes
    ----------
    abs, rel
        Over a corpus ``|now - base| <= max(abs, rel * |base|)`` passes.
    image_factor
        For a single image both bounds are multiplied by this, at least 1.
    """

    abs: float
    rel: float = 0.0
    image_factor: float = 3.0

    def allowed(self, base: float, *, image: bool = False) -> float:
        """Greatest difference from `base` that passes, for a corpus or one image."""
        bound = max(self.abs, self.rel * abs(base))
        return bound * self.image_factor if image else bound


@dataclass(frozen=True, slots=True)
class Metric:
    """One number about an original and its decoded image.

    Attributes
    ----------
    name
        Dotted, lower case; what baselines, limits and tests call it.
    definition
        All that two values must share to be comparable: constants, bins, rounding,
        window. Stored in baselines; a different text is incomparable.
    unit
        Short, may be empty.
    direction
        Which way is better; ``neutral`` metrics are gated on both sides.
    aggregate
        How per-image values become one over a corpus.
    gated
        Whether it is compared with the baseline unless settings say otherwise.
    tolerance
        The default one.
    digits
        Decimals stored in a baseline.
    compute
        From a `Pair` to the value.
    files
        For metrics from outside this package: files whose content decides the value,
        such as the module that defines it. Cells are cached only when every such
        metric names them.
    """

    name: str
    definition: str
    unit: str
    direction: Direction
    aggregate: Aggregate
    gated: bool
    tolerance: Tolerance
    digits: int
    compute: Callable[[Pair], Value]
    files: tuple[str, ...] = ()
