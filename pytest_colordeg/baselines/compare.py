"""A degradation against its baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pytest_colordeg.baselines.judge import is_value, judge, judge_paired
from pytest_colordeg.baselines.model import Baseline, Section, StoredPoint
from pytest_colordeg.baselines.paired import paired
from pytest_colordeg.baselines.specs import MetricSpec, Override, allowance
from pytest_colordeg.baselines.verdicts import Comparison, Difference, Kind, MetricVerdict, Verdict
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Degradation, Scalar
from pytest_colordeg.values import Value, is_number

__all__ = ["DEVICE_FACTOR", "compare", "corpus_change", "incomparable"]

DEVICE_FACTOR = 3.0
"""How much wider tolerances are when the ``cpu`` section serves another device."""


def compare(
    now: Degradation,
    baseline: Baseline | None,
    metrics: Mapping[str, MetricSpec],
    overrides: Mapping[str, Override] | None = None,
    *,
    device_factor: float = DEVICE_FACTOR,
    facts_gated: bool = True,
) -> Comparison:
    """Compare one operating point with what is stored for it.

    Parameters
    ----------
    now
        What was measured. When `partial`, image rows alone are compared.
    baseline
        The codec's baseline, or ``None`` when there is no file.
    metrics
        Every registered metric by name; all that `now` holds must be among them.
    overrides
        Tolerances in force for this codec and corpus, see `Limits.overrides`.
    device_factor
        Widens tolerances when `now` has no section of its own device.
    facts_gated
        False between two different codecs, whose files may differ: changed
        facts then explain and do not fail.

    Returns
    -------
    Comparison
        Never raises for what the data hold: NaN, absent and changed things are
        failing verdicts.
    """
    place = (now.codec, now.rung, now.corpus, now.device)
    unknown = sorted({*now.aggregates, *(m for row in now.rows.values() for m in row)} - {*metrics})
    if unknown:
        raise ColordegError(f"{now.codec}: the metric '{unknown[0]}' is not registered")

    def whole(outcome: Verdict, reason: str) -> Comparison:
        return Comparison(*place, outcome=outcome, reason=reason, partial=now.partial)

    if not now.rows:
        return whole(Verdict.MISSING, "no image was measured")
    if odd := sorted({*now.image_digests} ^ {*now.rows}):
        return whole(Verdict.MISSING, f"not every image was measured ({_list(odd)})")
    if baseline is None:
        return whole(Verdict.MISSING, f"there is no baseline of {now.codec}")
    section = baseline.sections.get((now.corpus, now.device))
    section = section or baseline.sections.get((now.corpus, "cpu"))
    if section is None:
        return whole(Verdict.MISSING, f"the baseline has no corpus {now.corpus} on {now.device}")
    if reason := corpus_change(now, section):
        return whole(Verdict.INCOMPARABLE, reason)
    point = section.points.get(now.rung)
    if point is None:
        return whole(Verdict.MISSING, f"the baseline has no rung {now.rung}")

    own = section.device == now.device
    pairs = _Pairs(baseline, metrics, overrides or {}, 1.0 if own else device_factor)
    return Comparison(
        *place,
        against=None if own else section.device,
        partial=now.partial,
        metrics=tuple(pairs.partial(now, point) if now.partial else pairs.aggregates(now, point)),
        images=tuple(pairs.images(now, point)),
        compared_images=len(now.rows),
        differences=tuple(_differences(now, point, facts_gated)),
    )


def incomparable(now: Degradation, reason: str) -> Comparison:
    """Give the comparison of a point whose baseline cannot be used at all."""
    return Comparison(
        now.codec,
        now.rung,
        now.corpus,
        now.device,
        Verdict.INCOMPARABLE,
        reason,
        partial=now.partial,
    )


def corpus_change(now: Degradation, section: Section) -> str:
    """Say how the images differ from the section's, or nothing when they are the same."""
    stored, here = section.images, now.image_digests
    changed = [name for name in here if name in stored and here[name] != stored[name]]
    added = [name for name in here if name not in stored]
    removed = [] if now.partial else [name for name in stored if name not in here]
    parts = [
        f"{len(names)} image{'s' if len(names) > 1 else ''} {word} ({_list(names)})"
        for names, word in ((changed, "changed"), (added, "added"), (removed, "removed"))
        if names
    ]
    if not parts and now.corpus_digest != section.corpus_digest:
        unseen = "images that were not selected here differ"
        parts = [unseen if now.partial else "the same images in another order"]
    return f"the corpus {now.corpus} is another: {', '.join(parts)}" if parts else ""


