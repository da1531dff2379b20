"""The report as one HTML file that needs nothing else: no network, no server."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_colordeg.baselines import files
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.report import page, text
from pytest_colordeg.report.model import ReportData
from pytest_colordeg.report.pictures import album, heat_scale

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["SCRIPTS", "render", "write_report"]

SCRIPTS = ("core.js", "chart.js", "rose.js", "viewer.js", "table.js")
"""Our own scripts, in the order in which they are put into the page."""


def write_report(path: Path, data: ReportData) -> None:
    """Write the page to `path`, whole or not at all.

    Raises
    ------
    ColordegError
        If the file cannot be written, or Jinja2 is not installed.
    """
    files.write(path, render(data).encode("utf-8", "backslashreplace"))


def render(data: ReportData) -> str:
    """Give the whole page.

    Everything that came from outside (names, errors, versions) is escaped by the
    template engine and shown without control characters. Scripts and styles are
    allowed by their digests alone, and the page may connect to nothing.

    Raises
    ------
    ColordegError
        If Jinja2 is not installed.
    """
    environment = _environment()
    from markupsafe import Markup

    style = _asset("report.css")
    script = "\n".join(_asset(name) for name in SCRIPTS)
    book, shown = album(data.failing)
    ramp, end = heat_scale()
    return environment.get_template("page.html.j2").render(
        run=data,
        page=page,
        words=text,
        failures=[
            page.failure(point, pictures)
            for point, pictures in zip(data.failing, shown, strict=True)
        ],
        heat_scale=Markup(ramp),
        heat_end=end,
        figures=[(figure, _base64(figure.png)) for figure in data.figures],
        content=page.content(data, book.pictures),
        style=Markup(style),
        script=Markup(script),
        policy=Markup(_policy(style, script)),
    )


def _policy(style: str, script: str) -> str:
    allowed = [
        "default-src 'none'",
        "img-src data:",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(allowed)


def _digest(source: str) -> str:
    return f"sha256-{_base64(hashlib.sha256(source.encode()).digest())}"


def _base64(data: bytes) -> Any:
    from markupsafe import Markup

    return Markup(base64.b64encode(data).decode("ascii"))


def _asset(name: str) -> str:
    found = resources.files("pytest_colordeg.report").joinpath("assets", name)
    return found.read_text("utf-8").replace("\r\n", "\n")


def _environment() -> Environment:
    try:
        import jinja2
    except ImportError:
        raise ColordegError(
            "the HTML report needs Jinja2: pip install 'pytest-colordeg[report]'"
        ) from None
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pytest_colordeg.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False,
        "allow_nan": False,
        "separators": (",", ":"),
    }
    return environment


def _finalize(value: Any) -> Any:
    return text.clean(value) if type(value) is str else value
