"""What one training run is to do: every setting, written down beside its result."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace

from pytest_colordeg.codecs.neural.families import (
    FAMILIES,
    MS_SSIM_LAMBDA,
    MSE_LAMBDA,
    Family,
)
from pytest_colordeg.errors import ColordegError

__all__ = ["Plan", "lambda_of"]

_MS_SSIM_CROP = 176  # four halvings of it leave room for the 11-tap window


def lambda_of(family: Family, metric: str, quality: int) -> float:
    """The Lagrange multiplier of a quality number: the family's own, else CompressAI's."""
    general = MSE_LAMBDA if metric == "mse" else MS_SSIM_LAMBDA
    return (family.lambdas or general)[quality - 1]


@dataclass(frozen=True)
class Plan:
    """One network's training.

    Attributes
    ----------
    family, metric
        Architecture; distortion is ``mse`` or ``ms-ssim``.
    n, m
        Channels of the transforms and of the latents.
    qualities
        Rungs of the network: one makes a fixed rate.
    steps
        Training steps in all.
    warm
        Steps at the beginning that train the middle rung alone; the others then start
        from its bottlenecks.
    chroma
        Steps at the beginning that train the last branch of a family with branches alone, the
        planes of the others being given.
    entropy
        Steps at the beginning, after those, that train only what codes the latents, by the
        rate alone: the transforms come from `start` and stand still.
    batch, crop
        Images a step, and the side of their crops in pixels.
    groups
        Rungs that share a batch.
    rate
        Adam's learning rate; constant, then falling as a cosine over the last half.
    part_rate
        The same of the steps `chroma` and `entropy`, which train a part alone; 0 is `rate`.
    seed
        Of everything random; a step's random numbers depend on it and the step alone.
    multipliers
        Lagrange multipliers of the rungs, where they are not the family's.
    structure
        Weight of a second distortion: `structure` * lambda * (1 - MS-SSIM).
    delta_e00
        Weight of the colour term: `delta_e00` * lambda * mean CIEDE2000.
    colour_after
        Steps before the colour term counts. Up to there, runs that differ in
        `delta_e00` alone are the same run.
    autocast
        Whether the transforms compute in bfloat16.
    start
        A checkpoint or exported file whose matching tensors are taken first; a relative
        path begins at the run's folder.
    licence
        Of the training images, for the card.
    """

    family: str
    metric: str = "mse"
    n: int = 96
    m: int = 128
    qualities: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8)
    steps: int = 100_000
    warm: int = 0
    chroma: int = 0
    entropy: int = 0
    batch: int = 16
    crop: int = 256
    groups: int = 4
    rate: float = 1e-3
    part_rate: float = 0.0
    seed: int = 1
    multipliers: tuple[float, ...] = ()
    structure: float = 0.0
    delta_e00: float = 0.0
    colour_after: int = 0
    autocast: bool = False
    start: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        family = FAMILIES.get(self.family)
        wrong = None
        if family is None:
            wrong = f"family {self.family!r} is none of {', '.join(FAMILIES)}"
        elif self.metric not in family.metrics:
            wrong = f"metric {self.metric!r} is none of {', '.join(family.metrics)}"
        elif not self.qualities or not set(self.qualities) <= set(family.qualities):
            wrong = f"qualities of {self.family} are 1 to {len(family.widths)}"
        elif tuple(sorted(set(self.qualities))) != self.qualities:
            wrong = "qualities must rise, each once"
        elif min(self.n, self.m, self.steps, self.batch, self.groups) < 1:
            wrong = "n, m, steps, batch and groups must be at least 1"
        elif self.n % 2 or self.m % 2 or (family.branches and min(self.n, self.m) < 4):
            wrong = "n and m must be even, of a family with branches at least 4"
        elif not 0 <= self.warm <= self.steps:
            wrong = "warm must be from 0 to steps"
        elif not all(
            0 <= part <= self.steps for part in (self.chroma, self.entropy, self.colour_after)
        ):
            wrong = "chroma, entropy and colour_after must be from 0 to steps"
        elif self.chroma and len(family.branches) < 2:
            wrong = f"{self.family} has no branches to train alone"
        elif self.entropy and (self.warm or not self.start):
            wrong = "entropy needs the transforms of a start, and no warm-up"
        elif self.crop % family.stride:
            wrong = f"crop must be a multiple of {family.stride}, the stride of {self.family}"
        elif (self.metric == "ms-ssim" or self.structure) and self.crop < _MS_SSIM_CROP:
            wrong = f"MS-SSIM needs crops of at least {_MS_SSIM_CROP} pixels"
        elif not (self.rate > 0 and math.isfinite(self.rate)):
            wrong = "rate must be above 0"
        elif not (self.part_rate >= 0 and math.isfinite(self.part_rate)):
            wrong = "part_rate must not be below 0"
        elif not all(w >= 0 and math.isfinite(w) for w in (self.delta_e00, self.structure)):
            wrong = "delta_e00 and structure must not be below 0"
        elif self.multipliers and (
            len(self.multipliers) != len(self.qualities)
            or not 0 < self.multipliers[0] <= self.multipliers[-1] < math.inf
            or tuple(sorted(set(self.multipliers))) != self.multipliers
        ):
            wrong = "multipliers must be as many as qualities, and rise from above 0"
        if wrong:
            raise ColordegError(f"training plan: {wrong}")

    @property
    def architecture(self) -> Family:
        """The family's facts."""
        return FAMILIES[self.family]

    @property
    def lambdas(self) -> tuple[float, ...]:
        """Lagrange multipliers of the rungs."""
        if self.multipliers:
            return self.multipliers
        return tuple(lambda_of(self.architecture, self.metric, q) for q in self.qualities)

    @property
    def middle(self) -> int:
        """The place of the rung that is trained first: a third up the ladder."""
        return len(self.qualities) // 3

    def learning_rate(self, step: int) -> float:
        """Adam's learning rate at a step: warmed up for 200, constant, then down a cosine."""
        up = min(1.0, (step + 1) / 200)
        if self.part_rate and step < self.chroma + self.entropy:
            return self.part_rate * up
        late = max(0.0, 2.0 * step / self.steps - 1.0)
        return self.rate * up * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * late)))

    def to_json(self) -> str:
        """Give the plan as JSON."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def of_json(cls, text: str) -> Plan:
        """Read what `to_json` gave; settings that it does not name have their defaults."""
        fields = json.loads(text)
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
        return cls(**{**fields, **lists})

    def with_steps(self, steps: int) -> Plan:
        """The same plan, shorter or longer; what comes first keeps its share."""
        share = steps / self.steps
        parts = ("warm", "chroma", "entropy", "colour_after")
        shorter = {name: round(getattr(self, name) * share) for name in parts}
        return replace(self, steps=steps, **shorter)
