"""The `throughput` fixture's object: one codec, rung, image and device, timed step by step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from statistics import median
from typing import Any

import pytest

from pytest_colordeg.codecs.protocol import Codec
from pytest_colordeg.errors import ColordegError
from pytest_colordeg.images.model import Image
from pytest_colordeg.sweep.coding import Coded, code
from pytest_colordeg.throughput.device import event_seconds, finished, transfer_seconds
from pytest_colordeg.throughput.interval import compare, interval
from pytest_colordeg.throughput.memory import peak

__all__ = ["Throughput"]

_SECONDS = 1.0
_FEWEST, _MOST = 9, 200
_EVENTS = 5


class Throughput:
    """Times encode, decode or colour conversion of one image, apart.

    One step a test, as pytest-benchmark's fixture serves one measurement. Before
    anything is timed the codec has to code the image rightly, and runs once to warm up.

    Attributes
    ----------
    row
        What was measured, as in the benchmark's ``extra_info``; empty before.
    """

    def __init__(
        self,
        codec: Codec,
        rung: int,
        image: Image,
        device: str,
        benchmark: Any,
        rival: Codec | None = None,
        gate: bool = False,
    ) -> None:
        self.row: dict[str, Any] = {}
        self._codec, self._rung, self._image, self._device = codec, rung, image, device
        self._benchmark, self._rival, self._gate = benchmark, rival, gate

    def encode(self) -> Mapping[str, Any]:
        """Time the encoder; Mpx/s and MB/s are of pixels that go in."""
        __tracebackhide__ = True
        return self._time("encode", _encoder)

    def decode(self) -> Mapping[str, Any]:
        """Time the decoder; Mpx/s and MB/s are of pixels that come out."""
        __tracebackhide__ = True
        return self._time("decode", _decoder)

    def convert(self) -> Mapping[str, Any]:
        """Time the colour conversion, sRGB to CIELAB, that no codec is part of."""
        __tracebackhide__ = True
        device = self._device
        return self._time("convert", lambda codec, coded, rung, image: _converter(image, device))

    def _time(self, step: str, make: _Make) -> Mapping[str, Any]:
        __tracebackhide__ = True
        try:
            work, coded = self._work(self._codec, make)
            rival = None if step == "convert" else self._rival
            other = self._work(rival, make)[0] if rival is not None else None
        except ColordegError as error:
            pytest.fail(f"{self._label}: {error}", pytrace=False)
        work()
        began = time.perf_counter()
        work()
        rounds = _rounds(time.perf_counter() - began)
        taken: list[float] = []

        def turn() -> None:
            """In turns, so that whatever slows the machine down slows both."""
            assert other is not None
            start = time.perf_counter()
            other()
            taken.append(time.perf_counter() - start)

        if other is not None:
            other()
        self._benchmark.group = f"{step} r{self._rung} {self._image.name}"
        self._benchmark.pedantic(
            work, setup=turn if other is not None else None, rounds=rounds, warmup_rounds=1
        )
        stats = getattr(self._benchmark, "stats", None)
        if stats is None:
            pytest.skip("pytest-benchmark is switched off (under xdist, or by its options)")
        self.row = self._described(step, list(stats.stats.data), coded, work)
        judged = compare(stats.stats.data, taken[-rounds:]) if other is not None else None
        if judged is not None and rival is not None:
            self.row["against"] = {"codec": rival.id, **asdict(judged)}
        self._benchmark.extra_info.update(self.row)
        if judged is not None and judged.verdict == "slower" and self._gate:
            pytest.fail(f"{self._label}: {told(self.row)}", pytrace=False)
        return self.row

    def _work(self, codec: Codec, make: _Make) -> tuple[Callable[[], None], Coded]:
        coded = code(codec, self._rung, self._image)
        step = make(codec, coded, self._rung, self._image)
        return finished(step, self._device), coded

    def _described(
        self, step: str, seconds: list[float], coded: Coded, work: Callable[[], None]
    ) -> dict[str, Any]:
        height, width, _ = self._image.pixels.shape
        found = interval(seconds)
        used = peak(work, self._device)
        row: dict[str, Any] = {
            "codec": self._codec.id,
            "rung": self._rung,
            "image": self._image.name,
            "device": self._device,
            "step": step,
            "width": width,
            "height": height,
            "bytes": len(coded.data),
            "rounds": len(seconds),
            "median_s": found.median,
            "low_s": found.low,
            "high_s": found.high,
            "mpx_s": height * width / found.median / 1e6,
            "mb_s": height * width * 3 / found.median / 1e6,
            "peak_host_bytes": used.host,
            "peak_device_bytes": used.device,
        }
        if step == "convert":
            row["codec"] = "-"
        events = event_seconds(work, self._device, _EVENTS)
        if events is not None:
            up, down = transfer_seconds(height * width * 3, self._device) or (0.0, 0.0)
            row |= {"device_s": median(events), "upload_s": up, "download_s": down}
        return row

    @property
    def _label(self) -> str:
        return f"{self._codec.id}-r{self._rung}, {self._image.name}, {self._device}"


_Make = Callable[[Codec, Coded, int, Image], Callable[[], object]]


def told(row: Mapping[str, Any]) -> str:
    """Word how a codec did against the other one."""
    judged = row["against"]
    own, other = judged["own"], judged["other"]
    return (
        f"{row['step']} is {judged['verdict']}: {1e3 * own['median']:.3f} ms "
        f"({1e3 * own['low']:.3f} to {1e3 * own['high']:.3f}) against {judged['codec']}'s "
        f"{1e3 * other['median']:.3f} ms ({1e3 * other['low']:.3f} to {1e3 * other['high']:.3f})"
    )


def _rounds(seconds: float) -> int:
    return min(_MOST, max(_FEWEST, math.ceil(_SECONDS / max(seconds, 1e-9))))


def _encoder(codec: Codec, coded: Coded, rung: int, image: Image) -> Callable[[], object]:
    pixels, parameters = image.pixels.copy(), codec.ladder[rung]
    return lambda: codec.encode(pixels, parameters)


def _decoder(codec: Codec, coded: Coded, rung: int, image: Image) -> Callable[[], object]:
    # A learned codec takes the latents of what it has just encoded from its encoder; `code`
    # has decoded once, so that every decoding from here on is from the bytes.
    return lambda: codec.decode(coded.data)


def _converter(image: Image, device: str) -> Callable[[], object]:
    if device == "cpu":
        from pytest_colordeg.color.reference import Reference

        return lambda: Reference(image.pixels).prepared()
    import torch

    from pytest_colordeg.color.torch_backend import srgb_to_lab

    there = torch.from_numpy(image.pixels.copy()).to(device)
    return lambda: srgb_to_lab(there)
