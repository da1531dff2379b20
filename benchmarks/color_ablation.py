"""What the colour term of the loss buys: one network, trained with it and without.

    colordeg train IMAGES --preset mini --only mbt2018-mean,color-learning --delta-e00 0 --out runs
    python benchmarks/color_ablation.py fork runs/color-learning-at-colour-after.pt \\
        IMAGES --weights 24,96 --out forks
    pytest --colordeg --colordeg-images=KODAK --colordeg-records=forks.jsonl TEST
    python benchmarks/color_ablation.py table forks.jsonl others.jsonl --of w0,w24,w96 \\
        --beside bmshj2018-hyperprior,cheng2020-anchor,jpeg,vvc --figure DIR

``fork`` goes on from a checkpoint at the step from which the term counts, once for each
weight: networks, data, steps and start are the same, and bit-equal to runs of these weights
from the beginning. ``pytest`` measures the forks, which a project's pyproject.toml names as
codecs. ``table`` prints, at equal rates, mean, 95th percentile and maximum of CIEDE2000
(the first two as means over the images, the last of all of them) and PSNR, linear
in the logarithm of the rate between rungs; then the Bjontegaard differences from the
first of ``--of``; and draws the curves.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

METRICS = {
    "delta_e00.mean": ("ΔE00 mean", 3),
    "delta_e00.p95": ("p95", 2),
    "delta_e00.max": ("max", 1),
    "psnr.rgb": ("PSNR (dB)", 2),
}
RATES = (0.3, 0.4, 0.5, 0.6)
Curve = np.ndarray[tuple[int, int], np.dtype[np.float64]]  # rows: bpp, then METRICS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    forking = commands.add_parser("fork")
    forking.add_argument("checkpoint", type=Path)
    forking.add_argument("images", type=Path)
    forking.add_argument("--weights", type=_floats, required=True, help="of the colour term")
    forking.add_argument("--out", type=Path, required=True)
    forking.add_argument("--data", default="", help="for the cards")
    forking.add_argument("--validate", type=Path)
    forking.add_argument("--validate-images", type=int)
    tabling = commands.add_parser("table")
    tabling.add_argument("records", type=Path, nargs="+")
    tabling.add_argument("--of", type=_words, required=True, help="forks, without the term first")
    tabling.add_argument("--beside", type=_words, default=(), help="other codecs")
    tabling.add_argument("--rates", type=_floats, default=RATES)
    tabling.add_argument("--figure", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    if arguments.command == "fork":
        for weight in arguments.weights:
            train_fork(arguments, weight)
        return 0
    curves = read(arguments.records, (*arguments.of, *arguments.beside))
    print_table(curves, arguments.rates)
    print_gains(curves, arguments.of)
    if arguments.figure:
        draw(curves, arguments.of, arguments.figure)
    return 0


def train_fork(arguments: argparse.Namespace, weight: float) -> None:
    """From the checkpoint to exported weights, in a folder named by the weight of the term."""
    from pytest_colordeg.training.checkpoint import fork
    from pytest_colordeg.training.finish import Finish
    from pytest_colordeg.training.loop import CHECKPOINT
    from pytest_colordeg.training.worker import train_one

    out = arguments.out / f"w{weight:g}"
    if not (out / "run" / CHECKPOINT).is_file():
        fork(arguments.checkpoint, out / "run" / CHECKPOINT, weight)
    plan = _plan(out / "run" / CHECKPOINT)
    how = Finish(out, arguments.data, arguments.validate, arguments.validate_images)
    made = train_one(
        plan, arguments.images, out / "run", how, "cpu", every=250, seconds=1e9, progress=True
    )
    print(made, flush=True)


def _plan(checkpoint: Path):  # type: ignore[no-untyped-def]
    import torch

    from pytest_colordeg.training.plan import Plan

    return Plan.of_json(torch.load(checkpoint, weights_only=True)["plan"])


def read(records: Sequence[Path], names: Sequence[str]) -> Mapping[str, Curve]:
    """Each codec's points by rising rate."""
    from pytest_colordeg.report.load import load

    rows: dict[str, list[list[float]]] = {name: [] for name in names}
    for path in records:
        for point in load(path).ordered:
            if point.codec in rows:
                values = [point.number(metric) for metric in ("bpp", *METRICS)]
                rows[point.codec].append([float("nan") if v is None else v for v in values])
    empty = [name for name, points in rows.items() if not points]
    if empty:
        raise SystemExit(f"no points of {', '.join(empty)} in the records")
    return {name: np.array(sorted(points)) for name, points in rows.items()}


def at(curve: Curve, rate: float) -> list[float]:
    """A codec at a rate; NaN beyond its rungs."""
    logs = np.log(curve[:, 0])
    return [
        float(np.interp(np.log(rate), logs, column, left=np.nan, right=np.nan))
        for column in curve[:, 1:].T
    ]


def print_table(curves: Mapping[str, Curve], rates: Sequence[float]) -> None:
    print(f"| bpp | codec | {' | '.join(title for title, _ in METRICS.values())} |")
    print("| --- " * (2 + len(METRICS)) + "|")
    for rate in rates:
        for name, curve in curves.items():
            values = at(curve, rate)
            if not np.isnan(values[0]):
                cells = (
                    f"{value:.{digits}f}"
                    for value, (_, digits) in zip(values, METRICS.values(), strict=True)
                )
                print(f"| {rate:g} | {name} | {' | '.join(cells)} |")


def print_gains(curves: Mapping[str, Curve], forks: Sequence[str]) -> None:
    """Bjontegaard: mean difference at equal rate from the fork without the term."""
    from pytest_colordeg.metrics.bjontegaard import bd_quality, bd_rate

    print("\nat equal rate, over the whole of the curves:")
    base = curves[forks[0]]
    for name in forks[1:]:
        parts = []
        for column, (metric, (title, digits)) in enumerate(METRICS.items(), 1):
            lower = metric != "psnr.rgb"
            pairs = [
                [tuple(row) for row in curve[:, [0, column]].tolist()]
                for curve in (base, curves[name])
            ]
            try:
                gain = bd_quality(*pairs, lower_is_better=lower)
                rate = bd_rate(*pairs, lower_is_better=lower)
            except Exception as error:  # a maximum need not fall with the rate
                parts.append(f"{title} n/a ({error})")
                continue
            parts.append(
                f"{title} {gain:+.{digits}f}" if isinstance(gain, float) else f"{title} n/a"
            )
            parts[-1] += f" (rate {rate:+.1f} %)" if isinstance(rate, float) else ""
        print(f"  {name} against {forks[0]}: {', '.join(parts)}")


def draw(curves: Mapping[str, Curve], forks: Sequence[str], folder: Path) -> None:
    """Rate against each metric: forks as lines with marks, others thin."""
    from pytest_colordeg.report.figures import canvas, save

    with canvas(8.4, 6.4) as figure:
        panels = figure.subplots(2, 2).flat
        for column, (axes, (title, _)) in enumerate(zip(panels, METRICS.values(), strict=True), 1):
            for name, curve in curves.items():
                style = "o-" if name in forks else ".:"
                axes.plot(curve[:, 0], curve[:, column], style, label=name, lw=1.4, ms=4)
            axes.set_xlim(0.1, 1.0)
            axes.set_xlabel("bpp")
            axes.set_title(title, loc="left")
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center",
                      ncols=4)  # fmt: skip
        for path in save(figure, folder, "color-ablation"):
            print(path)


def _floats(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


if __name__ == "__main__":
    raise SystemExit(main())
