"""Faults around a codec, to see whether a gate catches them and names them.

>>> from pytest_colordeg.testing.mutations import prove
>>> def test_my_gate_sees_every_fault():
...     assert [trial for trial in prove(my_codec) if not trial.caught] == []

`MUTATIONS` has the faults by name, `mutate` wraps one around a codec, and `prove` puts
the default gate before all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pytest_colordeg.codecs.protocol import Codec, Pixels
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.testing import faults
from pytest_colordeg.testing.mutants import Mutant, Subsampled, Tiled
from pytest_colordeg.testing.proof import Trial, prove_all

__all__ = ["MUTATIONS", "Mutation", "Trial", "mutate", "prove"]


@dataclass(frozen=True)
class Mutation:
    """One fault.

    Attributes
    ----------
    name
        Short, in lower case, with ``-``.
    cause
        A part of the cause hint that names this fault; empty where neither pixels nor
        facts can tell it from honest compression, and ``unknown`` is the right hint.
    make
        Gives the codec with the fault, ``None`` where the codec cannot have it.
    """

    name: str
    cause: str
    make: Callable[[Codec], Codec | None]


def _decoding(name: str, cause: str, fault: Callable[[Pixels], Pixels]) -> Mutation:
    return Mutation(name, cause, lambda codec: Mutant(codec, fault))


#: The faults, at the strengths that the default gate is held to.
MUTATIONS: Mapping[str, Mutation] = {
    mutation.name: mutation
    for mutation in (
        _decoding("cb-cr-swapped", "Cb and Cr are swapped", faults.chroma_swapped),
        Mutation("420-for-444", "4:2:0", Subsampled.around),
        _decoding("601-as-709", "BT.601 decoded as BT.709", faults.matrix_mixed),
        _decoding("full-as-limited", "full decoded as limited", faults.limited_range),
        _decoding("one-step", "constant offset of the channels", faults.biased),
        _decoding("truncated", "truncated, not rounded", faults.truncated),
        _decoding("desaturated-5", "desaturation", faults.desaturated),
        _decoding("hue-2-degrees", "hue rotation", faults.hue_turned),
        _decoding("shift-8", "shifted by (8, 0)", partial(faults.shifted, distance=8)),
        _decoding("shift-1", "shifted by (1, 0)", partial(faults.shifted, distance=1)),
        _decoding("gamma-skipped", "transfer curve is skipped", faults.linear_light),
        _decoding("p3-as-srgb", "Display P3 values read as sRGB", faults.wide_gamut),
        _decoding("plane-halved", "Cb has half the resolution", faults.plane_halved),
        Mutation("tiles-of-lower-rung", "", Tiled.around),
    )
}


def mutate(codec: Codec, name: str, id: str | None = None) -> Codec:
    """Wrap a fault around a codec.

    Parameters
    ----------
    codec
        A right codec; it is not changed.
    name
        A key of `MUTATIONS`.
    id
        Of the faulty codec; by default the right one's, for a gate with its baseline.

    Raises
    ------
    ColordegError
        If there is no such fault, or the codec cannot have it.
    """
    if name not in MUTATIONS:
        raise ColordegError(f"no mutation {name!r}; there are {', '.join(MUTATIONS)}")
    mutant = MUTATIONS[name].make(codec)
    if mutant is None:
        raise ColordegError(f"codec {codec.id} cannot have the fault {name}")
    if id is not None:
        assert isinstance(mutant, Mutant)
        mutant.id = id
    return mutant


def prove(
    codec: Codec,
    names: tuple[str, ...] | None = None,
    rungs: tuple[int, ...] | None = None,
    images: tuple[str, ...] = ("photos",),
    limits: str = "format: 1\n",
) -> list[Trial]:
    """Put the gate before a codec's faults.

    The right codec's results become a baseline in a temporary folder; then each
    fault is measured and judged as in a run, point by point.

    Parameters
    ----------
    codec
        The right codec.
    names
        Keys of `MUTATIONS`; all by default. Those that the codec cannot have are left out.
    rungs
        Rungs of its ladder; all by default.
    images
        As for ``--colordeg-images``.
    limits
        The text of a ``limits.yaml``, for the tolerances of your own.

    Returns
    -------
    list of Trial
        One a fault and rung.

    Raises
    ------
    ColordegError
        If the right codec fails a cell, or does not pass its own baseline.
    """
    made = {name: MUTATIONS[name].make(codec) for name in names or MUTATIONS}
    mutants = {
        name: (MUTATIONS[name].cause, mutant) for name, mutant in made.items() if mutant is not None
    }
    return prove_all(codec, mutants, rungs or tuple(codec.ladder), images, limits)
