"""Strict YAML: a small tree with line numbers, and an error with a place for all else.

Read is the YAML 1.2 core schema, less what has no use here and can only hurt:
anchors, aliases, tags, duplicate keys, several documents and deep nesting are
refused. The events come from libyaml where PyYAML was built with it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import yaml

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar
from pytest_colordeg.values import is_number

__all__ = ["Node", "parse"]

MAX_DEPTH = 12
MAX_NODES = 100_000

_Content: TypeAlias = "Scalar | dict[str, Node] | list[Node] | None"
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf(inity)?)", re.IGNORECASE)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_BAD_CHARACTER = re.compile(
    "[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class Node:
    """A value, where it stands, and what it is called.

    Attributes
    ----------
    content
        Scalar, ``None``, a dict of nodes or a list of nodes.
    source, line
        File and line (from 1) for messages. For a block scalar, the line of its ``|``.
    name
        The key that it stands under, for messages.
    """

    content: _Content
    source: str
    line: int
    name: str

    def fail(self, expected: str, line: int | None = None, found: str | None = None) -> NoReturn:
        """Raise a `ColordegError` that says where, what was expected and what was found."""
        seen = self._found() if found is None else found or "nothing"
        raise ColordegError(
            f"{self.source}:{line or self.line}: {self.name}: expected {expected}, found {seen}"
        )

    def _found(self) -> str:
        if isinstance(self.content, dict):
            return "a mapping"
        if isinstance(self.content, list):
            return "a list"
        if self.content is None:
            return "nothing"
        return _short(self.content)

    def mapping(
        self, required: Collection[str] = (), optional: Collection[str] | None = ()
    ) -> dict[str, Node]:
        """Give the mapping, with all of `required` and no key outside both.

        ``optional=None`` allows any key.
        """
        if not isinstance(self.content, dict):
            self.fail("a mapping")
        if optional is not None:
            known = [*required, *optional]
            for key, node in self.content.items():
                if key not in known:
                    self.fail(_one_of(key, known), node.line, f"{_short(key)}")
        for key in required:
            if key not in self.content:
                self.fail(f"the key '{key}'", found="none")
        return self.content

    def items(self) -> list[Node]:
        """Give the nodes of a list."""
        if not isinstance(self.content, list):
            self.fail("a list")
        return self.content

    def texts(self) -> tuple[str, ...]:
        """Give a text, or a non-empty list of them, as a tuple."""
        if isinstance(self.content, list) and self.content:
            return tuple(node.text() for node in self.content)
        return (self.text(),)

    def text(self) -> str:
        """Give a text that is not blank."""
        if not isinstance(self.content, str) or not self.content.strip():
            self.fail("text")
        return self.content

    def number(self, minimum: float | None = None) -> float:
        """Give a finite number, at least `minimum` when that is set."""
        if not is_number(self.content):
            self.fail("a finite number")
        number = float(self.content)  # type: ignore[arg-type]
        if minimum is not None and number < minimum:
            self.fail(f"a number of at least {minimum:g}")
        return number

    def integer(self, minimum: int, maximum: int) -> int:
        """Give a whole number in a closed range."""
        number = self.content
        if not isinstance(number, int) or isinstance(number, bool):
            self.fail("a whole number")
        if not minimum <= number <= maximum:
            self.fail(f"a whole number from {minimum} to {maximum}")
        return number

    def boolean(self) -> bool:
        """Give true or false."""
        if not isinstance(self.content, bool):
            self.fail("true or false")
        return self.content

    def scalar(self) -> Scalar:
        """Give a text, finite number or boolean."""
        if isinstance(self.content, (dict, list)) or self.content is None:
            self.fail("text, a number, true or false")
        if isinstance(self.content, float) and not is_number(self.content):
            self.fail("a finite number")
        return self.content

    def lines(self) -> Iterator[tuple[int, str]]:
        """Give the lines of a block scalar with their line numbers in the file."""
        if not isinstance(self.content, str):
            self.fail("a table (a block of lines after '|')")
        return enumerate(self.content.removesuffix("\n").split("\n"), start=self.line + 1)


def parse(data: bytes, source: str) -> Node:
    """Parse one document.

    Parameters
    ----------
    data
        UTF-8, with or without a byte order mark; line ends may be LF or CRLF.
    source
        The file's name, for messages.

    Raises
    ------
    ColordegError
        ``source:line: ...`` for anything that is not plain, finite, unique-keyed YAML.
    """
    text = _decode(data, source)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = iter(yaml.parse(text, Loader=loader))
    try:
        return _Builder(events, source).document()
    except yaml.reader.ReaderError:
        bad = _BAD_CHARACTER.search(text)
        line, what = 1, "a character that is not allowed"
        if bad:
            line, what = text.count("\n", 0, bad.start()) + 1, f"the character {bad.group()!a}"
        raise ColordegError(f"{source}:{line}: expected text, found {what}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark else 1
        problem = getattr(error, "problem", None) or "something else"
        raise ColordegError(
            f"{source}:{line}: expected well-formed YAML, found a fault: {problem}"
        ) from None


def _decode(data: bytes, source: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ColordegError(
            f"{source}:{line}: expected UTF-8 text, found the byte 0x{data[error.start]:02x}"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


class _Builder:
    """Turns events into nodes."""

    def __init__(self, events: Iterator[Any], source: str) -> None:
        self.events = events
        self.source = source
        self.count = 0

    def fail(self, event: Any, expected: str, found: str) -> NoReturn:
        line = event.start_mark.line + 1
        raise ColordegError(f"{self.source}:{line}: expected {expected}, found {found}")

    def document(self) -> Node:
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            self.fail(event, "a mapping", "an empty file")
        node = self.node(next(self.events), 0, "the file")
        next(self.events)
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.fail(event, "one document", "a second one")
        return node

    def node(self, event: Any, depth: int, name: str) -> Node:
        self.count += 1
        if isinstance(event, yaml.AliasEvent):
            self.fail(event, "a value", "an alias (*), which is not allowed here")
        if event.anchor is not None:
            self.fail(event, "a value", "an anchor (&), which is not allowed here")
        if event.tag is not None:
            self.fail(event, "a value", "a tag (!), which is not allowed here")
        if depth > MAX_DEPTH:
            self.fail(event, f"at most {MAX_DEPTH} levels", "deeper nesting")
        if self.count > MAX_NODES:
            self.fail(event, f"at most {MAX_NODES} values", "more")
        line = event.start_mark.line + 1
        content: _Content
        if isinstance(event, yaml.ScalarEvent):
            content = _resolve(event.value) if not event.style else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            content = list(self.sequence(depth, name))
        else:
            content = self.mapping(depth)
        return Node(content, self.source, line, name)

    def sequence(self, depth: int, name: str) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1, name)

    def mapping(self, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.fail(event, "a plain key", "something else")
            key = event.value
            self.node(event, depth + 1, key)  # refuses anchors and tags on keys
            if key in nodes:
                first = nodes[key].line
                self.fail(event, "each key once", f"'{key}' again (first on line {first})")
            nodes[key] = self.node(next(self.events), depth + 1, key)
        return nodes


def _resolve(text: str) -> Scalar | None:
    """Give a plain scalar its type."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _one_of(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, 1)
    if close:
        return f"'{close[0]}'"
    return "one of " + ", ".join(known[:9]) + (", ..." if len(known) > 9 else "")


def _short(value: Scalar) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
