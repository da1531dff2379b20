"""Stored degradations: reading, comparing, and changing them on purpose.

`Store` reads and writes the files, `compare` judges a measurement by them,
`evaluate` judges it by hand-written limits, and `plan` works out an update.
"""

from __future__ import annotations

from pytest_colordeg.baselines.bounds import LimitResult, evaluate, unreached
from pytest_colordeg.baselines.compare import DEVICE_FACTOR, compare, incomparable
from pytest_colordeg.baselines.draft import Edit, Mode
from pytest_colordeg.baselines.limits import Limits
from pytest_colordeg.baselines.model import (
    Baseline,
    Change,
    Section,
    StoredMetric,
    StoredPoint,
)
from pytest_colordeg.baselines.selection import Selection, Stale, stale
from pytest_colordeg.baselines.specs import MetricSpec, Override, ToleranceSpec
from pytest_colordeg.baselines.store import Store
from pytest_colordeg.baselines.update import UpdatePlan, parse_modes, plan, table
from pytest_colordeg.baselines.verdicts import Comparison, Difference, MetricVerdict, Verdict

__all__ = [
    "DEVICE_FACTOR",
    "Baseline",
    "Change",
    "Comparison",
    "Difference",
    "Edit",
    "LimitResult",
    "Limits",
    "MetricSpec",
    "MetricVerdict",
    "Mode",
    "Override",
    "Section",
    "Selection",
    "Stale",
    "Store",
    "StoredMetric",
    "StoredPoint",
    "ToleranceSpec",
    "UpdatePlan",
    "Verdict",
    "compare",
    "evaluate",
    "incomparable",
    "parse_modes",
    "plan",
    "stale",
    "table",
    "unreached",
]
