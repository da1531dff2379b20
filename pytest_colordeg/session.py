"""What one process of a ``--colordeg`` run holds, and how its results travel.

Every process (the only one, or each xdist worker) measures and judges its items
and sends what it found on the test reports. The process that the user sees, the
controller, collects the reports, writes files and closes the books.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from pytest_colordeg.brought import brought
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.codecs.watched import Watched
from pytest_colordeg.controller import Controller
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.fixtures import DEVICE, FIXTURE, PARTS
from pytest_colordeg.gate.handle import Colordeg
from pytest_colordeg.gate.judge import Gate
from pytest_colordeg.gate.ladder import Ladder
from pytest_colordeg.guard import guarded
from pytest_colordeg.metrics.registry import register, unregister
from pytest_colordeg.options import Settings, resolve
from pytest_colordeg.progress import Progress
from pytest_colordeg.selection import Declared, Point, codec_ids, declared, points
from pytest_colordeg.shard import Split, point_of, split
from pytest_colordeg.sweep.setup import worker_count
from pytest_colordeg.throughput.handle import Throughput

if TYPE_CHECKING:
    from pytest_colordeg.codecs.protocol import Codec
    from pytest_colordeg.images.model import Image

__all__ = ["Run", "run_of", "start"]

_RUN = pytest.StashKey["Run"]()
_HANDLE = pytest.StashKey[Colordeg]()
_CODEC = pytest.StashKey[Watched]()
_LADDERS = pytest.StashKey[list[Ladder]]()
_TOLD = pytest.StashKey[list[str]]()
_THROUGHPUT = pytest.StashKey[Throughput]()


def start(config: pytest.Config) -> None:
    """Set a run up: settings, codecs, metrics, limits; complain before any test runs."""
    try:
        settings = resolve(config)
        registry = Registry(settings.device, settings.decode)
        registry.add_entry_points()
        registry.add_commands(settings.codec_tables, settings.root)
        for origin, codecs in brought(config, "pytest_colordeg_codecs"):
            guarded(origin, registry.add_all, codecs, origin)
        for origin, metrics in brought(config, "pytest_colordeg_metrics"):
            for metric in guarded(origin, list, metrics):
                register(metric, origin)
                config.add_cleanup(partial(unregister, metric.name))
        if settings.isolate or settings.repeat > 1:
            # CUDA maps far more than it takes.
            memory = 0 if settings.device == "cuda" else int(settings.memory)
            registry.isolate(settings.timeout, memory)
            config.add_cleanup(registry.close)
        run = Run(config, settings, registry)
    except ColordegError as error:
        raise pytest.UsageError(f"colordeg: {error}") from None
    config.stash[_RUN] = run
    config.pluginmanager.register(run, "colordeg-run")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(
            Controller(config, settings, registry, run.gate, run.progress), "colordeg-controller"
        )


def run_of(config: pytest.Config) -> Run:
    """The run of this process."""
    return config.stash[_RUN]


class Run:
    """Item side: parametrize, hand out, watch, attach results to reports."""

    def __init__(self, config: pytest.Config, settings: Settings, registry: Registry) -> None:
        self._config = config
        self.settings = settings
        self.registry = registry
        self.split: Split | None = None
        self.progress = Progress(config)
        xdist = hasattr(config, "workerinput") or config.getoption("numprocesses", None)
        if settings.executor == "dask" and xdist:
            raise ColordegError(
                "--colordeg-executor=dask shares the cells out itself: leave -n away"
            )
        self.gate = Gate(settings, registry, self.progress.cell_done, worker_count())
        config.add_cleanup(self.gate.engine.close)
        if settings.from_command_line("codec"):
            codec_ids(Declared(), settings, registry)
        for codec in (*settings.require, *([settings.against] if settings.against else [])):
            registry.get(codec)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave to other shards what is theirs."""
        if self.settings.shard is None:
            return
        try:
            self.split = split(items, self.settings.shard)
        except ColordegError as error:
            raise pytest.UsageError(f"colordeg: {error}") from None
        self._config.hook.pytest_deselected(items=self.split.dropped)
        items[:] = self.split.kept

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Plan what the tests will ask for; xdist tells its workers no such order."""
        if self._plans:
            points = (_swept(item) for item in session.items)
            tasks = [self.gate.task(point) for point in points if point is not None]
            self.progress.plan_cells(self.gate.engine.plan(tasks))

    @property
    def _plans(self) -> bool:
        config = self._config
        xdist = self._is_worker or config.getoption("numprocesses", None)
        return not xdist and not config.option.collectonly

    @property
    def _is_worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    def parametrize(self, metafunc: pytest.Metafunc) -> None:
        """Expand one test function over its points."""
        taken = _parametrized_by_others(metafunc)
        parts = frozenset(
            part
            for fixture, part in PARTS.items()
            if fixture in metafunc.fixturenames and fixture not in taken
        )
        if not parts:
            return
        try:
            wanted = declared(metafunc.definition.iter_markers("colordeg"))
            found = points(wanted, self.settings, self.registry, parts)
        except ColordegError as error:
            raise pytest.Collector.CollectError(f"{metafunc.definition.nodeid}: {error}") from None
        corpora = {point.selection.corpus.name for point in found if point.selection}
        ids = [
            f"{point}-{point.selection.corpus.name}"
            if len(corpora) > 1 and point.selection
            else str(point)
            for point in found
        ]
        metafunc.parametrize(FIXTURE, found, ids=ids, indirect=True)
        if DEVICE in metafunc.fixturenames:
            devices = self.settings.bench_device or (self.settings.device,)
            metafunc.parametrize(DEVICE, devices, indirect=True)

    def throughput(
        self, codec: Codec, rung: int, image: Image, device: str, request: pytest.FixtureRequest
    ) -> Throughput:
        """The `throughput` fixture of one item.

        A device that is not there is a stated skip, and for a required codec a failure.
        """
        from pytest_colordeg.throughput.choose import choose

        required = codec.id in self.settings.require
        try:
            against = self.settings.against
            rival = self.registry.get(against) if against is not None else None
            chosen = choose(codec, device, self.settings.decode)
            other = choose(rival, device, self.settings.decode) if rival is not None else None
        except ColordegError as error:
            reason = f"{codec.id} on {device}: {error}"
            if required:
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        if find_spec("pytest_benchmark") is None:
            pytest.fail(
                "throughput needs pytest-benchmark: pip install 'pytest-colordeg[bench]'",
                pytrace=False,
            )
        benchmark = request.getfixturevalue("benchmark")
        made = Throughput(chosen, rung, image, device, benchmark, other, self.settings.bench_gate)
        request.node.stash[_THROUGHPUT] = made
        return made

    def handle(self, point: Point, item: pytest.Item) -> Colordeg:
        """The `colordeg` fixture of one item."""
        handle = item.stash[_HANDLE] = Colordeg(self.gate, point, item.nodeid)
        return handle

    def ladder(self, point: Point, item: pytest.Item) -> Ladder:
        """The `colordeg_ladder` fixture of one item; the cells that it measures are counted."""
        ladder = Ladder(self.gate, point)
        item.stash.setdefault(_LADDERS, []).append(ladder)
        return ladder

    def tell(self, item: pytest.Item, line: str) -> None:
        """Have a line told at the end of the run and in the report."""
        item.stash.setdefault(_TOLD, []).append(line)

    def codec(self, point: Point, item: pytest.Item) -> Codec:
        """The `codec` fixture of one item; its use is counted."""
        assert point.codec is not None
        watched = item.stash[_CODEC] = Watched(self.registry.get(point.codec))
        return watched

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        result = yield
        handle = pyfuncitem.stash.get(_HANDLE, None)
        if handle is not None and not handle.read:
            pytest.fail(
                "colordeg: the test asked for the colordeg fixture and read nothing from it; "
                'call colordeg.check() or read a metric, such as colordeg["delta_e00.mean"]',
                pytrace=False,
            )
        ladders = pyfuncitem.stash.get(_LADDERS, [])
        if ladders and not any(ladder.measured for ladder in ladders):
            pytest.fail(
                "colordeg: the test asked for the colordeg_ladder fixture and read nothing from "
                'it; read a metric, such as colordeg_ladder.at(bpp=0.5)["delta_e00.mean"]',
                pytrace=False,
            )
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call":
            handle, codec = item.stash.get(_HANDLE, None), item.stash.get(_CODEC, None)
            ladders = item.stash.get(_LADDERS, [])
            told = dict.fromkeys(line for ladder in ladders for line in ladder.told)
            timed = item.stash.get(_THROUGHPUT, None)
            report.colordeg = {  # type: ignore[attr-defined]
                "throughput": timed.row if timed is not None else {},
                "point": handle.payload(self._is_worker) if handle and handle.read else None,
                # What is coded to be timed counts when it was timed.
                "decoded": (codec.decoded if codec is not None and timed is None else 0)
                + sum(ladder.measured for ladder in ladders),
                "notes": [*told, *item.stash.get(_TOLD, [])],
                "plan": self.split.plan if self.split is not None else "",
                "corrupt": self.gate.engine.take_corrupt(),
            }
            if handle is not None:
                item.user_properties += handle.properties()
                handle.forget()
        return report


def _swept(item: pytest.Item) -> Point | None:
    """The point that an item will measure; ``None`` for one that is skipped or asks for none."""
    if "colordeg" not in getattr(item, "fixturenames", ()) or item.get_closest_marker("skip"):
        return None
    point = point_of(item)
    return point if point is not None and point.codec and point.rung and point.selection else None


def _parametrized_by_others(metafunc: pytest.Metafunc) -> set[str]:
    """Names that a user's own pytest_generate_tests has parametrized already.

    Marks need no help here (pytest leaves their names out of the fixture
    closure); calls of ``metafunc.parametrize`` leave no public trace.
    """
    calls = getattr(metafunc, "_calls", ())
    return {name for call in calls for name in getattr(call, "params", {})}
