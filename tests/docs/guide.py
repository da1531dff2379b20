"""A guide as something to run: its blocks, and a folder in which they are run in order.

Every fenced block of a guide is one of

* a file: an info string such as ``toml title="pyproject.toml"``; it is written,
  or with ``append=`` added to what is there;
* a terminal: ``console``; lines that begin with ``$`` are commands (a backslash
  continues one), what follows is what they print. A command that is followed by
  ``$ echo $?`` must end with the status shown there, every other with 0.

A file for a CI service is read as YAML, and its commands are run as well.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .matching import compare, tidy

__all__ = ["NOT_RUN", "Block", "Folder", "blocks", "commands"]

#: Commands that are shown and not run: they install what the tests have or bring.
NOT_RUN = ("pip install ", "cmake ")
_FENCE = re.compile(r'```(?P<language>\w*)(?: (?P<how>title|append)="(?P<title>[^"]+)")?')


@dataclass(frozen=True)
class Block:
    """A fenced block, and the line of the page at which it begins."""

    language: str
    title: str | None
    text: str
    line: int
    append: bool = False


def blocks(page: str) -> list[Block]:
    """All blocks of a page; one that is neither file nor terminal is an error."""
    found: list[Block] = []
    lines = iter(enumerate(page.splitlines(), start=1))
    for number, line in lines:
        if not line.startswith("```"):
            continue
        fence = _FENCE.fullmatch(line)
        assert fence, f"line {number}: {line!r} is no block of a guide"
        language, title = fence["language"], fence["title"]
        assert title or language == "console", f"line {number}: neither file nor console"
        body = []
        for _, inner in lines:
            if inner == "```":
                break
            body.append(inner)
        else:
            raise AssertionError(f"line {number}: the block does not end")
        found.append(
            Block(language, title, "\n".join(body) + "\n", number, fence["how"] == "append")
        )
    return found


def commands(text: str) -> list[tuple[str, list[str]]]:
    """The commands of a terminal and the lines that each prints."""
    found: list[tuple[str, list[str]]] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            found.append((command, []))
        else:
            assert found, f"{line!r} stands before any command"
            found[-1][1].append(line)
    return found


def ci_commands(tree: Mapping[str, Any]) -> list[str]:
    """The shell commands of a GitHub workflow or a GitLab configuration, in order."""
    if "jobs" in tree:
        steps = [step for job in tree["jobs"].values() for step in job["steps"]]
        return [step["run"] for step in steps if "run" in step]
    jobs = [job for job in tree.values() if isinstance(job, dict) and "script" in job]
    return [line for job in jobs for line in [*job.get("before_script", []), *job["script"]]]


def ci_artefacts(tree: Mapping[str, Any]) -> list[str]:
    """The files that a GitHub workflow or a GitLab configuration keeps."""
    if "jobs" in tree:
        steps = [step for job in tree["jobs"].values() for step in job["steps"]]
        kept = [step["with"]["path"] for step in steps if "upload-" in step.get("uses", "")]
        return [line for paths in kept for line in paths.split()]
    kept = [
        job["artifacts"] for job in tree.values() if isinstance(job, dict) and "artifacts" in job
    ]
    return [path for one in kept for path in [*one["paths"], *one.get("reports", {}).values()]]


@dataclass
class Folder:
    """The folder of one guide, with the shell in it.

    Parameters
    ----------
    numbers
        Whether the numbers that the guide shows are compared.
    ran, passed_over
        Commands that were run, and those that `NOT_RUN` names.
    kept
        What CI files name as artefacts.
    """

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    numbers: bool = True
    ran: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def run(self, block: Block) -> None:
        """Write the file, or run the terminal."""
        if block.title is None:
            self._terminal(block)
            return
        path = self.path / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if block.append else "w", encoding="utf-8") as file:
            file.write(block.text)
        if block.title.startswith((".github/workflows/", ".gitlab-ci")):
            tree = yaml.safe_load(block.text)
            self.kept += ci_artefacts(tree)
            for command in ci_commands(tree):
                status, printed = self.shell(command)
                assert status == 0, f"{block.title}: {command}\n{printed}"

    def _terminal(self, block: Block) -> None:
        steps = commands(block.text)
        for place, (command, shown) in enumerate(steps):
            if command == "echo $?":
                continue
            tells = steps[place + 1 : place + 2]
            expected = int(tells[0][1][0]) if tells and tells[0][0] == "echo $?" else 0
            status, printed = self.shell(command)
            where = f"line {block.line}: {command}\n"
            assert status == expected, f"{where}ended with {status}, not {expected}\n{printed}"
            wrong = compare(tidy("\n".join(shown)), tidy(printed), numbers=self.numbers)
            assert wrong is None, where + str(wrong)

    def shell(self, command: str) -> tuple[int, str]:
        """Run a command unless `NOT_RUN` names it; its status and what it printed."""
        if command.startswith(NOT_RUN):
            self.passed_over.append(command)
            return 0, ""
        self.ran.append(command)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.path,
            env={**os.environ, **_environment(self.path), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout


def _environment(folder: Path) -> dict[str, str]:
    """This Python's programs first, a terminal of 80 columns, a Git that knows nobody."""
    person = {"NAME": "A Person", "EMAIL": "person@example.org"}
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        # A file that is edited within the second keeps its time, and old bytecode would serve.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
        "GIT_PAGER": "cat",
        **{
            f"GIT_{who}_{key}": value
            for who in ("AUTHOR", "COMMITTER")
            for key, value in person.items()
        },
    }
