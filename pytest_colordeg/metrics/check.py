"""What a metric must be to be registered."""

from __future__ import annotations

import math
import re
from typing import get_args

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.metrics.model import Aggregate, Direction, Metric, Tolerance

__all__ = ["check_metric"]

_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


def check_metric(metric: object, origin: str) -> None:
    """Refuse what cannot be computed, gated or stored.

    Raises
    ------
    ColordegError
        Naming `origin` and the first attribute that is wrong.
    """
    if not isinstance(metric, Metric):
        raise ColordegError(
            f"{origin}: {metric!r} is not a metric; a hook returns a list of pytest_colordeg.Metric"
        )
    for name, right, wanted in _rules(metric):
        if not right:
            found = getattr(metric, name)
            raise ColordegError(
                f"{origin}: metric {metric.name!r}: {name} is {found!r}; expected {wanted}"
            )


def _rules(metric: Metric) -> list[tuple[str, bool, str]]:
    digits, bound = metric.digits, metric.tolerance
    return [
        ("name", _is_text(metric.name) and bool(_NAME.fullmatch(metric.name)),
         "lower-case letters, digits and '_', parts joined by dots"),
        ("definition", _is_text(metric.definition) and metric.definition.isprintable()
         and bool(metric.definition.strip()), "a line that says how it is computed"),
        ("unit", _is_text(metric.unit) and metric.unit.isprintable(), "text, which may be empty"),
        ("direction", metric.direction in get_args(Direction), "lower, higher or neutral"),
        ("aggregate", metric.aggregate in get_args(Aggregate), "mean or max"),
        ("gated", isinstance(metric.gated, bool), "True or False"),
        ("tolerance", isinstance(bound, Tolerance) and _holds(bound),
         "a Tolerance of finite numbers from 0 up, with image_factor from 1 up"),
        ("digits", type(digits) is int and 0 <= digits <= 15, "a whole number from 0 to 15"),
        ("compute", callable(metric.compute), "a function of a Pair"),
    ]  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _holds(bound: Tolerance) -> bool:
    numbers = (bound.abs, bound.rel, bound.image_factor)
    if not all(isinstance(n, int | float) and math.isfinite(n) for n in numbers):
        return False
    return bound.abs >= 0 and bound.rel >= 0 and bound.image_factor >= 1
