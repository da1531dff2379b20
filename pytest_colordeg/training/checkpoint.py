"""The state of a training run in one file, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.plan import Plan

__all__ = ["fork", "read", "trained", "write"]


def write(path: Path, plan: Plan, step: int, state: dict[str, Any]) -> None:
    """Save after `step` steps; a run that is killed keeps the file before it.

    Raises
    ------
    ColordegError
        If it cannot be written.
    """
    import torch

    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            torch.save({"plan": plan.to_json(), "step": step, "state": state}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ColordegError(f"{path}: cannot be written: {error.strerror or error}") from None


def read(path: Path, plan: Plan, device: str) -> tuple[int, dict[str, Any]] | None:
    """Steps done and state, or ``None`` when there is no checkpoint.

    Raises
    ------
    ColordegError
        If it cannot be read or belongs to another plan.
    """
    if not path.is_file():
        return None
    planned, step, state = _load(path, device)
    if planned != plan.to_json():
        raise ColordegError(
            f"{path}: belongs to a run with other settings; give the settings it was begun with, "
            "or another output folder"
        )
    return step, state


def fork(path: Path, to: Path, delta_e00: float) -> Plan:
    """Begin a run with another weight of the colour term where `path` stands.

    Before `Plan.colour_after` runs of different weights are one run, so what goes on
    from `to` is the very run that it would have been from its beginning.

    Returns
    -------
    Plan
        Of the new run.

    Raises
    ------
    ColordegError
        If the checkpoint is beyond that step, cannot be read, or `to` cannot be written.
    """
    text, step, state = _load(path, "cpu")
    plan = replace(Plan.of_json(text), delta_e00=delta_e00)
    if step > plan.colour_after:
        raise ColordegError(
            f"{path}: at step {step} the colour term has counted since step {plan.colour_after}"
        )
    write(to, plan, step, state)
    return plan


def trained(path: Path) -> tuple[dict[str, Any], Plan]:
    """Give the network's tensors, and the plan that they were trained by.

    Raises
    ------
    ColordegError
        If it cannot be read.
    """
    text, _, state = _load(path, "cpu")
    with _reading(path):
        return state["network"], Plan.of_json(text)


def _load(path: Path, device: str) -> tuple[str, int, dict[str, Any]]:
    import torch

    with _reading(path):
        content = torch.load(path, map_location=device, weights_only=True)
        return content["plan"], int(content["step"]), content["state"]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Whatever is wrong with a file is one line that names it."""
    try:
        yield
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ColordegError(f"{path}: not a checkpoint of colordeg train: {first[:200]}") from None
