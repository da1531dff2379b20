"""What a codec does to its process is an error with the cause; the next call works."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from pytest_colordeg.codecs.isolation import Isolation
from pytest_colordeg.codecs.protocol import FunctionCodec
from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError

PIXELS = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


def kill_itself():
    print("about to fall over", flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def flood():
    while True:
        os.write(1, b"x" * 65536)


def fork_and_stay():
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)


def fork_and_detach():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)


def fork_and_die():
    if os.fork() == 0:
        time.sleep(60)
    os.kill(os.getpid(), signal.SIGKILL)


def leave_a_program():
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


class Poison:
    """Pickles, and refuses to be made again."""

    def __reduce__(self):
        return (int, ("no number",))


def close_output():
    sys.stdout.close()
    return Poison()


DEEDS = {
    "segv": (kill_itself, r"encode was killed by SIGSEGV; it said: about to fall over"),
    "hang": (lambda: time.sleep(60), r"encode did not end within 1 s and was killed"),
    "exit": (lambda: sys.exit(3), r"encode raised SystemExit: 3 \(test_isolation\.py:\d+\)"),
    "gone": (lambda: os._exit(4), r"encode ended its process with status 4"),
    "memory": (lambda: bytes(1 << 31), r"encode ran out of memory: it may take 1024 MiB"),
    "flood": (flood, r"encode printed more than 64 MiB and was killed; it said: x+"),
    "child": (fork_and_stay, r"encode left 1 process running, which were killed"),
    "daemon": (fork_and_detach, r"encode left 1 process running, which were killed"),
    "orphan": (fork_and_die, r"encode was killed by SIGKILL"),
    "program": (leave_a_program, r"encode left 1 process running, which were killed"),
    "raise": (lambda: {}["key"], r"encode raised KeyError: 'key' \(test_isolation\.py:\d+\)"),
    "thing": (lambda: lambda: 0, r"encode returned what cannot be passed on: .*"),
    "poison": (lambda: Poison(), r"encode returned what cannot be read: invalid literal.*"),
    "closed": (close_output, r"encode returned what cannot be read: invalid literal.*"),
    "large": (
        lambda: np.zeros((1 << 30) + 1, np.uint8),
        r"encode ran out of memory: it may take 1024 MiB",
    ),
}


def encode(image, deed):
    if deed == "pid":
        return str(os.getpid()).encode()
    if deed == "fork":
        os.fork()
    elif deed in DEEDS:
        return DEEDS[deed][0]()
    return image.tobytes()


@pytest.fixture(scope="module")
def isolation():
    registry = Registry()
    decode = lambda data: np.frombuffer(data, np.uint8).reshape(4, 4, 3)  # noqa: E731
    registry.add(FunctionCodec("evil", encode, decode, ladder=[{"deed": "none"}]), "here")
    isolation = Isolation(registry, timeout=60, memory=1024)
    yield isolation
    isolation.close()


def children(pid):
    listed = subprocess.run(["ps", "--ppid", str(pid), "-o", "stat="], capture_output=True)
    return [state for state in listed.stdout.split() if not state.startswith(b"Z")]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_one_error_and_the_next_call_works(isolation, deed, monkeypatch):
    monkeypatch.setattr(isolation, "_timeout", 1 if deed == "hang" else 60)
    with pytest.raises(ColordegError) as raised:
        isolation.call("evil", "encode", PIXELS, {"deed": deed})
    assert re.fullmatch(DEEDS[deed][1], str(raised.value)), raised.value
    monkeypatch.undo()
    data = isolation.call("evil", "encode", PIXELS, {"deed": "none"})
    assert np.array_equal(isolation.call("evil", "decode", data), PIXELS)


def test_nothing_is_left_behind(isolation):
    for deed in ("child", "daemon", "orphan"):
        with pytest.raises(ColordegError):
            isolation.call("evil", "encode", PIXELS, {"deed": deed})
    assert children(isolation._template.pid) == []


def test_a_codec_that_comes_back_twice_answers_once(isolation):
    for _ in range(5):
        assert isolation.call("evil", "encode", PIXELS, {"deed": "fork"}) == PIXELS.tobytes()
        assert isolation.call("evil", "decode", PIXELS.tobytes()).shape == (4, 4, 3)


def test_a_worker_is_used_again_and_is_another_process(isolation):
    pids = {isolation.call("evil", "encode", PIXELS, {"deed": "pid"}) for _ in range(5)}
    assert len(pids) == 1
    assert str(os.getpid()).encode() not in pids


def test_threads_have_workers_of_their_own(isolation):
    wrong = []

    def calls():
        for _ in range(20):
            data = isolation.call("evil", "encode", PIXELS, {"deed": "none"})
            wrong.extend([data] if data != PIXELS.tobytes() else [])

    threads = [threading.Thread(target=calls) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_closing_ends_every_process():
    isolation = Isolation(Registry(), timeout=60, memory=0)
    template = isolation._template.pid
    with pytest.raises(ColordegError):
        isolation.call("jpeg", "decode", b"no jpeg")
    isolation.close()
    assert not Path(f"/proc/{template}").exists()


def test_workers_end_with_the_process_that_started_them(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(
        "import os, sys\n"
        "from pytest_colordeg.codecs.isolation import Isolation\n"
        "from pytest_colordeg.codecs.registry import Registry\n"
        "isolation = Isolation(Registry(), timeout=60, memory=0)\n"
        "try: isolation.call('jpeg', 'decode', b'')\n"
        "except Exception: pass\n"
        "print(isolation._template.pid, *isolation._alive, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, check=False)
    pids = done.stdout.split()
    assert len(pids) == 2
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{int(pid)}").exists() for pid in pids):
        assert time.monotonic() < deadline, done
        time.sleep(0.02)
