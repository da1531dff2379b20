"""Writes happen whole or not at all, on real failures of a real file system."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_colordeg.baselines import files
from pytest_colordeg.errors import ColordegError

OLD, NEW = b"old\n", b"new\n" * 100_000
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")

CHILD = """
import os, resource, signal, sys, tempfile
from pathlib import Path
from pytest_colordeg.baselines import files
from pytest_colordeg.errors import ColordegError
limit, user = map(int, sys.argv[2:])
with tempfile.TemporaryDirectory() as scratch, files.locked(Path(scratch) / "x"):
    pass  # whatever is imported late is imported by now
if user:
    os.setgroups([])
    os.setresuid(user, user, user)
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with files.locked(Path(sys.argv[1])):
        files.write(Path(sys.argv[1]), b"new\\n" * 100_000)
except ColordegError as error:
    print(error)
else:
    print("written")
"""


def write_in_child(path: Path, limit: int = 0, user: int = 0) -> str:
    """Write NEW in another process; give the one line that it prints."""
    root = str(Path(files.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(limit), str(user)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    return line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "jpeg.yaml"
    target.write_bytes(OLD)
    return target


def neighbours(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def test_a_write_replaces_and_leaves_nothing_else(path: Path) -> None:
    with files.locked(path):
        files.write(path, NEW)
    assert path.read_bytes() == NEW
    assert neighbours(path) == ["jpeg.yaml"]


def test_the_folder_is_made(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "jpeg.yaml"
    with files.locked(target):
        files.write(target, NEW)
    assert files.read(target) == NEW


@posix
def test_the_mode_is_kept_and_a_new_file_follows_the_umask(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    files.write(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "fresh.yaml", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh.yaml").stat().st_mode) == 0o640


def test_what_a_killed_update_left_is_cleared_away(path: Path) -> None:
    (path.parent / ".jpeg.yaml.tmp").write_bytes(b"half a file")
    (path.parent / ".jpeg.yaml.lock").write_bytes(b"")
    with files.locked(path):
        files.write(path, NEW)
    assert neighbours(path) == ["jpeg.yaml"]


@posix
def test_a_full_disk_leaves_the_old_file(path: Path) -> None:
    line = write_in_child(path, limit=64 * 1024)
    assert line == f"{path}: cannot be written: File too large; what was there is unchanged"
    assert path.read_bytes() == OLD
    assert neighbours(path) == ["jpeg.yaml"]


@posix
def test_a_full_file_system_leaves_the_old_file() -> None:
    folder = tempfile.mkdtemp()
    mount = shutil.which("mount")
    small = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    if not mount or subprocess.run([mount, *small], capture_output=True, check=False).returncode:
        os.rmdir(folder)  # noqa: PTH106
        pytest.skip("mounting a small tmpfs needs root; the file size limit is tested instead")
    try:
        path = Path(folder) / "jpeg.yaml"
        path.write_bytes(OLD)
        with pytest.raises(ColordegError, match="No space left on device; what was there is unch"):
            files.write(path, NEW)
        assert path.read_bytes() == OLD
        assert neighbours(path) == ["jpeg.yaml"]
    finally:
        subprocess.run(["umount", folder], check=True)
        os.rmdir(folder)  # noqa: PTH106


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A file in a folder that an ordinary user may read and not write."""
    folder = Path(tempfile.mkdtemp())
    target = folder / "jpeg.yaml"
    target.write_bytes(OLD)
    target.chmod(0o444)
    folder.chmod(0o555)
    yield target
    folder.chmod(0o755)
    shutil.rmtree(folder)


@posix
def test_a_read_only_folder_gives_one_clear_error(read_only: Path) -> None:
    # Modes do not bind root, so root hands the work to somebody whom they bind.
    nobody = 65534 if os.geteuid() == 0 else 0
    line = write_in_child(read_only, user=nobody)
    assert line == f"{read_only}: cannot be written: Permission denied; what was there is unchanged"
    assert read_only.read_bytes() == OLD
    assert neighbours(read_only) == ["jpeg.yaml"]


def test_a_folder_that_is_a_file_gives_one_clear_error(path: Path) -> None:
    with pytest.raises(ColordegError, match="cannot be written"):
        files.write(path / "jpeg.yaml", NEW)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file(
    path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ColordegError, match="Input/output error; what was there is unchanged"):
        files.write(path, NEW)
    assert path.read_bytes() == OLD
    assert neighbours(path) == ["jpeg.yaml"]


def test_an_interrupt_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(path, NEW)
    assert path.read_bytes() == OLD
    assert neighbours(path) == ["jpeg.yaml"]


@posix
def test_a_linked_file_is_read_and_never_written(path: Path) -> None:
    link = path.parent / "link.yaml"
    link.symlink_to(path)
    assert files.read(link) == OLD
    for change in (lambda: files.write(link, NEW), lambda: files.remove(link)):
        with pytest.raises(ColordegError, match="is a symbolic link"):
            change()
    assert link.is_symlink()
    assert path.read_bytes() == OLD


@posix
def test_a_linked_folder_is_followed(path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "baselines"
    link.symlink_to(path.parent)
    files.write(link / "jpeg.yaml", NEW)
    assert path.read_bytes() == NEW


@posix
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(ColordegError, match=f"{name}: expected a file, found something else"):
            files.read(tmp_path / name)
    (tmp_path / "loose").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ColordegError, match="a link to nothing"):
        files.read(tmp_path / "loose")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ColordegError, match="loop: cannot be read"):
        files.read(tmp_path / "loop")
    assert files.read(tmp_path / "absent") is None


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    huge = tmp_path / "jpeg.yaml"
    with huge.open("wb") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(ColordegError, match=r"jpeg.yaml: expected at most 32 MiB, found a larger"):
        files.read(huge)


def test_a_held_lock_is_waited_for_and_then_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LOCK_SECONDS", 0.05)
    with (
        files.locked(path),
        pytest.raises(ColordegError, match="another update holds it"),
        files.locked(path),
    ):
        pass
    with files.locked(path):
        pass