class _Pairs:
    """Pairs of measured and stored values, judged."""

    def __init__(
        self,
        baseline: Baseline,
        metrics: Mapping[str, MetricSpec],
        overrides: Mapping[str, Override],
        factor: float,
    ) -> None:
        self.stored = baseline.metrics
        self.metrics = metrics
        self.allowances = {
            name: allowance(metric, overrides.get(name), self._digits(name, metric), factor)
            for name, metric in metrics.items()
        }

    def _digits(self, name: str, metric: MetricSpec) -> int:
        return self.stored[name].digits if name in self.stored else metric.digits

    def _redefined(self, name: str) -> str:
        """Say how a metric's definition changed, or nothing."""
        before, after = self.stored.get(name), self.metrics[name].definition
        if before is None or before.definition == after:
            return ""
        return f"defined otherwise: baseline '{before.definition}', now '{after}'"

    def aggregates(self, now: Degradation, point: StoredPoint) -> Iterator[MetricVerdict]:
        for name in self.metrics:
            value, stored = now.aggregates.get(name), point.aggregates.get(name)
            if value is None or stored is None or not is_value(value) or self._redefined(name):
                yield from self._unpaired(name, value, stored)
                continue
            count, before = now.covered.get(name, 0), point.covered.get(name, 0)
            verdict = self._paired(name, self._judge(name, value, stored), now, point)
            if count != before and not verdict.verdict.failing:
                reason = f"over {count} images, the baseline over {before}"
                verdict = replace(verdict, verdict=Verdict.CHANGED, reason=reason)
            yield verdict

    def partial(self, now: Degradation, point: StoredPoint) -> Iterator[MetricVerdict]:
        """Give what is wrong with a metric as a whole, when aggregates mean nothing."""
        row, stored = next(iter(now.rows.values())), next(iter(point.rows.values()), {})
        for name in self.metrics:
            if name not in row or name not in stored or self._redefined(name):
                yield from self._unpaired(name, row.get(name), stored.get(name))
            elif self.allowances[name].paired is not None:
                whole = MetricVerdict(name, Verdict.PASS, None, None)
                yield self._paired(name, whole, now, point)

    def images(self, now: Degradation, point: StoredPoint) -> Iterator[MetricVerdict]:
        """Give the gated verdicts of single images that are not passes."""
        known = next(iter(point.rows.values()), {}).keys() if now.partial else point.aggregates
        names = {
            name
            for name, allowed in self.allowances.items()
            if allowed.gated and name in known and not self._redefined(name)
        }
        for image, row in now.rows.items():
            stored = point.rows.get(image, {})
            for name, value in row.items():
                if name in names and name in stored:
                    if self._by_interval(name, value, stored[name]):
                        continue
                    verdict = self._judge(name, value, stored[name], image)
                    if verdict.verdict is not Verdict.PASS:
                        yield verdict
                elif name in names or not is_value(value):
                    yield from self._unpaired(name, value, None, image)
            for name in names & (stored.keys() - row.keys()):
                yield from self._unpaired(name, None, stored[name], image)

    def _paired(
        self, name: str, verdict: MetricVerdict, now: Degradation, point: StoredPoint
    ) -> MetricVerdict:
        """Add the interval of the mean change, and judge by it where a tolerance says so."""
        allowed = self.allowances[name]
        if allowed.paired is None and (not verdict.gated or verdict.verdict is Verdict.PASS):
            return verdict
        found = paired(name, now.rows, point.rows)
        if allowed.paired is None or verdict.verdict is Verdict.INCOMPARABLE:
            return replace(verdict, paired=found)
        made, change, limit, reason = judge_paired(found, self.metrics[name].direction, allowed)
        return replace(
            verdict,
            verdict=made,
            change=change,
            allowed=limit,
            gated=allowed.gated,
            reason=reason,
            paired=found,
        )

    def _by_interval(self, name: str, value: Value, stored: Value) -> bool:
        """Whether a single image's numbers count only towards the interval of all."""
        return self.allowances[name].paired is not None and is_number(value) and is_number(stored)

    def _unpaired(
        self, name: str, value: Value | None, stored: Value | None, image: str | None = None
    ) -> Iterator[MetricVerdict]:
        """Judge a metric of which there are no two values to compare."""
        gated = self.allowances[name].gated
        verdict = Verdict.MISSING
        if value is not None and not is_value(value):
            gated = True  # no NaN passes, not even one that is only recorded
            verdict, reason = Verdict.INCOMPARABLE, f"{value!r} measured is not a number"
        elif value is not None and (reason := self._redefined(name)):
            verdict = Verdict.INCOMPARABLE
        elif value is None and (gated or stored is not None):
            reason = "not measured"
        elif value is not None:
            reason = "not in the baseline"
        else:
            return
        yield MetricVerdict(name, verdict, stored, value, gated=gated, image=image, reason=reason)

    def _judge(
        self, name: str, value: Value, stored: Value, image: str | None = None
    ) -> MetricVerdict:
        allowed = self.allowances[name]
        verdict, change, limit, reason = judge(
            value, stored, self.metrics[name].direction, allowed, image=image is not None
        )
        gated = allowed.gated or verdict is Verdict.INCOMPARABLE  # NaN, in the baseline
        return MetricVerdict(name, verdict, stored, value, change, limit, gated, image, reason)


def _differences(now: Degradation, point: StoredPoint, facts_gated: bool) -> Iterator[Difference]:
    kinds: tuple[tuple[Kind, Mapping[str, Scalar], Mapping[str, Scalar]], ...] = (
        ("fact", point.facts, now.facts),
        ("parameter", point.parameters, now.parameters),
        ("provenance", point.provenance, now.provenance),
    )
    for kind, stored, here in kinds:
        for name in sorted({*stored, *here}):
            before, after = stored.get(name), here.get(name)
            if before != after or isinstance(before, bool) is not isinstance(after, bool):
                yield Difference(kind, name, before, after, gated=facts_gated)


def _list(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(sorted(names)[:most]) + more
