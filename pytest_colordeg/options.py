"""Options: one table, and how command line, pytest ini and pyproject make one `Settings`.

Precedence: command line, then pytest ini (``colordeg_NAME``), then
``[tool.colordeg]`` of pyproject.toml, then the default. A marker declares what a
test is about; the command line then intersects with it (`selection`).
Standard library only: this module is imported by every pytest run.
"""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_colordeg.errors import ColordegError

if TYPE_CHECKING:
    from pytest_colordeg.shard import Shard

__all__ = ["OPTIONS", "Option", "Settings", "add_options", "resolve"]

UPDATE_MODES = ("create", "fix", "tighten", "prune")


@dataclass(frozen=True)
class Option:
    """One setting: ``--colordeg-NAME``, ini ``colordeg_NAME``, TOML key ``NAME``."""

    name: str
    kind: str  # list, text, path, path or off, flag, number, count, size
    help: str
    default: Any = None
    metavar: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def dest(self) -> str:
        return "colordeg_" + self.name.replace("-", "_")

    @property
    def flag(self) -> str:
        return "--colordeg-" + self.name


OPTIONS = (
    Option("codec", "list", "codecs to test, comma-separated", metavar="ID,ID"),
    Option("quality", "list", "rungs to test, 1 = smallest file", metavar="1,4-6"),
    Option(
        "images",
        "list",
        "corpora: photos, charts, a folder, or one image of them (photos/NAME)",
        metavar="CORPUS",
    ),
    Option(
        "device", "text", "where codecs run", "cpu", metavar="cpu|cuda", choices=("cpu", "cuda")
    ),
    Option(
        "decode",
        "text",
        "what learned codecs decode from their bytes: one image a point, or all",
        "spot",
        metavar="spot|full",
        choices=("spot", "full"),
    ),
    Option("baselines", "path", "folder of the baselines", "baselines", metavar="DIR"),
    Option(
        "update",
        "list",
        "write baselines: create adds absent points, fix replaces failing ones, tighten "
        "replaces better ones, prune removes stale ones",
        metavar="MODE,MODE",
        choices=UPDATE_MODES,
    ),
    Option("reason", "text", "why the baselines change; kept in their history", metavar="TEXT"),
    Option("dry-run", "flag", "with update: say what would be written, write nothing", False),
    Option(
        "against",
        "text",
        "judge every codec against this one in the same run, without baselines",
        metavar="ID",
    ),
    Option(
        "match",
        "text",
        "with against: compare at equal rung, or each image at equal bpp",
        "rung",
        metavar="rung|rate",
        choices=("rung", "rate"),
    ),
    Option("records", "path", "write one JSON line a cell to this file", metavar="FILE"),
    Option("report", "path", "write one HTML page about the run to this file", metavar="FILE"),
    Option(
        "artifacts",
        "path",
        "where a failure's original, decoded and difference images go",
        ".colordeg/artifacts",
        metavar="DIR",
    ),
    Option("isolate", "flag", "run codecs in processes of their own; see timeout, memory", False),
    Option(
        "timeout", "number", "with isolate: seconds for one call of a codec", 60, metavar="SECONDS"
    ),
    Option(
        "memory",
        "number",
        "with isolate: MiB that a codec's process may take; 0: no limit",
        4096,
        metavar="MIB",
    ),
    Option(
        "repeat",
        "number",
        "code every image so many times, isolated, every second time on one processor: "
        "results that differ fail",
        1,
        metavar="N",
    ),
    Option(
        "cache",
        "path or off",
        "folder of measured cells, taken from there while nothing that decides them changed",
        ".colordeg/cache",
        metavar="off|DIR",
    ),
    Option("cache-size", "size", "most bytes that the cache may hold", "1G", metavar="BYTES"),
    Option(
        "jobs",
        "count",
        "threads that measure cells; by default as many as there are cores",
        metavar="N",
    ),
    Option(
        "executor",
        "text",
        "who measures: threads of this process, or workers of a Dask cluster",
        "threads",
        metavar="threads|dask",
        choices=("threads", "dask"),
    ),
    Option(
        "scheduler",
        "text",
        "with executor=dask: the scheduler's address; by default jobs processes are started here",
        metavar="ADDRESS",
    ),
    Option(
        "shard",
        "text",
        "run one part of the operating points; colordeg merge puts the records together",
        metavar="I/N",
    ),
    Option(
        "bench-device",
        "list",
        "throughput tests: devices side by side",
        metavar="cpu,cuda",
        choices=("cpu", "cuda"),
    ),
    Option(
        "bench-gate", "flag", "throughput tests: fail where slower than the codec of against", False
    ),
    Option("require", "list", "fail unless each of these codecs was measured", metavar="ID,ID"),
    Option("strict", "flag", "fail also on improvements and on stale baseline entries", False),
    Option("explain", "flag", "print every setting, its value and where it came from", False),
)
_BY_NAME = {option.name: option for option in OPTIONS}


