"""A preset's processes: leaders first, none left behind, failures told."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.jobs import run_jobs
from pytest_colordeg.training.presets import Job

pytest.importorskip("torch")
pytest.importorskip("compressai")

_TRAIN = """
import sys
from dataclasses import replace
from pytest_colordeg.cli import main
from pytest_colordeg.training import presets
presets.PRESETS = {
    "mini": tuple(
        replace(job, plan=replace(job.plan, n=8, m=8, crop=64, batch=1))
        for job in presets.PRESETS["mini"]
    )
}
from pytest_colordeg.training import command
command.PRESETS = presets.PRESETS
sys.exit(main())
"""


def task(pictures, out):
    return {
        "images": str(pictures),
        "out": str(out),
        "data": "waves",
        "validation": None,
        "limit": None,
        "device": "cpu",
        "every": 1,
        "seconds": 1e9,
        "export_anyway": False,
    }


def test_followers_come_after_their_leader_and_what_fails_is_told(small, pictures, tmp_path):
    jobs = (
        Job(small(steps=1)),
        Job(
            small("mbt2018", steps=2, entropy=1, start="../mbt2018-mean/trained.pt"), "mbt2018-mean"
        ),
        Job(small("cheng2020-attn", start="nothing.pt")),
    )
    said = []
    with pytest.raises(ColordegError, match=r"cheng2020-attn: .*nothing\.pt"):
        run_jobs(jobs, tmp_path, task(pictures, tmp_path), 2, said.append)
    order = [
        said.index(line) for line in ("mbt2018-mean: begun", "mbt2018: begun", "mbt2018: ended")
    ]
    assert order == sorted(order)
    assert (tmp_path / "mbt2018.safetensors").is_file()


def test_followers_of_a_leader_that_failed_do_not_wait_for_ever(small, pictures, tmp_path):
    jobs = (Job(small(start="nothing.pt")), Job(small("mbt2018"), "mbt2018-mean"))
    with pytest.raises(ColordegError, match="mbt2018: mbt2018-mean gave no start"):
        run_jobs(jobs, tmp_path, task(pictures, tmp_path), 2, lambda line: None)


def test_a_command_that_is_ended_leaves_no_process(pictures, tmp_path):
    command = [sys.executable, "-c", _TRAIN, "train", str(pictures), "--preset", "mini"]
    training = subprocess.Popen(
        [*command, "--only", "mbt2018-mean", "--every", "1", "--out", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    log = tmp_path / "mbt2018-mean" / "log.jsonl"
    end = time.monotonic() + 120
    try:
        while not log.exists() and time.monotonic() < end and training.poll() is None:
            time.sleep(0.1)
        children = _children(training.pid)
        assert children
        training.send_signal(signal.SIGTERM)
        assert training.wait(60) == 128 + signal.SIGTERM
    finally:
        training.kill()
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert json.loads(log.read_text().splitlines()[0])["step"] == 1


def _children(pid):
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, check=True
    )
    return [int(word) for word in found.stdout.split()]
