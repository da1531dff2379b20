"""Does the default gate catch every fault, and is the cause named? Are honest codecs left alone?

Fourteen faults around each built-in codec, at each rung, on the bundled photographs; then
the hints that the pixels of honest codecs would give, which should be none: at the
quality that they were asked for, and with the next lower rung in place of it::

    python benchmarks/mutations.py
    python benchmarks/mutations.py --codec jpeg444,avif --rungs 2,5,8
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.codecs.registry import CLASSICAL, Registry
from pytest_colordeg.gate.evidence import faults
from pytest_colordeg.gate.resolution import halved
from pytest_colordeg.gate.restored import restored
from pytest_colordeg.images import resolve
from pytest_colordeg.metrics.pair import Pair, measure
from pytest_colordeg.testing.mutations import MUTATIONS, Trial, prove

# A cause counts as named where the first hint is right at this share of the points.
NAMED = 0.8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codec", default=",".join(CLASSICAL), help="comma-separated")
    parser.add_argument("--rungs", help="comma-separated; all by default")
    parser.add_argument("--part", choices=("faults", "honest"), help="only one of the two")
    options = parser.parse_args()
    registry = Registry()
    codecs = [registry.get(name) for name in options.codec.split(",")]
    chosen = {int(rung) for rung in options.rungs.split(",")} if options.rungs else None
    trials: dict[str, list[Trial]] = defaultdict(list)
    for codec in codecs if options.part != "honest" else ():
        rungs = tuple(rung for rung in codec.ladder if chosen is None or rung in chosen)
        for trial in prove(codec, rungs=rungs):
            trials[trial.mutation].append(trial)
        print(f"{codec.id}: {len(rungs)} rungs", flush=True)
    if options.part != "faults":
        told = [honest(codec, chosen) for codec in codecs]
        seen, wrong, compared, misled = (sum(column) for column in zip(*told, strict=True))
        print(
            f"honest cells: hints on {wrong} of {seen}; beside another rung's numbers, on {misled} "
            f"of {compared}"
        )
    return conclude(trials) if options.part != "honest" else 0


def conclude(trials: dict[str, list[Trial]]) -> int:
    print(f"\n{'fault':<22}{'points':>7}{'caught':>7}{'named':>7}  the first hint elsewhere")
    caught, named, unknown = 0, 0, []
    for name in MUTATIONS:
        found = trials[name]
        hits, right = sum(t.caught for t in found), sum(t.named for t in found)
        others = Counter(kind(t) for t in found if t.caught and not t.named)
        told = ", ".join(f"{count} {text}" for text, count in others.most_common())
        print(f"{name:<22}{len(found):>7}{hits:>7}{right:>7}  {told}")
        for trial in found:
            if not trial.caught:
                print(f"    missed at {trial.codec}-r{trial.rung}")
        caught += bool(found) and hits == len(found)
        if found and right >= NAMED * len(found):
            named += 1
        else:
            unknown.append(name)
    print(f"unknown: {', '.join(unknown) or 'none'}")
    print(f"caught {caught}/{len(MUTATIONS)}, causes named {named}")
    return int(caught < len(MUTATIONS) or named < 10)


def kind(trial: Trial) -> str:
    """The beginning of a hint, without its numbers."""
    return trial.causes[0].partition(":")[0] if trial.causes else "no hint"


def honest(codec: Codec, chosen: set[int] | None) -> tuple[int, int, int, int]:
    """Hints on cells without a fault: of the pixels alone, and beside another rung's numbers."""
    seen = wrong = compared = misled = 0
    names: Counter[str] = Counter()
    for corpus in resolve(["photos", "charts"], Path()):
        for image in corpus.images:
            lower: tuple[Pixels, dict[str, object]] | None = None
            for rung in sorted(codec.ladder):
                if chosen is not None and rung not in chosen:
                    continue
                data = codec.encode(image.pixels, codec.ladder[rung])
                decoded = codec.decode(data)
                row = measure(Pair(image.pixels, decoded, len(data)))
                seen += 1
                told: Sequence[str] = faults(image.pixels, decoded) + halved(image.pixels, decoded)
                wrong += bool(told)
                names.update({f"{corpus.corpus.name}: {told[0]}"} if told else ())
                if lower is not None:
                    compared += 1
                    misled += bool(restored(image.pixels, lower[0], row))
                lower = decoded, dict(row)
    print(
        f"{codec.id}, honest: hints on {wrong} of {seen} cells; beside the next higher rung's "
        f"numbers, on {misled} of {compared}",
        flush=True,
    )
    for text, count in names.most_common():
        print(f"    {count} x {text}")
    return seen, wrong, compared, misled


if __name__ == "__main__":
    sys.exit(main())
