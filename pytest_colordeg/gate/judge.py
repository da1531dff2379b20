"""The gate: measures a point, judges it, and words what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from pytest_colordeg.baselines.bounds import LimitResult, evaluate
from pytest_colordeg.baselines.compare import compare, incomparable
from pytest_colordeg.baselines.limits import Limits
from pytest_colordeg.baselines.model import Baseline, Section, StoredPoint
from pytest_colordeg.baselines.store import Store
from pytest_colordeg.baselines.verdicts import Comparison, Verdict
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.codecs.setting import AtSetting
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.findings import Findings
from pytest_colordeg.gate.against import stand_in
from pytest_colordeg.gate.artifacts import Exhibit, exhibit, keep_out_of_git
from pytest_colordeg.gate.causes import Rows, causes
from pytest_colordeg.gate.failure import (
    accept_command,
    failed_cells,
    failure_text,
    headline,
    limit_text,
)
from pytest_colordeg.gate.findings import make_findings
from pytest_colordeg.images import Selection
from pytest_colordeg.metrics.registry import METRICS
from pytest_colordeg.options import Settings
from pytest_colordeg.records import Degradation, Measurement
from pytest_colordeg.selection import Point
from pytest_colordeg.sweep.bench import Result
from pytest_colordeg.sweep.degrade import degrade
from pytest_colordeg.sweep.plan import Task
from pytest_colordeg.sweep.setup import make_engine
from pytest_colordeg.sweep.spool import failures

__all__ = ["Gate", "Judgement"]

_WORST = 3
#: What an update does to a point that would fail without it, by mode.
_DONE = {"create": "created", "fix": "fixed", "tighten": "tightened"}


@dataclass(frozen=True)
class Judgement:
    """What the gate says of one point.

    Attributes
    ----------
    verdict
        A `Verdict`'s word, ``limit``, or what an update is about to do.
    failure
        The whole text when the item fails, else ``None``.
    notes
        What is worth a line at the end of the run although nothing failed.
    writable
        Whether an update may store this point.
    findings
        What the report shows of it.
    """

    verdict: str
    failure: str | None
    notes: tuple[str, ...] = ()
    writable: bool = True
    findings: Findings = field(default_factory=Findings)


class Gate:
    """Measures and judges the points of one process."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        on_cell: Callable[[Result], None] = lambda result: None,
        processes: int = 1,
    ) -> None:
        self.settings = settings
        self.registry = registry
        self.store = Store(settings.baselines)
        self.limits: Limits = self.store.limits(METRICS)
        self.baseline = cache(self.store.read)
        self.engine = make_engine(settings, on_cell, processes)

    def measure(self, point: Point) -> Sequence[Measurement]:
        """Measure the cells of a point, one an image."""
        task = self.task(point)
        return self.engine.sweep(task.codec, task.rung, task.selection, task.device)

    def task(self, point: Point) -> Task:
        """What measuring a point takes."""
        codec, rung, selection = _of(point)
        return Task(self.registry.get(codec), rung, selection, self.settings.device)

    def from_cache(self, point: Point) -> int:
        """How many cells of a measured point came from the cache."""
        return self.engine.from_cache(self.task(point).key)

    def measure_setting(self, codec: AtSetting, selection: Selection) -> Sequence[Measurement]:
        """Measure a codec at a setting that is on no rung, one cell an image."""
        return self.engine.sweep(codec, 1, selection, self.settings.device)

    def degradation(self, point: Point, cells: Sequence[Measurement]) -> Degradation:
        """Aggregate a point's measured cells."""
        selection = point.selection
        assert selection is not None
        return degrade(cells, selection.corpus.digest, selection.partial)

    def judge(self, point: Point, cells: Sequence[Measurement], nodeid: str) -> Judgement:
        """Compare a point with its baseline and the limits; words the failure, if any."""
        codec, rung, selection = _of(point)
        title = f"{codec}-r{rung} on {selection.corpus.name}"
        if failures(cells):
            failed = [cell for cell in cells if cell.error]
            return Judgement("error", failed_cells(title, failed), writable=False)
        now = self.degradation(point, cells)
        broken = [result for result in evaluate(self.limits, now) if not result.passed]
        try:
            baseline = self._baseline(point, now)
        except ColordegError as error:
            # No update can build on what cannot be read, so none is offered.
            unread = incomparable(now, str(error))
            text = failure_text(title, unread, broken, [], [], [], None)
            found = make_findings(unread, headline=headline(unread, broken))
            return Judgement(unread.verdict.value, text, writable=False, findings=found)
        comparison = self.compare(now, baseline)
        mode = self._update_for(comparison)
        passes = mode is not None or not comparison.fails(strict=self.settings.strict)
        if passes and not broken:
            verdict = _DONE[mode] if mode else comparison.verdict.value
            stored = _stored(baseline, now)
            found = make_findings(
                comparison,
                stored=stored.aggregates if stored else None,
                against=self.settings.against or "baseline",
            )
            return Judgement(verdict, None, _notes(title, comparison, mode), findings=found)
        text, found = self._explain(point, title, now, baseline, comparison, broken, nodeid)
        verdict = comparison.verdict.value if not passes else "limit"
        return Judgement(verdict, text, writable=False, findings=found)

    def compare(self, now: Degradation, baseline: Baseline | None) -> Comparison:
        """Compare with a baseline under the tolerances in force."""
        overrides = self.limits.overrides(now.codec, now.corpus)
        gated = self.settings.against is None
        return compare(now, baseline, METRICS, overrides, facts_gated=gated)

    def _baseline(self, point: Point, now: Degradation) -> Baseline | None:
        if self.settings.against is None:
            return self.baseline(now.codec)
        return stand_in(self, point, now)

    def _update_for(self, comparison: Comparison) -> str | None:
        """The update mode that takes care of this comparison, if the user asked for it."""
        modes, strict = self.settings.update, self.settings.strict
        if comparison.verdict is Verdict.BETTER:
            return (
                "tighten" if "tighten" in modes else ("fix" if strict and "fix" in modes else None)
            )
        if not comparison.fails():
            return None
        absent = comparison.verdict is Verdict.MISSING and not any(
            difference.fails for difference in comparison.differences
        )
        absent = absent and all(v.verdict is Verdict.MISSING for v in comparison.failures)
        if absent:
            return "create" if "create" in modes else None
        return "fix" if "fix" in modes else None

    def _explain(
        self,
        point: Point,
        title: str,
        now: Degradation,
        baseline: Baseline | None,
        comparison: Comparison,
        broken: Sequence[LimitResult],
        nodeid: str,
    ) -> tuple[str, Findings]:
        base = self.settings.against or "baseline"
        stored = _stored(baseline, now)
        before = stored.rows if stored else {}
        ranked = _ranked(comparison, now, before)
        exhibits = self._exhibits(point, [name for name, _ in ranked])
        hues = {e.image: f", most in {e.hue}" for e in exhibits if e.hue}
        if not any(text.startswith("delta_e00.") for _, text in ranked):
            hues = {}  # beside a size or a PSNR, a hue explains nothing
        why: list[str] = []
        if comparison.outcome is None or broken:
            why = causes(comparison, exhibits, now.rows, before)
        failing = comparison if comparison.fails(strict=self.settings.strict) else None
        accept = not broken and base == "baseline"
        command = accept_command(_mode(comparison), nodeid) if accept else None
        words = [(name, text + hues.get(name, "")) for name, text in ranked]
        text = failure_text(title, failing, broken, why, words, exhibits, command, base)
        return text, make_findings(
            comparison,
            stored=stored.aggregates if stored else None,
            against=base,
            headline=headline(failing, broken),
            causes=why,
            limits=[limit_text(result) for result in broken],
            worst=ranked,
            exhibits=exhibits,
            command=command,
        )

    def _exhibits(self, point: Point, names: Sequence[str]) -> list[Exhibit]:
        codec, rung, selection = _of(point)
        folder = self.settings.artifacts / selection.corpus.name / f"{codec}-r{rung}"
        keep_out_of_git(self.settings.artifacts)
        images = {source.name: source for source in selection.sources}
        made = (
            exhibit(self.registry.get(codec), rung, images[name].image, folder) for name in names
        )
        return [one for one in made if one is not None]


