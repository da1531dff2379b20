"""The address of a cell in the cache: a digest of everything that decides its values."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest_colordeg
from pytest_colordeg.codecs.digest import file_digest
from pytest_colordeg.codecs.fingerprint import fingerprint
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.color.backend import default_backend
from pytest_colordeg.guard import guarded_facts
from pytest_colordeg.metrics.model import Metric
from pytest_colordeg.metrics.registry import METRICS

__all__ = ["cell_key", "code_state", "measuring", "point_key"]

_SOURCES = ("codecs", "color", "metrics", "sweep")
_PACKAGES = ("numpy", "scipy", "scikit-image", "numba", "llvmlite", "imagecodecs")
# They choose vector instructions, which move the last digits.
_SWITCHES = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NPY_DISABLE_CPU_FEATURES",
             "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "JSIMD_FORCENONE", "JSIMD_FORCESSE2",
             "AOM_SIMD_CAPS")  # fmt: skip


def point_key(codec: Codec, rung: int, device: str, how: str | None) -> str | None:
    """Digest of codec, rung and `how` (see `measuring`); ``None`` where nothing must be kept.

    That is when the codec does not tell what decides its results, or a metric does not.
    """
    parameters = dict(codec.ladder[rung])
    found = fingerprint(codec, parameters)
    if found is None or how is None:
        return None
    kind = type(codec)
    what = {
        "codec": [codec.id, kind.__module__, kind.__qualname__, device],
        "parameters": parameters,
        "expected": guarded_facts("expected", codec.expected, parameters),
        "provenance": guarded_facts("provenance", codec.provenance),
        "fingerprint": dict(found),
        "measuring": how,
    }
    return _digest(json.dumps(what, sort_keys=True, allow_nan=False))


def cell_key(point: str, image_sha256: str) -> str:
    """Digest of a cell: its point, and the pixels of the original."""
    return _digest(f"{point} {image_sha256}")


def measuring(metrics: Mapping[str, Metric] = METRICS) -> str | None:
    """Digest of how values are computed: definitions, our own sources, libraries, processor.

    ``None`` when a metric from outside this package names no files (`Metric.files`).
    """
    definitions: dict[str, object] = {}
    for name, metric in metrics.items():
        own = str(getattr(metric.compute, "__module__", "")).startswith("pytest_colordeg.")
        files = {str(file): file_digest(Path(file)) for file in metric.files}
        if (not own and not files) or "missing" in files.values():
            return None
        definitions[name] = [metric.definition, files]
    return _digest(json.dumps([definitions, _surroundings()], sort_keys=True))


@cache
def code_state() -> dict[str, str]:
    """Name to version, or digest, of all code that computes values; machines may share it."""
    package = Path(pytest_colordeg.__file__).parent
    sources = [
        (file.relative_to(package).as_posix(), file.read_bytes())
        for part in _SOURCES
        for file in sorted((package / part).rglob("*.py"))
    ]
    return {
        "pytest-colordeg": pytest_colordeg.__version__,
        "sources of pytest-colordeg": _digest(repr(sources))[:16],
        "colour backend": default_backend(),
        **{name: _version(name) for name in _PACKAGES},
    }


@cache
def _surroundings() -> list[object]:
    return [
        code_state(),
        {name: os.environ.get(name) for name in _SWITCHES},
        platform.machine(),
        _processor(),
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _processor() -> str:
    """What the processor can do; libraries choose their code by it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
