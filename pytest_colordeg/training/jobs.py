"""The networks of a preset side by side, each in a process; leaders before their followers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pytest_colordeg.errors import ColordegError
from pytest_colordeg.training.presets import Job

__all__ = ["run_jobs"]

_POLL = 1.0
_TRAINED, _LOG = "trained.pt", "log.jsonl"


class _Process:
    """One running job."""

    def __init__(self, job: Job, folder: Path, task: Mapping[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.job, self.folder = job, folder
        self._log = folder / _LOG
        self._seen = self._log.stat().st_size if self._log.exists() else 0
        self._complaints = (folder / "stderr.txt").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest_colordeg.training.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._complaints,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(
            json.dumps({**task, "plan": asdict(job.plan), "folder": str(folder)})
        )
        self._process.stdin.close()

    def news(self) -> list[str]:
        """Lines that the job has logged since the last call."""
        if not self._log.exists() or self._log.stat().st_size == self._seen:
            return []
        with self._log.open(encoding="utf-8") as log:
            log.seek(self._seen)
            lines = log.readlines()
            self._seen = log.tell()
        return [line for line in lines if line.endswith("\n")]

    @property
    def over(self) -> bool:
        return self._process.poll() is not None

    def complaint(self) -> str | None:
        """Why the job failed; ``None`` when it did not."""
        if not self._process.returncode:
            return None
        self._complaints.seek(0)
        lines = self._complaints.read().strip().splitlines() or ["no message"]
        return f"{self.job.plan.family}: {lines[-1]}"

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()


def run_jobs(
    jobs: Sequence[Job],
    out: Path,
    task: Mapping[str, Any],
    at_once: int,
    say: Callable[[str], None],
) -> None:
    """Run every job, at most `at_once` side by side.

    Parameters
    ----------
    out
        Each job gets the folder of its family below it.
    task
        The arguments of `worker.train_one` that all share.
    say
        Gets a line for each line of a job's log.

    Raises
    ------
    ColordegError
        When a job failed, with its words, after the others are done.
    """
    waiting, running, failures = list(jobs), [], []  # type: ignore[var-annotated]
    names = {job.plan.family for job in jobs}
    try:
        while waiting or running:
            for job in list(waiting):
                if len(running) >= at_once:
                    break
                if job.after in names and not (out / job.after / _TRAINED).is_file():
                    continue
                waiting.remove(job)
                say(f"{job.plan.family}: begun")
                running.append(_Process(job, out / job.plan.family, task))
            if not running:
                # Leaders ended without a start for these: a time limit, or a failure.
                failures += [f"{job.plan.family}: {job.after} gave no start" for job in waiting]
                break
            time.sleep(_POLL)
            for process in list(running):
                for line in process.news():
                    say(_line(process.job, line))
                if process.over:
                    running.remove(process)
                    complaint = process.complaint()
                    process.stop()
                    say(f"{process.job.plan.family}: {complaint or 'ended'}")
                    failures += [complaint] if complaint else []
    finally:
        for process in running:
            process.stop()
    if failures:
        raise ColordegError("; ".join(failures))


def _line(job: Job, text: str) -> str:
    row = json.loads(text)
    share = 100 * row["step"] / job.plan.steps
    return (
        f"{job.plan.family}: {share:3.0f} %  step {row['step']:,}  loss {row['total']:.4f}  "
        f"bpp {row['bpp']:.3f}"
    )
