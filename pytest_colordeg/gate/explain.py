"""Where every setting and tolerance came from, and what a run was made with."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest_colordeg
from pytest_colordeg.baselines.specs import Override, allowance
from pytest_colordeg.gate.judge import Gate
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.options import OPTIONS

__all__ = ["explain", "run_header"]

_PACKAGES = ("pytest", "numpy", "scipy", "scikit-image", "imagecodecs", "numba", "pytest-xdist")


def explain(gate: Gate) -> list[str]:
    """Lines of ``--colordeg-explain``: each setting with its origin, each gated tolerance."""
    settings = gate.settings
    lines = ["colordeg settings:"]
    for option in OPTIONS:
        value = getattr(settings, option.dest.removeprefix("colordeg_"))
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        shown = "-" if shown in (None, "") else shown
        lines.append(f"  {option.name:<11} {shown!s:<34} {settings.origins[option.name]}")
    lines.append("colordeg tolerances, of gated metrics (an image may move image_factor as far):")
    lines += _tolerances(gate)
    return lines


def _tolerances(gate: Gate) -> Iterator[str]:
    """The defaults, then what limits.yaml sets for a codec."""
    for name, metric in METRICS.items():
        if metric.gated:
            yield _tolerance("*", name, None, "default")
    where = f"{gate.store.folder.name}/limits.yaml"
    for codec in gate.settings.codec or gate.registry.default_ids():
        for entry in gate.limits.tolerances:
            if any(
                entry.scope.covers(codec, corpus) for corpus in (*entry.scope.corpora, "photos")
            ):
                for name, override in entry.metrics.items():
                    yield _tolerance(codec, name, override, where)


def _tolerance(codec: str, name: str, override: Override | None, origin: str) -> str:
    metric = METRICS[name]
    allowed = allowance(metric, override, metric.digits)
    gated = "" if allowed.gated else ", not gated"
    return (
        f"  {codec:<12} {name:<18} abs {allowed.abs:g}, rel {allowed.rel:g}, "
        f"image_factor {allowed.image_factor:g}{gated}  {origin}"
    )


def run_header(started: datetime) -> dict[str, Any]:
    """Time, place and versions of a run; kept apart from its records, which never depend on it."""
    versions = {"pytest-colordeg": pytest_colordeg.__version__}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "schema": 1,
        "started": started.isoformat(timespec="seconds"),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": versions,
    }
