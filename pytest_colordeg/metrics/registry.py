"""All metrics, by name, in a stable order; and the way to add one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics import (
    ab_hull,
    chroma_shift,
    delta_e00,
    ms_ssim,
    psnr,
    rate,
    ssim,
    unique_ab,
)
from pytest_colordeg.metrics.check import check_metric
from pytest_colordeg.metrics.model import Aggregate, Direction, Metric, Tolerance

__all__ = ["METRICS", "Aggregate", "Direction", "Metric", "Tolerance", "register", "unregister"]

_FAMILIES = (delta_e00, chroma_shift, unique_ab, ab_hull, psnr, ssim, ms_ssim, rate)
_METRICS: dict[str, Metric] = {
    metric.name: metric for metric in chain.from_iterable(family.METRICS for family in _FAMILIES)
}

METRICS: Mapping[str, Metric] = MappingProxyType(_METRICS)
"""Name to metric: the built-in ones in the order of the families, then registered ones."""


def register(metric: Metric, origin: str = "register") -> None:
    """Add a metric; it is computed for every cell from then on.

    Parameters
    ----------
    origin
        Who brings it, for errors: ``conftest.py``.

    Raises
    ------
    ColordegError
        If it is no metric, or another one has its name. The same again is no error.
    """
    check_metric(metric, origin)
    known = _METRICS.get(metric.name)
    if known is not None and known != metric:
        raise ColordegError(
            f"{origin}: there is a metric {metric.name!r} already: give yours another name"
        )
    _METRICS[metric.name] = metric


def unregister(name: str) -> None:
    """Take a registered metric out again.

    Raises
    ------
    ColordegError
        If there is none of that name.
    """
    if _METRICS.pop(name, None) is None:
        raise ColordegError(f"there is no metric {name!r}")
