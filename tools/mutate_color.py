"""A check on the tests: each constant of the colour formulas, 1 % off, must make one fail.

    python tools/mutate_color.py [--only TEXT] [--jobs 2] [--list]

Every number in the source of the formulas is a mutant: it is multiplied by 1.01 (one that
must stay an integer goes up by the least that is 1 %), the
module is loaded from the changed source in a process of its own, and the tests are run
until the first failure. numba's compiler is switched off, so that the kernel's Python is
what runs. A mutant that no test notices fails this script, unless it stands in
`EQUIVALENT` with the reason why it cannot be noticed on 8-bit input; so does an entry
there that a test does notice. The mutants of the torch backend need torch.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
FACTOR = 1.01
SECONDS = 120
MODULES = ("srgb", "lab", "ciede2000", "statistics", "rotation", "blocked", "kernel_math", "kernel")
TORCH = "torch_backend"
TESTS = ("test_constants.py", "test_srgb.py", "test_lab.py", "test_ciede2000.py")

# module.function:number, with #n for the n-th of that number in the function.
_SCALE = "sums are divided by what they were multiplied with"
_MARGIN = "a wider margin only has more colours decided in float64, to the same end"
_CORRECTED = "the second step of the cube root corrects the first"
_SMALL = "times the square of an error below 1e-4"
_STAND_IN = "stands in for what the other branch gives"
EQUIVALENT = {
    "kernel.<module>:2": _SCALE,
    "kernel.<module>:22": _SCALE,
    "kernel.<module>:0.0002": _MARGIN,
    "kernel.<module>:0.0005": _MARGIN,
    "kernel.<module>:0.005": _MARGIN,
    "kernel._delta_block:1.0": "any negative number marks a pixel that is decided again",
    "kernel.<module>:65535": "a mark that is the number of no pair that occurs",
    "kernel._exact_lab:3.0#2": "a polishing step on a root that is right to 1e-15",
    "kernel._exact_sector:11": "for an angle that rounds to 360, and no 8-bit colour's does",
    "kernel_math.<module>:1e-10": "keeps a division by zero from happening; its result is 0 anyway",
    "kernel_math._cube_root:1.0": _CORRECTED,
    "kernel_math._cube_root:1.0#2": _CORRECTED,
    "kernel_math._cube_root:3.0": _CORRECTED,
    "kernel_math._cube_root:2.0": _CORRECTED,
    "kernel_math._cube_root:9.0": _CORRECTED,
    "kernel_math._cube_root:5.0": _SMALL,
    "kernel_math._cube_root:9.0#2": _SMALL,
    "kernel_math.response:1e-06": "a floor below the line's end, where the root is not used",
    "kernel_math.weighted:1.0#3": "the bump is below 3e-6 there",
    "torch_backend._root:1.0": _STAND_IN,
    "torch_backend._linear:1.0": _STAND_IN,
    "torch_backend._response:1.0": _STAND_IN,
    "torch_backend.delta_e00:1.0#3": _STAND_IN,
    "torch_backend.delta_e00:1.0#7": _STAND_IN,
    "torch_backend.delta_e00:1.0#8": _STAND_IN,
    "torch_backend.delta_e00:1.5#2": "no 8-bit colour has so little chroma, except none",
}


@dataclass(frozen=True)
class Mutant:
    """A number in the source of a module."""

    module: str
    name: str
    start: int
    end: int
    text: str

    @property
    def file(self) -> Path:
        return ROOT / "pytest_colordeg" / "color" / f"{self.module}.py"

    def source(self) -> bytes:
        text = self.file.read_bytes()
        return text[: self.start] + self.text.encode() + text[self.end :]


class Numbers(ast.NodeVisitor):
    """Find the numbers that are constants of a formula.

    Not: zero, which 1 % does not move; positions (subscripts, axes, the arguments of
    `range`); sizes of arrays; marks and steps of a count, as in ``used[i] = 1``.
    """

    def __init__(self) -> None:
        self.found: list[tuple[str, ast.Constant, str]] = []
        self.scope = "<module>"
        self.whole = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.scope = self.scope, node.name
        self.generic_visit(node)
        self.scope = outer

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in {"axis", "degree"}:
            self.generic_visit(node)

    def visit_arguments(self, node: ast.arguments) -> None:
        pass

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in {"range", "empty", "zeros", "_fit", "moveaxis", "slice", "reshape"}:
            return
        outer, self.whole = self.whole, name in {"int32", "int64", "uint8", "uint32"}
        self.generic_visit(node)
        self.whole = outer

    def visit_Return(self, node: ast.Return) -> None:
        self.whole = isinstance(node.value, ast.Constant) and isinstance(node.value.value, int)
        self.generic_visit(node)
        self.whole = False

    def visit_Assign(self, node: ast.Assign) -> None:
        if not (
            isinstance(node.targets[0], ast.Subscript) and isinstance(node.value, ast.Constant)
        ):
            self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if not (isinstance(node.target, ast.Subscript) and isinstance(node.value, ast.Constant)):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool) and node.value:
            changed = node.value * FACTOR
            self.found.append((self.scope, node, repr(ceil(changed) if self.whole else changed)))


def mutants(modules: Sequence[str]) -> Iterator[Mutant]:
    """All mutants of the modules, in the order of their source."""
    for module in modules:
        source = (ROOT / "pytest_colordeg" / "color" / f"{module}.py").read_bytes()
        offsets = [0]
        for line in source.splitlines(keepends=True):
            offsets.append(offsets[-1] + len(line))
        visitor = Numbers()
        visitor.visit(ast.parse(source))
        seen: Counter[str] = Counter()
        for scope, node, text in visitor.found:
            label = f"{module}.{scope}:{node.value!r}"
            seen[label] += 1
            name = label if seen[label] == 1 else f"{label}#{seen[label]}"
            start = offsets[node.lineno - 1] + node.col_offset
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            end = offsets[node.end_lineno - 1] + node.end_col_offset
            yield Mutant(module, name, start, end, text)


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import one module from changed source."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.module = f"pytest_colordeg.color.{mutant.module}"

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(name, self.mutant.file, loader=self)

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self.mutant.source(), str(self.mutant.file), "exec")
        exec(code, module.__dict__)


def notices(mutant: Mutant | None) -> bool:
    """Whether a test fails with the mutant in place, in a process of its own."""
    child = os.fork()
    if child == 0:
        import pytest

        signal.alarm(SECONDS)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if mutant is not None:
            sys.meta_path.insert(0, Loader(mutant))
        tests = [str(ROOT / "tests" / "color" / name) for name in TESTS]
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain"]
        os._exit(0 if pytest.main([*options, *tests]) == 0 else 1)
    return os.waitpid(child, 0)[1] != 0


def main() -> int:
    """Try the mutants; 0 if the tests notice all but the equivalent ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose name contains this")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="name the mutants and stop")
    options = parser.parse_args()
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    os.environ["HYPOTHESIS_MAX_EXAMPLES"] = "50"
    with_torch = importlib.util.find_spec("torch") is not None
    modules = [*MODULES, TORCH] if with_torch else list(MODULES)
    chosen = [m for m in mutants(modules) if options.only in m.name]
    if options.list:
        print(*(m.name for m in chosen), sep="\n")
        return 0
    # Whatever is slow to import and is not under test is there before the fork.
    for name in ("pytest", "hypothesis.extra.numpy", "numba", "skimage.color", "colour", "scipy"):
        importlib.import_module(name)
    if with_torch:
        import torch

        torch.set_num_threads(1)
    else:
        print("torch is not installed: its backend's constants are not checked")
    if notices(None):
        print("the tests fail as they are: nothing can be said about mutants")
        return 1
    with ThreadPoolExecutor(options.jobs) as pool:
        noticed = dict(zip(chosen, pool.map(notices, chosen), strict=True))
    survivors = [m.name for m, seen in noticed.items() if not seen and m.name not in EQUIVALENT]
    stale = [m.name for m, seen in noticed.items() if seen and m.name in EQUIVALENT]
    if not options.only:
        names = {m.name for m in chosen}
        stale += [n for n in EQUIVALENT if n not in names and (with_torch or TORCH not in n)]
    killed = sum(noticed.values())
    print(
        f"{len(chosen)} mutants: {killed} noticed, "
        f"{len(chosen) - killed - len(survivors)} equivalent, {len(survivors)} not noticed"
    )
    for name in survivors:
        print(f"  no test notices 1 % more of {name}")
    for name in stale:
        print(f"  {name} stands in EQUIVALENT, but it is gone or a test notices it")
    return 1 if survivors or stale else 0


if __name__ == "__main__":
    sys.exit(main())
