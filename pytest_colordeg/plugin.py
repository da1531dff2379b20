"""The pytest hooks, and nothing else. Standard library only until ``--colordeg`` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_colordeg.fixtures import (
    FIXTURE,
    codec,
    colordeg,
    colordeg_device,
    colordeg_ladder,
    colordeg_point,
    image,
    quality,
    throughput,
)
from pytest_colordeg.options import add_options

if TYPE_CHECKING:
    from pytest_colordeg.session import Run

__all__ = [
    "codec",
    "colordeg",
    "colordeg_device",
    "colordeg_ladder",
    "colordeg_point",
    "image",
    "quality",
    "throughput",
]

_OFF = "needs --colordeg"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from pytest_colordeg import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "colordeg(codecs, qualities, images): what a test of codec colours is about",
    )
    if config.getoption("colordeg"):
        from pytest_colordeg.session import start

        start(config)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if FIXTURE in metafunc.fixturenames and metafunc.config.getoption("colordeg"):
        _run(metafunc.config).parametrize(metafunc)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("colordeg"):
        for item in items:
            if FIXTURE in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=_OFF))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("colordeg"):
        return
    skipped = [
        report
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple) and report.longrepr[2].endswith(_OFF)
    ]
    if skipped:
        tests = "1 test" if len(skipped) == 1 else f"{len(skipped)} tests"
        terminalreporter.write_line(f"colordeg: {tests} of codec colours skipped: add --colordeg")


def _run(config: pytest.Config) -> Run:
    from pytest_colordeg.session import run_of

    return run_of(config)
