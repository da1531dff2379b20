"""Memory at its peak, and what a device that is absent says."""

import sys

import numpy as np
import pytest

from pytest_colordeg.codecs.registry import Registry
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.throughput import device
from pytest_colordeg.throughput.choose import choose
from pytest_colordeg.throughput.memory import peak
from pytest_colordeg.throughput.table import throughput_lines


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is of Linux")
def test_peak_memory_is_seen_although_it_is_given_back():
    size = 96 << 20
    used = peak(lambda: np.ones(size, np.uint8).sum())
    if used.host is None:
        pytest.skip("the system does not let the high-water mark be set back")
    assert 0.9 * size < used.host < 1.5 * size
    assert used.device is None
    assert peak(lambda: None).host < size / 10


def test_the_cpu_is_there_and_waits_for_nothing():
    calls = []
    work = device.finished(lambda: calls.append(1), "cpu")
    assert work() is None
    assert calls == [1]
    assert device.absent("cpu") is None
    assert device.event_seconds(work, "cpu", 3) is None
    assert device.transfer_seconds(10, "cpu") is None


def test_a_codec_of_the_cpu_does_not_run_on_cuda(monkeypatch):
    monkeypatch.setattr("pytest_colordeg.throughput.choose.absent", lambda device: None)
    jpeg = Registry().get("jpeg")
    assert choose(jpeg, "cpu", "spot") is jpeg
    with pytest.raises(ColordegError, match="runs on cpu alone"):
        choose(jpeg, "cuda", "spot")


def test_devices_stand_side_by_side():
    row = {"codec": "net", "rung": 1, "image": "a", "device": "cpu", "step": "encode",
           "median_s": 0.4, "low_s": 0.39, "high_s": 0.41, "mpx_s": 1.0, "mb_s": 3.0,
           "peak_host_bytes": 5_000_000, "peak_device_bytes": None}  # fmt: skip
    card = {**row, "device": "cuda", "median_s": 0.1, "low_s": 0.1, "high_s": 0.1,
            "peak_device_bytes": 7_000_000, "device_s": 0.09, "upload_s": 0.001,
            "download_s": 0.002}  # fmt: skip
    _, cpu, cuda, transfers = throughput_lines([card, row])
    assert "cpu" in cpu
    assert "5.0" in cpu
    assert cuda.endswith("4.00 x cpu")
    assert "7.0" in cuda
    assert "90.000 ms; transfers: 1.000 ms there, 2.000 ms back" in transfers
