"""Findings and points as plain JSON objects: between processes, and in a run's header file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from pytest_colordeg.findings import Change, Findings, Picture, findings_to_json
from pytest_colordeg.records import Measurement
from pytest_colordeg.report.model import Point
from pytest_colordeg.values import Value, from_text

__all__ = ["findings_from_json", "point_from_json", "point_to_json"]

_T = TypeVar("_T")


def findings_from_json(plain: Mapping[str, Any]) -> Findings:
    """Read findings back; raises ``ValueError`` when they are not such an object."""
    return _read("findings", lambda: _findings(plain))


def point_to_json(point: Point) -> dict[str, Any]:
    """Give the JSON object of a point without its cells, which the records hold."""
    plain = {name: getattr(point, name) for name in _POINT}
    return {
        **plain,
        "tests": list(point.tests),
        "findings": findings_to_json(point.findings),
    }


def point_from_json(plain: Mapping[str, Any], cells: Sequence[Measurement]) -> Point:
    """Read a point back and give it its cells; raises ``ValueError`` when it is none."""

    def make() -> Point:
        return Point(
            **{name: _as(kind, plain[name]) for name, kind in _POINT.items()},
            cells=cells,
            tests=tuple(map(str, plain["tests"])),
            findings=findings_from_json(plain["findings"]),
        )

    return _read("a point", make)


_POINT = {
    "codec": str,
    "rung": int,
    "corpus": str,
    "device": str,
    "digest": str,
    "partial": bool,
    "verdict": str,
    "failure": str,
}


def _findings(plain: Mapping[str, Any]) -> Findings:
    words = {name: _as(str, plain[name]) for name in ("headline", "reason", "command", "against")}
    return Findings(
        **words,
        causes=tuple(_as(str, cause) for cause in plain["causes"]),
        limits=tuple(_as(str, limit) for limit in plain["limits"]),
        changes=tuple(_change(entry) for entry in plain["changes"]),
        pictures=tuple(_picture(entry) for entry in plain["pictures"]),
        stored={_as(str, name): from_text(value) for name, value in plain["stored"].items()},
    )


def _change(plain: Mapping[str, Any]) -> Change:
    entry = {field.name: plain[field.name] for field in fields(Change)}
    entry["baseline"], entry["now"] = _value(entry["baseline"]), _value(entry["now"])
    for name in ("change", "allowed"):
        entry[name] = None if entry[name] is None else float(entry[name])
    for name in ("metric", "verdict", "reason"):
        _as(str, entry[name])
    return Change(**entry)


def _picture(plain: Mapping[str, Any]) -> Picture:
    words = {name: _as(str, plain[name]) for name in ("image", "text", "hue", "problem")}
    files = {_as(str, kind): _as(str, path) for kind, path in plain["files"].items()}
    return Picture(**words, files=files)


def _value(text: object) -> Value | None:
    return None if text is None else from_text(text)


def _as(kind: type[_T], value: object) -> _T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _read(what: str, make: Callable[[], _T]) -> _T:
    try:
        return make()
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"not {what} of a run: {error!r}") from None
