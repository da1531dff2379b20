"""``colordeg codecs``: what there is, what there is not and how to get it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from pytest_colordeg.codecs.dial import Dial
from pytest_colordeg.codecs.project import project_registry
from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.codecs.registry import Registry, unavailable
from pytest_colordeg.errors import ColordegError

__all__ = ["configure", "lines", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command: there are none."""


def run(arguments: argparse.Namespace) -> int:
    """Print one paragraph a codec."""
    registry = project_registry(Path.cwd())
    print("\n".join(lines(registry)))
    return 0


def lines(registry: Registry) -> Iterable[str]:
    """The listing, a codec that fails to load included with its error."""
    width = max(map(len, registry.ids))
    for name in registry.ids:
        try:
            codec = registry.find(name)
            reason = unavailable(codec)
        except ColordegError as error:
            yield f"{name:{width}}  broken: {error}"
            continue
        yield f"{name:{width}}  {'available' if reason is None else 'not available: ' + reason}"
        yield f"{'':{width}}    {ladder_text(codec)}"


def ladder_text(codec: Codec) -> str:
    """A ladder in one line: the dial's values by rung, then what is fixed."""
    ladder = codec.ladder
    rungs = sorted(ladder)
    dial = getattr(codec, "dial", None)
    if isinstance(dial, Dial):
        values = " ".join(f"r{rung}={ladder[rung][dial.name]}" for rung in rungs)
        fixed = " ".join(f"{key}={value}" for key, value in dial.fixed.items())
        return f"{dial.name}: {values}; {fixed}"
    first = ladder[rungs[0]]
    # Said once at the end, so that it does not hide what varies.
    same = [
        key
        for key, value in first.items()
        if len(rungs) > 1 and all(ladder[rung].get(key) == value for rung in rungs)
    ]
    varying = "; ".join(
        " ".join(
            [f"r{rung}:"]
            + [f"{key}={value}" for key, value in ladder[rung].items() if key not in same]
        )
        for rung in rungs
    )
    return "; ".join(
        [varying, *([" ".join(f"{key}={first[key]}" for key in same)] if same else [])]
    )