@dataclass(frozen=True)
class Settings:
    """What a run was asked to do. Fields are named as the options are.

    `declared_*` come from the command line (they intersect with markers);
    `codec`, `quality` and `images` are the defaults for tests without a marker.
    """

    codec: tuple[str, ...] | None
    quality: tuple[str, ...] | None
    images: tuple[str, ...] | None
    device: str
    decode: str
    baselines: Path
    update: tuple[str, ...]
    reason: str | None
    dry_run: bool
    against: str | None
    match: str
    records: Path | None
    report: Path | None
    artifacts: Path
    isolate: bool
    timeout: float
    memory: float
    repeat: float
    cache: Path | None
    cache_size: int
    jobs: int | None
    executor: str
    scheduler: str | None
    shard: Shard | None
    bench_device: tuple[str, ...] | None
    bench_gate: bool
    require: tuple[str, ...]
    strict: bool
    explain: bool
    root: Path
    codec_tables: Mapping[str, Any]
    origins: Mapping[str, str]

    def from_command_line(self, name: str) -> bool:
        """Tell whether the user typed this option (then it narrows every marker)."""
        return self.origins[name] == _COMMAND_LINE


_COMMAND_LINE = "command line"


def add_options(parser: pytest.Parser) -> None:
    """Register ``--colordeg``, every option of the table and its ini twin."""
    group = parser.getgroup("colordeg", "colour degradation of image codecs")
    group.addoption("--colordeg", action="store_true", help="measure codecs and judge them")
    for option in OPTIONS:
        if option.kind == "flag":
            group.addoption(option.flag, action="store_true", default=None, help=option.help)
        else:
            group.addoption(
                option.flag,
                action="append" if option.kind == "list" else "store",
                metavar=option.metavar,
                help=option.help,
            )
        parser.addini(option.dest, f"default of {option.flag}", default=None)


def resolve(config: pytest.Config) -> Settings:
    """Merge the sources into one `Settings`.

    Raises
    ------
    pytest.UsageError
        For an unknown key, a value of the wrong type or out of its choices, a
        pyproject.toml that cannot be read, an update without a reason.
    """
    table, where = _pyproject_table(config)
    definitions = _take_definitions(table)
    _refuse_unknown(table, where)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for option in OPTIONS:
        raw, origin = _first_given(config, option, table, where)
        values[option.dest.removeprefix("colordeg_")] = _convert(option, raw, origin, config)
        origins[option.name] = origin
    values["update"] = values["update"] or ()
    values["require"] = values["require"] or ()
    values["shard"] = _shard(values["shard"])
    settings = Settings(**values, root=config.rootpath, codec_tables=definitions, origins=origins)
    _check(settings)
    return settings


def _first_given(
    config: pytest.Config, option: Option, table: Mapping[str, Any], where: str
) -> tuple[Any, str]:
    typed = config.getoption(option.dest)
    if typed is not None:
        return typed, _COMMAND_LINE
    ini = config.getini(option.dest)
    if ini not in (None, "", []):
        return ini, f"pytest ini, {option.dest}"
    if option.name in table:
        return table[option.name], where
    return option.default, "default"


def _convert(option: Option, raw: Any, origin: str, config: pytest.Config) -> Any:
    if raw is None:
        return None
    if option.kind == "list":
        values = _as_list(option, raw, origin)
        for value in values:
            _check_choice(option, value, origin)
        return values
    if option.kind == "flag":
        if isinstance(raw, bool):
            return raw
        if str(raw).lower() in ("true", "false", "1", "0"):
            return str(raw).lower() in ("true", "1")
        raise pytest.UsageError(f"{option.name} ({origin}): expected true or false, found {raw!r}")
    if option.kind == "number":
        return _number(option, raw, origin)
    if option.kind in _WHOLE and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise pytest.UsageError(f"{option.name} ({origin}): expected text, found {raw!r}")
    _check_choice(option, raw, origin)
    if option.kind in _WHOLE:
        return _whole(option, raw, origin)
    if option.kind == "path or off" and raw == "off":
        return None
    if option.kind.startswith("path"):
        base = config.invocation_params.dir if origin == _COMMAND_LINE else config.rootpath
        if origin == "default":
            base = config.rootpath
        return base / Path(raw).expanduser()
    return raw


def _number(option: Option, raw: Any, origin: str) -> float:
    try:
        number = math.nan if isinstance(raw, bool) else float(raw)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise pytest.UsageError(
            f"{option.name} ({origin}): expected a number such as {option.default}, found {raw!r}"
        )
    return number


