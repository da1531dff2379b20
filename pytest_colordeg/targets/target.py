"""A target: a metric, and the value that a codec should be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.values import is_number

__all__ = ["SHORT", "Target", "target"]

SHORT: Mapping[str, str] = {
    "delta_e00": "delta_e00.mean",
    "psnr": "psnr.rgb",
    "ssim": "ssim.rgb",
    "ms_ssim": "ms_ssim.rgb",
}
"""Names without a dot, which keyword arguments can have, and the metrics they stand for."""


@dataclass(frozen=True, slots=True)
class Target:
    """A metric of the registry and the value, over a corpus, to go to.

    Raises
    ------
    ColordegError
        If there is no such metric, it has no better direction and so cannot order a
        ladder, or the value is not a finite number (of a rate: above 0).
    """

    metric: str
    value: float

    def __post_init__(self) -> None:
        known = METRICS.get(self.metric)
        if known is None:
            raise ColordegError(
                f"no metric {self.metric!r} to aim at; such as bpp, {', '.join(SHORT)}"
            )
        if known.direction == "neutral":
            raise ColordegError(f"{self.metric} orders no ladder: it cannot be aimed at")
        if not is_number(self.value) or (self.is_rate and self.value <= 0):
            raise ColordegError(f"{self.metric} cannot be {self.value!r}")

    def __str__(self) -> str:
        return f"{self.metric} {self.value:g}"

    @property
    def is_rate(self) -> bool:
        """Whether it is about size: such metrics are interpolated by their logarithm."""
        return self.metric in ("bpp", "size_ratio")

    @property
    def rises(self) -> bool:
        """Whether the metric grows with the size of the file."""
        return self.is_rate or METRICS[self.metric].direction == "higher"


def target(wanted: Mapping[str, float]) -> Target:
    """Read one target from keyword arguments or a table: ``{"bpp": 0.5}``.

    Raises
    ------
    ColordegError
        If there is not exactly one, or it is no target.
    """
    if len(wanted) != 1:
        raise ColordegError(
            f"a target is one metric and its value, such as bpp=0.5; got {dict(wanted) or 'none'}"
        )
    ((name, value),) = wanted.items()
    return Target(SHORT.get(name, name), value)
