"""Options: how command line, pytest ini and pyproject make one `Settings`.

Precedence: command line, then pytest ini (``colordeg_NAME``), then
``[tool.colordeg]`` of pyproject.toml, then the default. A marker declares what a
test is about; the command line then intersects with it (`selection`).
Standard library only: this module is imported by every pytest run.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.option_table import BY_NAME, OPTIONS, Option
from pytest_colordeg.option_values import convert

if TYPE_CHECKING:
    from pytest_colordeg.shard import Shard

__all__ = ["OPTIONS", "Option", "Settings", "add_options", "defaults", "resolve"]

_COMMAND_LINE = "command line"


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
    given = {option.name: _first_given(config, option, table, where) for option in OPTIONS}
    settings = _merged(given, config.rootpath, config.invocation_params.dir, definitions)
    _check(settings)
    return settings


def defaults(root: Path) -> Settings:
    """Give the settings of a run in `root` that was told nothing."""
    return _merged({option.name: (option.default, "default") for option in OPTIONS}, root, root, {})


def _merged(
    given: Mapping[str, tuple[Any, str]], root: Path, typed_in: Path, tables: Mapping[str, Any]
) -> Settings:
    """Make settings of raw values and their origins; paths that were typed begin at `typed_in`."""
    values: dict[str, Any] = {}
    for option in OPTIONS:
        raw, origin = given[option.name]
        folder = typed_in if origin == _COMMAND_LINE else root
        values[option.dest.removeprefix("colordeg_")] = convert(option, raw, origin, folder)
    values["update"] = values["update"] or ()
    values["require"] = values["require"] or ()
    values["shard"] = _shard(values["shard"])
    origins = {name: origin for name, (_, origin) in given.items()}
    return Settings(**values, root=root, codec_tables=tables, origins=origins)


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
        if key not in BY_NAME:
            close = difflib.get_close_matches(key, BY_NAME, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(BY_NAME)}"
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
