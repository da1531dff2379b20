"""Read ``[tool.colordeg.codecs.NAME]``: what is wrong in it, and what would be right."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from pytest_colordeg.codecs.check import check_id, check_ladder
from pytest_colordeg.codecs.command import PLACEHOLDER, CommandCodec
from pytest_colordeg.codecs.pixel_files import WRITERS
from pytest_colordeg.codecs.protocol import Ladder
from pytest_colordeg.errors import ColordegError

__all__ = ["read_definition"]

# Each key with a right value, shown when one is wrong.
_EXAMPLES = {
    "encode": 'encode = ["cjxl", "{input}", "{output}", "-d", "{distance}"]',
    "decode": 'decode = ["djxl", "{input}", "{output}"]',
    "suffix": 'suffix = ".jxl"',
    "ladder": "ladder = [{distance = 9.0}, {distance = 3.6}, {distance = 1.1}]",
    "input_suffix": 'input_suffix = ".ppm"',
    "timeout": "timeout = 60",
    "memory": "memory = 4096",
    "version": 'version = ["cjxl", "--version"]',
    "files": 'files = ["build/lib/libjxl.so.0.11"]',
    "facts": 'facts = {subsampling = "4:4:4", bit_depth = 8}',
    "inspect": "inspect = false",
}
_REQUIRED = ("encode", "decode", "suffix", "ladder")


def read_definition(name: str, table: object, root: Path) -> CommandCodec:
    """Make a codec from its table in pyproject.toml.

    Parameters
    ----------
    name
        The codec's id: the last part of the table's name.
    table
        The table as tomllib gives it.
    root
        The folder of pyproject.toml.

    Raises
    ------
    ColordegError
        Naming the key that is missing, unknown or wrong, with a right one.
    """
    definition = _Definition(name, table)
    check_id(name, "[tool.colordeg.codecs]")
    ladder = definition.ladder()
    encode = definition.template("encode", {"input", "output", "root"}, ladder)
    decode = definition.template("decode", {"input", "output", "root"}, {})
    return CommandCodec(
        id=name,
        ladder=ladder,
        encode_argv=encode,
        decode_argv=decode,
        root=root,
        suffix=definition.get("suffix", _is_suffix),
        input_suffix=definition.get("input_suffix", WRITERS.__contains__, ".png"),
        timeout=float(definition.get("timeout", _is_duration, 60)),
        memory=definition.get("memory", _is_count, 0),
        version_argv=definition.template("version", set(), {}),
        files=tuple(definition.get("files", _is_texts, ())),
        facts=definition.get("facts", _is_facts, {}),
        inspects=definition.get("inspect", lambda value: isinstance(value, bool), True),
    )


class _Definition:
    """The table, with errors that name it."""

    def __init__(self, name: str, table: object) -> None:
        self._where = f"[tool.colordeg.codecs.{name}]"
        if not isinstance(table, Mapping):
            raise ColordegError(
                f"{self._where} must be a table, found {table!r}; a right one: "
                + "; ".join(_EXAMPLES[key] for key in _REQUIRED)
            )
        self._table = table
        for key in table:
            if key not in _EXAMPLES:
                close = difflib.get_close_matches(str(key), _EXAMPLES, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(_EXAMPLES)}"
                raise ColordegError(f"{self._where}: unknown key {key!r}; {hint}")
        for key in _REQUIRED:
            if key not in table:
                raise ColordegError(f"{self._where}: {key} is missing; such as {_EXAMPLES[key]}")

    def wrong(self, key: str, why: str) -> NoReturn:
        raise ColordegError(f"{self._where}: {key} {why}; such as {_EXAMPLES[key]}")

    def get(self, key: str, is_right: Callable[[Any], bool], default: Any = None) -> Any:
        if key not in self._table:
            return default
        value = self._table[key]
        try:
            right = is_right(value)
        except TypeError:
            right = False
        if not right:
            self.wrong(key, f"cannot be {value!r}")
        return value

    def ladder(self) -> Ladder:
        """Rungs from a list, counted from 1, or from a table whose keys are numbers."""
        ladder = self._table["ladder"]
        if isinstance(ladder, list):
            ladder = dict(enumerate(ladder, start=1))
        elif isinstance(ladder, Mapping):
            numbered = (key.isascii() and key.isdigit() for key in ladder)
            ladder = {
                int(key) if is_number else key: value
                for (key, value), is_number in zip(ladder.items(), numbered, strict=True)
            }
        try:
            check_ladder(ladder, self._where)
        except ColordegError as error:
            raise ColordegError(f"{error}; such as {_EXAMPLES['ladder']}") from None
        reserved = {"input", "output", "root"} & {key for rung in ladder.values() for key in rung}
        if reserved:
            self.wrong("ladder", f"cannot have a parameter named {min(reserved)}")
        return dict(sorted(ladder.items()))

    def template(self, key: str, names: set[str], ladder: Ladder) -> tuple[str, ...]:
        """An argv whose placeholders all have a value at every rung, and which uses them all."""
        argv = self.get(key, _is_texts, [])
        if key in _REQUIRED and not argv:
            self.wrong(key, "is empty")
        used = {match for argument in argv for match in PLACEHOLDER.findall(argument)}
        for name in sorted(({"input", "output"} & names) - used):
            self.wrong(key, f"does not use {{{name}}}")
        for rung, parameters in ladder.items():
            for name in sorted(set(parameters) - used):
                self.wrong(key, f"does not use {{{name}}}, which rung {rung} gives")
            for name in sorted(used - names - set(parameters)):
                self.wrong(key, f"uses {{{name}}}, which rung {rung} does not give")
        for name in sorted(used - names) if not ladder else ():
            known = ", ".join(f"{{{known}}}" for known in sorted(names)) or "no placeholder"
            self.wrong(key, f"uses {{{name}}}; it knows {known}")
        return tuple(argv)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, str) and part and "\0" not in part for part in value
    )


def _is_suffix(value: Any) -> bool:
    return isinstance(value, str) and value[:1] == "." and not set("/\\\0") & set(value)


def _is_duration(value: Any) -> bool:
    return not isinstance(value, bool) and math.isfinite(value) and value > 0


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 40


def _is_facts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(fact, str | int | float) for fact in value.values()
    )
