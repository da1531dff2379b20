"""A process that updates a store: `create CORPUS RUNGS`, or `flip` until it is killed."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from pytest_colordeg.baselines import Baseline, Store, UpdatePlan
from pytest_colordeg.baselines.draft import Edit, Mode

from .fakes import degradation, stored, updated


def create(store: Store, corpus: str, rungs: int) -> None:
    """Create one point after another, each by an update of its own."""
    for rung in range(1, rungs + 1):
        now = degradation(corpus=corpus, rung=rung)
        store.update("jpeg", lambda base, now=now: updated(base, [now], "create"))  # type: ignore[misc]


def flip(store: Store) -> None:
    """Write the one and the other of two baselines in turn, for ever."""
    images = [f"{i}.png" for i in range(200)]
    both = [stored(degradation(images=images, corpus=name)) for name in "ab"]
    print("started", flush=True)
    for new in cycle(reversed(both)):

        def to_new(base: Baseline | None, new: Baseline = new) -> UpdatePlan:
            return UpdatePlan("jpeg", base, replace(new), (Edit(Mode.FIX, "", "all"),))

        store.update("jpeg", to_new)
        print("wrote", flush=True)


if __name__ == "__main__":
    place = Store(Path(sys.argv[1]))
    if sys.argv[2] == "flip":
        flip(place)
    else:
        create(place, sys.argv[3], int(sys.argv[4]))
