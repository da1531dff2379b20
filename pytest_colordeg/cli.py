"""The console command ``colordeg``: what needs no test run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from pytest_colordeg.errors import ColordegError

__all__ = ["SUBCOMMANDS", "Subcommand", "main"]


@dataclass(frozen=True)
class Subcommand:
    """A subcommand, imported only when it is the one asked for.

    Its module has ``configure(parser)``, which adds its options, and
    ``run(arguments) -> int``, which gives the exit status.
    """

    name: str
    help: str
    module: str


SUBCOMMANDS = (
    Subcommand("codecs", "list codecs, their ladders, and how to get those that are missing",
               "pytest_colordeg.codecs.listing"),
    Subcommand("calibrate", "find the settings of a codec that come nearest to given rates",
               "pytest_colordeg.calibrate"),
    Subcommand("impulse", "draw what each latent channel of a learned codec encodes",
               "pytest_colordeg.impulse.command"),
    Subcommand("merge", "put the records of all shards of a run together, and judge the whole",
               "pytest_colordeg.merge"),
    Subcommand("report", "make pages, figures and exports of the records of a run",
               "pytest_colordeg.report.command"),
    Subcommand("train", "train learned codecs from a folder of images",
               "pytest_colordeg.training.command"),
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv
        The arguments without the program's name; those of the process when absent.

    Returns
    -------
    int
        0, or 2 after an error that the user can mend, told in one line on stderr.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="colordeg", description="Colour degradation of image codecs."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    asked = next((word for word in words if not word.startswith("-")), None)
    chosen = None
    for command in SUBCOMMANDS:
        options = commands.add_parser(command.name, help=command.help, description=command.help)
        if command.name == asked:
            chosen = import_module(command.module)
            chosen.configure(options)
    arguments = parser.parse_args(words)
    assert chosen is not None  # argparse refuses all other words
    try:
        status: int = chosen.run(arguments)
    except ColordegError as error:
        print(f"colordeg {arguments.command}: {error}", file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
