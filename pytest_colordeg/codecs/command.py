"""A codec from two command lines, defined in ``[tool.colordeg.codecs.*]``."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pytest_colordeg.codecs.digest import file_digest
from pytest_colordeg.codecs.pixel_files import WRITERS, read_rgb8
from pytest_colordeg.codecs.process import Outcome, run_bounded
from pytest_colordeg.codecs.protocol import Ladder, Pixels
from pytest_colordeg.codecs.readback import read_back
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.records import Scalar

_Result = TypeVar("_Result")

__all__ = ["PLACEHOLDER", "CommandCodec"]

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")

# No encoder writes that much; reading it would be the end of the run.
_LARGEST = 1 << 29
_VERSION_SECONDS = 10.0


@dataclass(frozen=True)
class CommandCodec:
    """Runs an encoder and a decoder program on files in a folder of its own.

    Parameters
    ----------
    id, ladder
        See `pytest_colordeg.codecs.protocol.Codec`.
    encode_argv, decode_argv
        Program and arguments. ``{input}`` and ``{output}`` become file names,
        ``{root}`` the project's folder, and in the encoder's, the other names the
        parameters of the rung. The program, when its name has a slash, and
        arguments that name files are taken from `root`.
    root
        Where relative paths begin: the folder of pyproject.toml.
    suffix
        Of the encoded file, such as ``.jxl``.
    input_suffix
        ``.png`` or ``.ppm``: what the encoder reads and the decoder writes.
    timeout
        Seconds for each run.
    memory
        MiB for each process, 0 for no limit; on Linux.
    version_argv
        Optional command whose first line is recorded as the version.
    files
        More files whose digests are recorded: libraries that the programs load.
    facts
        What must be read back from the encoded file, such as a subsampling.
    inspects
        Whether to read facts back from encoded files of a known format.
    """

    id: str
    ladder: Ladder
    encode_argv: tuple[str, ...]
    decode_argv: tuple[str, ...]
    root: Path
    suffix: str = ""
    input_suffix: str = ".png"
    timeout: float = 60.0
    memory: int = 0
    version_argv: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    inspects: bool = True

    # Every call runs programs in a folder of its own.
    concurrent = True

    def encode(self, image: Pixels, parameters: Mapping[str, Scalar]) -> bytes:
        """Write the image, run the encoder, read its file.

        Raises
        ------
        ColordegError
            If the program cannot be started, fails, hangs, or writes no file.
        """
        return self._convert(
            "encode",
            self.encode_argv,
            ("input" + self.input_suffix, WRITERS[self.input_suffix](image)),
            "output" + self.suffix,
            Path.read_bytes,
            parameters,
        )

    def decode(self, data: bytes) -> Pixels:
        """Write the bytes, run the decoder, read its picture.

        Raises
        ------
        ColordegError
            As `encode`, and if the picture is not 8-bit RGB in PNG or PPM.
        """
        return self._convert(
            "decode",
            self.decode_argv,
            ("input" + self.suffix, data),
            "output" + self.input_suffix,
            read_rgb8,
        )

    def inspect(self, data: bytes) -> Mapping[str, Scalar]:
        return read_back(data) if self.inspects else {}

    def expected(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        return self.facts

    def provenance(self) -> Mapping[str, Scalar]:
        """Digests of the programs and files, as named in the definition, and the version."""
        found: dict[str, Scalar] = {
            "encoder": self._program_digest(self.encode_argv),
            "decoder": self._program_digest(self.decode_argv),
        }
        named = (arg for argv in (self.encode_argv, self.decode_argv) for arg in argv[1:])
        for name in dict.fromkeys((*filter(self._is_file, named), *self.files)):
            found[f"file {name}"] = file_digest(self.root / name)
        if self.version_argv:
            found["version"] = self._version()
        return found

    def fingerprint(self, parameters: Mapping[str, Scalar]) -> Mapping[str, Scalar] | None:
        """Digests of programs and declared files, when files are declared; else ``None``.

        Without a declaration nobody knows which libraries the programs load.
        """
        if not self.files or type(self) is not CommandCodec:
            return None
        found = self.provenance()
        if any("missing" in str(value) for value in found.values()):
            return None
        return {**found, "definition": repr(self)}

    def unavailable(self) -> str | None:
        """Name what is missing: a program, or a declared file."""
        if os.name != "posix":
            return "codecs from command lines need a POSIX system"
        for argv in (self.encode_argv, self.decode_argv, self.version_argv):
            if argv and self._program(argv[0]) is None:
                place = f"in {self.root}" if os.sep in argv[0] else "on PATH"
                return f"program {argv[0]!r} is not {place}; install or build it"
        for name in self.files:
            if not self._is_file(name):
                return f"file {name!r} of its definition is not in {self.root}"
        return None

    def _convert(
        self,
        step: str,
        argv: tuple[str, ...],
        given: tuple[str, bytes],
        wanted: str,
        read: Callable[[Path], _Result],
        parameters: Mapping[str, Scalar] | None = None,
    ) -> _Result:
        with tempfile.TemporaryDirectory(prefix="colordeg-") as name:
            folder = Path(name).resolve()
            source, target = folder / given[0], folder / wanted
            source.write_bytes(given[1])
            values = {"input": str(source), "output": str(target), "root": str(self.root)}
            texts = {key: _spell(value) for key, value in (parameters or {}).items()}
            command = self._fill(argv, texts | values)
            try:
                outcome = self._run(command, folder, self.timeout)
                self._check(outcome, folder)
                try:
                    return _take(target, read)
                except ColordegError as error:
                    raise ColordegError(f"{error}; {_quote(outcome, folder, self.root)}") from None
            except ColordegError as error:
                shown = _short(shlex.join([argv[0], *command[1:]]), folder, self.root)
                raise ColordegError(f"codec {self.id}: {step}: `{shown}` {error}") from None

    def _run(self, command: list[str], folder: Path, timeout: float) -> Outcome:
        # Programs put their own scratch files where these variables say.
        environment = {**os.environ, "TMPDIR": str(folder), "TMP": str(folder), "TEMP": str(folder)}
        try:
            return run_bounded(command, folder, timeout, environment, self.memory)
        except OSError as error:
            raise ColordegError(f"cannot be started: {error.strerror or error}") from None

    def _check(self, outcome: Outcome, folder: Path) -> None:
        if outcome.status == 0:
            return
        if outcome.status is None:
            how = f"did not end within {self.timeout:g} s and was killed"
        elif outcome.status < 0:
            how = f"was killed by {_signal_name(-outcome.status)}"
        else:
            how = f"exited with status {outcome.status}"
        raise ColordegError(f"{how}; {_quote(outcome, folder, self.root)}")

    def _fill(self, argv: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
        def argument(text: str) -> str:
            if self._is_file(text):
                return str(self.root / text)
            return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

        return [self._program(argv[0]) or argv[0], *map(argument, argv[1:])]

    def _program(self, name: str) -> str | None:
        found = shutil.which(str(self.root / name) if os.sep in name else name)
        # A relative entry of PATH means nothing in the folder where the program runs.
        return os.path.abspath(found) if found else None  # noqa: PTH100  (keeps links)

    def _is_file(self, name: str) -> bool:
        return bool(name) and not name.startswith("-") and (self.root / name).is_file()

    def _program_digest(self, argv: tuple[str, ...]) -> str:
        program = self._program(argv[0])
        return f"{argv[0]} {file_digest(Path(program)) if program else 'missing'}"

    def _version(self) -> str:
        with tempfile.TemporaryDirectory(prefix="colordeg-") as name:
            folder = Path(name).resolve()
            try:
                command = self._fill(self.version_argv, {"root": str(self.root)})
                outcome = self._run(command, folder, min(self.timeout, _VERSION_SECONDS))
                self._check(outcome, folder)
            except ColordegError as error:
                return f"unknown: {error}"
            said = outcome.printed + b"\n" + outcome.complained
            return next(iter(_lines(said, folder, self.root)), "unknown: it said nothing")


def _take(path: Path, read: Callable[[Path], _Result]) -> _Result:
    """Read the file that a program was to write, and nothing that it left in its place."""
    try:
        status = path.lstat()
    except OSError:
        raise ColordegError("wrote no output file") from None
    if not stat.S_ISREG(status.st_mode):
        raise ColordegError("wrote something else than a plain file as its output")
    if not status.st_size:
        raise ColordegError("wrote an empty output file")
    if status.st_size > _LARGEST:
        raise ColordegError(f"wrote {status.st_size} bytes, more than {_LARGEST}")
    try:
        return read(path)
    except OSError as error:
        raise ColordegError(f"wrote a file that cannot be read: {error.strerror}") from None
    except ColordegError as error:
        raise ColordegError(f"wrote a file that {error}") from None


def _spell(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _quote(outcome: Outcome, folder: Path, root: Path) -> str:
    """The last lines of what a program said: of its errors, or else of its output."""
    lines = _lines(outcome.complained, folder, root) or _lines(outcome.printed, folder, root)
    return f"it said: {' | '.join(lines[-3:])}" if lines else "it said nothing"


def _lines(printed: bytes, folder: Path, root: Path) -> list[str]:
    """What was printed, in lines without control characters and without changing paths."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", printed.decode("utf-8", "replace"))
    lines = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
    return [_short(line, folder, root)[:300] for line in lines if line]


def _short(text: str, folder: Path, root: Path) -> str:
    return text.replace(f"{folder}{os.sep}", "").replace(f"{root}{os.sep}", "")