def _of(point: Point) -> tuple[str, int, Selection]:
    assert point.codec is not None
    assert point.rung is not None
    assert point.selection is not None
    return point.codec, point.rung, point.selection


def _mode(comparison: Comparison) -> str:
    if comparison.outcome is Verdict.MISSING:
        return "create"
    return "tighten" if comparison.verdict is Verdict.BETTER else "fix"


def _section(baseline: Baseline | None, now: Degradation) -> Section | None:
    sections = baseline.sections if baseline else {}
    return sections.get((now.corpus, now.device)) or sections.get((now.corpus, "cpu"))


def _stored(baseline: Baseline | None, now: Degradation) -> StoredPoint | None:
    section = _section(baseline, now)
    return section.points.get(now.rung) if section else None


def _ranked(comparison: Comparison, now: Degradation, before: Rows) -> list[tuple[str, str]]:
    """The worst images and what to say of each, by the metric that fails most severely."""
    failing = sorted(comparison.failures, key=lambda item: -item.verdict.severity)
    colour = [item.metric for item in failing if item.metric.startswith("delta_e00.")]
    metric = next(iter(colour or [item.metric for item in failing]), "delta_e00.mean")
    digits = METRICS[metric].digits if metric in METRICS else 3
    found: list[tuple[float, str, str]] = []
    for image, row in now.rows.items():
        value, stored = row.get(metric), before.get(image, {}).get(metric)
        if isinstance(value, float) and isinstance(stored, float):
            text = f"{metric} {stored:.{digits}f} → {value:.{digits}f}"
            found.append((abs(value - stored), image, text))
        elif isinstance(value, float):
            worse = -value if metric in METRICS and METRICS[metric].direction == "higher" else value
            found.append((worse, image, f"{metric} {value:.{digits}f}"))
        elif value is not None:
            found.append((float("inf"), image, f"{metric} {value}"))
    found.sort(key=lambda entry: (-entry[0], entry[1]))
    return [(image, text) for change, image, text in found[:_WORST] if change]


def _notes(title: str, comparison: Comparison, mode: str | None) -> tuple[str, ...]:
    if mode is None and comparison.verdict is Verdict.BETTER:
        best = {v.metric: None for v in comparison.improvements if v.image is None}
        what = ", ".join(best) or "single images"
        return (
            f"{title} is better than its baseline ({what}): --colordeg-update=tighten keeps it",
        )
    return ()
