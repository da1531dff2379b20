"""``colordeg train``: one network, or a preset of them, from a folder of images."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pytest_colordeg.codecs.neural import backend
from pytest_colordeg.codecs.neural.families import FAMILIES, METRICS
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.plan import Plan
from pytest_colordeg.training.presets import PRESETS, Job

__all__ = ["configure", "run"]

# Settings of a plan that are not typed as they are.
_APART = ("family", "qualities", "multipliers", "start")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = parser.add_argument
    add("images", type=Path, help="folder of training images")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--preset", choices=sorted(PRESETS), help="a set of networks")
    what.add_argument("--family", choices=tuple(FAMILIES), help="one network")
    add("--only", help="with --preset: only these families, comma-separated")
    add("--out", type=Path, default=Path("runs"), help="where everything is written (runs)")
    add("--validate", type=Path, metavar="FOLDER", help="images for rate and distortion at the end")
    add("--validate-images", type=int, metavar="N", help="only the first N of them")
    add("--device", choices=("cpu", "cuda"), default="cpu")
    add("--jobs", type=int, help="with --preset: networks side by side (cpu 1, cuda all)")
    add(
        "--seconds",
        type=float,
        default=float("inf"),
        help="stop after that long; run again to go on",
    )
    add("--every", type=int, default=1000, metavar="STEPS", help="between checkpoints (1000)")
    add("--export", action="store_true", help="export although the steps are not done")
    add("--data", help="what the card calls the training images (the folder's name)")
    add("--licence", help="terms of the training images, for the card")
    plan = parser.add_argument_group("settings of the network and its training")
    plan.add_argument("--metric", choices=METRICS)
    plan.add_argument("--qualities", help="rungs, such as 1-8 or 3")
    plan.add_argument("--lambdas", help="of the rungs, such as 0.001,0.01 (the family's own)")
    plan.add_argument("--start", type=Path, help="weights to begin from, as far as they fit")
    plan.add_argument("--bf16", action="store_true", default=None, dest="autocast",
                      help="bfloat16 in the transforms")  # fmt: skip
    for name, kind, words in (
        ("n", int, "channels of the transforms"),
        ("m", int, "channels of the latents"),
        ("steps", int, "training steps"),
        ("warm", int, "of these, on the middle rung alone at first"),
        ("chroma", int, "of these, on the last branch alone, the others' planes given"),
        ("entropy", int, "of these, on what codes the latents alone; needs --start"),
        ("batch", int, "crops a step"),
        ("crop", int, "their side in pixels"),
        ("groups", int, "rungs that share a batch"),
        ("rate", float, "learning rate"),
        ("part-rate", float, "the same of steps that train a part alone"),
        ("seed", int, "of all random numbers"),
        ("structure", float, "weight of a second distortion: W * lambda * (1 - MS-SSIM)"),
        ("delta-e00", float, "weight of the colour term: W * lambda * mean CIEDE2000"),
        ("colour-after", int, "steps before the colour term counts"),
    ):
        plan.add_argument(f"--{name}", type=kind, help=words)


def run(arguments: argparse.Namespace) -> int:
    """Train; prints where the results are."""
    reason = backend.missing()
    if reason is not None:
        raise ColordegError(reason)
    if arguments.every < 1 or arguments.seconds <= 0:
        raise ColordegError("--every and --seconds must be above 0")
    for folder in (arguments.images, arguments.validate):
        if folder is not None and not folder.is_dir():
            raise ColordegError(f"{folder}: there is no such folder")
    if arguments.preset:
        return _preset(arguments)
    from pytest_colordeg.training.finish import Finish
    from pytest_colordeg.training.worker import train_one

    family = FAMILIES[arguments.family]
    how = Finish(
        arguments.out,
        arguments.data or arguments.images.resolve().name,
        arguments.validate,
        arguments.validate_images,
    )
    made = train_one(
        _plan(Plan(arguments.family, qualities=tuple(family.qualities)), arguments),
        arguments.images,
        arguments.out / arguments.family,
        how,
        arguments.device,
        every=arguments.every,
        seconds=arguments.seconds,
        export_anyway=arguments.export,
        progress=True,
    )
    print(made if made else f"not done yet: run the same command again ({arguments.out})")
    return 0


def _preset(arguments: argparse.Namespace) -> int:
    from pytest_colordeg.training.jobs import run_jobs

    jobs = PRESETS[arguments.preset]
    if arguments.only:
        wanted = arguments.only.split(",")
        unknown = set(wanted) - {job.plan.family for job in jobs}
        if unknown:
            raise ColordegError(f"--only: preset {arguments.preset} has no {min(unknown)}")
        jobs = tuple(job for job in jobs if job.plan.family in wanted)
    jobs = tuple(_adapted(job, arguments) for job in jobs)
    at_once = arguments.jobs or (len(jobs) if arguments.device == "cuda" else 1)
    task = {
        "images": str(arguments.images),
        "out": str(arguments.out),
        "data": arguments.data or arguments.images.resolve().name,
        "validation": str(arguments.validate) if arguments.validate else None,
        "limit": arguments.validate_images,
        "device": arguments.device,
        "every": arguments.every,
        # JSON has no infinity.
        "seconds": min(arguments.seconds, 1e9),
        "export_anyway": arguments.export,
    }
    # A command that is ended takes the processes of its networks along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    run_jobs(jobs, arguments.out, task, at_once, lambda line: print(line, flush=True))
    for path in sorted(arguments.out.glob("*.safetensors")):
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


def _adapted(job: Job, arguments: argparse.Namespace) -> Job:
    plan = job.plan
    if arguments.steps:
        plan, arguments = plan.with_steps(arguments.steps), argparse.Namespace(
            **{**vars(arguments), "steps": None}
        )  # fmt: skip
    return replace(job, plan=_plan(plan, arguments))


def _plan(plan: Plan, arguments: argparse.Namespace) -> Plan:
    """The plan with what was typed in its place."""
    given = vars(arguments)
    typed: dict[str, Any] = {
        field.name: given[field.name]
        for field in fields(Plan)
        if field.name not in _APART and given.get(field.name) is not None
    }
    if arguments.qualities:
        typed["qualities"] = _rungs(arguments.qualities)
    if arguments.lambdas:
        typed["multipliers"] = _numbers(arguments.lambdas)
    if arguments.start:
        typed["start"] = str(arguments.start.resolve())
    return replace(plan, **typed)


def _rungs(text: str) -> tuple[int, ...]:
    """Read ``1,3-5``."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        try:
            found += range(int(first), int(last if dash else first) + 1)
        except ValueError:
            raise ColordegError(f"--qualities {text!r}: such as 1-8 or 2,4") from None
    return tuple(found)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ColordegError(f"--lambdas {text!r}: such as 0.001,0.01") from None
