"""The end of a run: export, validate, keep the rungs that rise, write the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytest_colordeg.codecs.neural.families import learned_id
from pytest_colordeg.codecs.neural.weights.card import Card
from pytest_colordeg.images.folder import folder_corpus
from pytest_colordeg.images.model import Image
from pytest_colordeg.training.loop import Run

__all__ = ["Finish", "card_of", "finish"]


@dataclass(frozen=True)
class Finish:
    """Where results go and what they are measured on.

    Attributes
    ----------
    out
        Folder of the exported files.
    data
        What the card calls the training images.
    validation
        Folder of images, or ``None``.
    limit
        At most that many of them, the first ones.
    """

    out: Path
    data: str
    validation: Path | None = None
    limit: int | None = None

    def images(self) -> tuple[Image, ...]:
        """The validation images."""
        if self.validation is None:
            return ()
        sources = folder_corpus(self.validation).sources[: self.limit]
        return tuple(source.image for source in sources)


def finish(run: Run, how: Finish) -> Path:
    """Export a network as it stands; gives the safetensors file.

    With validation images, rungs from the first that does not rise in rate and PSNR
    are left out, and the card says so.
    """
    from pytest_colordeg.training.export import export
    from pytest_colordeg.training.validate import rising, validate

    plan = run.plan
    path = how.out / f"{learned_id(plan.family, plan.metric)}.safetensors"
    card = card_of(run, how)
    export(run.network, card, path)
    images = how.images()
    if images and how.validation is not None:
        rows = validate(path, card, images, run.device)
        kept = rising(rows)
        training: dict[str, Any] = dict(card.training)
        if kept < len(rows):
            beyond = ", ".join(map(str, card.qualities[kept:]))
            training["left out"] = f"qualities {beyond}: beyond the network's ceiling"
        card = replace(
            card,
            qualities=card.qualities[:kept],
            lambdas=card.lambdas[:kept],
            training=training,
            validation=rows[:kept],
            validation_data=f"{len(images)} images of {how.validation.name}",
        )
        export(run.network, card, path)
    return path


def card_of(run: Run, how: Finish) -> Card:
    """The card of a run as far as it has come."""
    plan = run.plan
    settings: Mapping[str, Any] = {
        "batch": f"{plan.batch} crops of {plan.crop}x{plan.crop}",
        "learning rate": plan.rate,
        "seed": plan.seed,
        "arithmetic": "bfloat16 autocast" if plan.autocast else "float32",
        **({"steps on the middle rung first": plan.warm} if plan.warm else {}),
        **({"steps on the last branch alone first": plan.chroma} if plan.chroma else {}),
        **({"steps on the entropy model first": plan.entropy} if plan.entropy else {}),
        **({"learning rate of a part alone": plan.part_rate} if plan.part_rate else {}),
        **({"structure term": plan.structure} if plan.structure else {}),
        **({"colour term (delta_e00)": plan.delta_e00} if plan.delta_e00 else {}),
        **(
            {"steps before the colour term": plan.colour_after}
            if plan.delta_e00 and plan.colour_after
            else {}
        ),
        **({"started from": plan.start} if plan.start else {}),
    }
    return Card(
        plan.family,
        plan.metric,
        plan.n,
        plan.m,
        plan.qualities,
        plan.lambdas,
        run.step,
        how.data,
        plan.licence,
        settings,
    )
