"""Hooks that a conftest.py or another plugin can implement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_colordeg.codecs.protocol import Codec
    from pytest_colordeg.metrics.registry import Metric


@pytest.hookspec
def pytest_colordeg_codecs(config: pytest.Config) -> Iterable[Codec]:
    """Return codecs to register beside the built-in ones; each id must be new."""
    raise NotImplementedError


@pytest.hookspec
def pytest_colordeg_metrics(config: pytest.Config) -> Iterable[Metric]:
    """Return metrics to register beside the built-in ones; each name must be new."""
    raise NotImplementedError
