"""One network of a preset, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.crops import Crops
from pytest_colordeg.training.finish import Finish, finish
from pytest_colordeg.training.loop import Run
from pytest_colordeg.training.plan import Plan

__all__ = ["main", "train_one"]


def train_one(
    plan: Plan,
    images: Path,
    folder: Path,
    how: Finish,
    device: str,
    *,
    every: int,
    seconds: float,
    export_anyway: bool = False,
    progress: bool = False,
) -> Path | None:
    """Train, or go on; gives the exported file once the plan is done (or anyway)."""
    from pytest_colordeg.training.progress import Progress

    prepare(device)
    run = Run(plan, folder, Crops(images, plan.crop, device), device)
    shown = Progress(plan.steps, run.step) if progress else (lambda step, loss: None)
    done = run.train(every=every, seconds=seconds, on_step=shown)
    if not done and not export_anyway:
        return None
    return finish(run, how)


def prepare(device: str) -> None:
    """Fast arithmetic: TF32 on a GPU; on CPUs no denormals, which CIEDE2000 of greys is full of.

    Raises
    ------
    ColordegError
        If torch sees no such device.
    """
    import torch

    torch.set_flush_denormal(True)
    if device == "cuda":
        if not torch.cuda.is_available():
            raise ColordegError("device cuda: torch sees no CUDA device here")
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True


def main() -> int:
    """Read one JSON object from standard input: the arguments of `train_one`."""
    task = json.load(sys.stdin)
    plan = task.pop("plan")
    plan["qualities"] = tuple(plan["qualities"])
    validation = task.pop("validation")
    how = Finish(
        Path(task.pop("out")),
        task.pop("data"),
        Path(validation) if validation else None,
        task.pop("limit"),
    )
    try:
        train_one(Plan(**plan), Path(task.pop("images")), Path(task.pop("folder")), how, **task)
    except ColordegError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