_WHOLE = {"count": "a whole number from 1 up", "size": "a number of bytes, such as 500M or 2G"}
_UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def _whole(option: Option, raw: str, origin: str) -> int:
    unit = raw[-1:].upper() if option.kind == "size" and not raw[-1:].isdigit() else ""
    digits = raw.removesuffix(raw[-1:]) if unit else raw
    if not (digits.isascii() and digits.isdigit() and int(digits)) or unit not in _UNITS:
        raise pytest.UsageError(
            f"{option.flag} ({origin}): expected {_WHOLE[option.kind]}, found {raw!r}"
        )
    return int(digits) << _UNITS[unit]


def _as_list(option: Option, raw: Any, origin: str) -> tuple[str, ...]:
    parts = [raw] if isinstance(raw, str | int) else raw
    if not isinstance(parts, list) or any(
        not isinstance(part, str | int) or isinstance(part, bool) for part in parts
    ):
        raise pytest.UsageError(f"{option.name} ({origin}): expected a list, found {raw!r}")
    texts = [piece.strip() for part in parts for piece in str(part).split(",")]
    if not texts or not all(texts):
        raise pytest.UsageError(
            f"{option.name} ({origin}): empty; name at least one, such as {option.metavar}"
        )
    return tuple(dict.fromkeys(texts))


def _check_choice(option: Option, value: str, origin: str) -> None:
    if option.choices and value not in option.choices:
        raise pytest.UsageError(
            f"{option.flag} ({origin}): {value!r} is not one of {', '.join(option.choices)}"
        )


def _pyproject_table(config: pytest.Config) -> tuple[dict[str, Any], str]:
    path = config.rootpath / "pyproject.toml"
    if not path.is_file():
        return {}, ""
    import tomllib

    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise pytest.UsageError(f"{path}: cannot be read: {error}") from None
    table = tool.get("colordeg", {})
    if not isinstance(table, dict):
        raise pytest.UsageError(f"{path}: tool.colordeg must be a table, found {table!r}")
    return dict(table), "pyproject.toml, [tool.colordeg]"


def _take_definitions(table: dict[str, Any]) -> Mapping[str, Any]:
    """Split ``codecs``: a list selects codecs, a table defines command-line ones."""
    codecs = table.pop("codecs", None)
    if isinstance(codecs, dict):
        return codecs
    if codecs is not None:
        if "codec" in table:
            raise pytest.UsageError("[tool.colordeg]: give codec or codecs, not both")
        table["codec"] = codecs
    for plural, name in (("qualities", "quality"),):
        if plural in table:
            table[name] = table.pop(plural)
    return {}


def _refuse_unknown(table: Mapping[str, Any], where: str) -> None:
    for key in table:
        if key not in _BY_NAME:
            close = difflib.get_close_matches(key, _BY_NAME, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(_BY_NAME)}"
            raise pytest.UsageError(f"{where}: unknown key {key!r}{hint}")


def _shard(text: str | None) -> Shard | None:
    if text is None:
        return None
    from pytest_colordeg.shard import parse_shard

    try:
        return parse_shard(text)
    except ColordegError as error:
        raise pytest.UsageError(f"--colordeg-{error}") from None


def _check(settings: Settings) -> None:
    if settings.report is not None and find_spec("jinja2") is None:
        raise pytest.UsageError(
            "--colordeg-report needs Jinja2: pip install 'pytest-colordeg[report]'"
        )
    if settings.update and not (settings.reason or "").strip():
        raise pytest.UsageError(
            "--colordeg-update needs --colordeg-reason=TEXT: the baselines keep why they changed"
        )
    if not settings.timeout:
        raise pytest.UsageError("--colordeg-timeout: a call needs more than 0 seconds")
    if settings.repeat != int(settings.repeat) or settings.repeat < 1:
        raise pytest.UsageError("--colordeg-repeat: expected a whole number of 1 or more")
    if (settings.isolate or settings.repeat > 1) and os.name != "posix":
        raise pytest.UsageError("--colordeg-isolate and --colordeg-repeat need a POSIX system")
    if settings.dry_run and not settings.update:
        raise pytest.UsageError(
            "--colordeg-dry-run says what an update would write: add --colordeg-update=MODE"
        )
    if settings.executor == "dask" and (settings.isolate or settings.repeat > 1):
        raise pytest.UsageError(
            "--colordeg-isolate and --colordeg-repeat are of this machine: Dask's workers are "
            "processes of their own already, and one that dies fails its cell alone"
        )
    if settings.scheduler is not None and settings.executor != "dask":
        raise pytest.UsageError("--colordeg-scheduler is of Dask: add --colordeg-executor=dask")
    if settings.shard is not None and settings.records is None:
        raise pytest.UsageError(
            "--colordeg-shard measures a part: add --colordeg-records=FILE, for colordeg merge"
        )
    if settings.shard is not None and settings.update:
        raise pytest.UsageError(
            "--colordeg-update needs the whole run: leave --colordeg-shard away"
        )
    if settings.update and settings.against:
        raise pytest.UsageError("--colordeg-against uses no baselines, so there is none to update")
