"""Train one network: steps, checkpoints, a log; resumed runs equal uninterrupted ones."""

# mypy: disable-error-code="no-untyped-call, unused-ignore"
from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training import checkpoint
from pytest_colordeg.training.crops import Crops, generator
from pytest_colordeg.training.losses import Loss, loss_of, rate_of
from pytest_colordeg.training.network import VariableRate
from pytest_colordeg.training.plan import Plan
from pytest_colordeg.training.start import take_tensors

__all__ = ["CHECKPOINT", "LOG", "TRAINED", "Run"]

CHECKPOINT, LOG, TRAINED = "checkpoint.pt", "log.jsonl", "trained.pt"
_CLIP = 1.0  # norm of the gradient, as CompressAI clips it
_QUANTILE_RATE = 1e-2


class Run:
    """One network under training in a folder of its own.

    Parameters
    ----------
    plan
        What to do. A folder with a checkpoint goes on from it, and then its plan must
        be the same.
    folder
        Gets ``checkpoint.pt``, ``log.jsonl``, and ``trained.pt`` at the end.
    crops
        Where batches come from.
    device
        ``cpu`` or ``cuda``.

    Raises
    ------
    ColordegError
        If the checkpoint or the starting weights do not fit.
    """

    def __init__(self, plan: Plan, folder: Path, crops: Crops, device: str = "cpu") -> None:
        self.plan, self.folder, self.device = plan, folder, device
        self._crops = crops
        torch.manual_seed(plan.seed)
        self.network = VariableRate(plan)
        self.step = 0
        found = checkpoint.read(folder / CHECKPOINT, plan, device)
        if found is None and plan.start:
            take_tensors(self.network, Path(os.path.normpath(folder / plan.start)), plan)
        self.network.to(device)
        self.network.to(memory_format=torch.channels_last)
        self._main = torch.optim.Adam(self.network.main_parameters(), lr=plan.rate)
        self._quantiles = torch.optim.Adam(self.network.quantiles(), lr=_QUANTILE_RATE)
        if found is not None:
            self.step = found[0]
            self._restore(found[1])

    def train(
        self,
        until: int | None = None,
        every: int = 1000,
        seconds: float = float("inf"),
        on_step: Callable[[int, Loss], None] = lambda step, loss: None,
    ) -> bool:
        """Go on until step `until` (the plan's end by default) or for that many seconds.

        Parameters
        ----------
        every
            Steps between checkpoints and lines of the log.

        Returns
        -------
        bool
            Whether the plan is done.

        Raises
        ------
        ColordegError
            If the loss is no longer finite.
        """
        end = min(self.plan.steps, until if until is not None else self.plan.steps)
        began = time.monotonic()
        self.network.train()
        while self.step < end:
            loss = self._one_step()
            on_step(self.step, loss)
            late = time.monotonic() - began > seconds
            if self.step % every == 0 or self.step == end or late:
                self._log(loss)
                self.save()
            if late:
                break
        if self.step == self.plan.steps and not (self.folder / TRAINED).is_file():
            state = {"network": self.network.state_dict()}
            checkpoint.write(self.folder / TRAINED, self.plan, self.step, state)
        return self.step >= self.plan.steps

    def save(self) -> None:
        """Write the checkpoint."""
        checkpoint.write(self.folder / CHECKPOINT, self.plan, self.step, self._state())

    def _one_step(self) -> Loss:
        plan, step = self.plan, self.step
        random = generator(plan.seed, step)
        warming = step < plan.warm
        rungs = self._rungs(warming, random)
        # Noise in place of quantisation comes from torch's own generator.
        torch.manual_seed(int(random.integers(1 << 62)))
        x = self._crops.batch(plan.batch, random)
        for group in self._main.param_groups:
            group["lr"] = plan.learning_rate(step)
        self._main.zero_grad(set_to_none=True)
        self._quantiles.zero_grad(set_to_none=True)
        if step < plan.chroma:
            loss = loss_of(plan, x, self.network.alone(x, rungs), rungs, step)
        elif step < plan.chroma + plan.entropy:
            loss = rate_of(plan, x, self.network.bits(x, rungs), rungs)
        else:
            loss = loss_of(plan, x, self.network(x, rungs), rungs, step)
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.main_parameters(), _CLIP)
        self._main.step()
        # One rung's quantiles a step, in turn: they cost launches, and move little.
        self.network.quantile_loss(step % len(plan.qualities)).backward()
        self._quantiles.step()
        self.step += 1
        if self.step == plan.warm:
            self.network.spread(plan.middle)
        return loss

    def _rungs(self, warming: bool, random: Any) -> list[int]:
        """The rung of each image: equal ones side by side, in turn so that none is left out."""
        plan = self.plan
        if warming:
            return [plan.middle] * plan.batch
        groups = min(plan.groups, plan.batch, len(plan.qualities))
        chosen = sorted(random.choice(len(plan.qualities), groups, replace=False).tolist())
        return [chosen[i * groups // plan.batch] for i in range(plan.batch)]

    def _log(self, loss: Loss) -> None:
        values = {name: value.item() for name, value in loss._asdict().items()}
        if not torch.isfinite(loss.total):
            raise ColordegError(
                f"{self.folder}: the loss is {values['total']} at step {self.step}; the last "
                "checkpoint stands; lower the learning rate"
            )
        line = json.dumps({"step": self.step, **values}, allow_nan=False)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "main": self._main.state_dict(),
            "quantiles": self._quantiles.state_dict(),
        }

    def _restore(self, state: dict[str, Any]) -> None:
        try:
            self.network.load_state_dict(state["network"])
            self._main.load_state_dict(state["main"])
            self._quantiles.load_state_dict(state["quantiles"])
        except (RuntimeError, KeyError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise ColordegError(f"{self.folder / CHECKPOINT}: does not fit: {first}") from None
