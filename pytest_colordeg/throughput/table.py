"""The lines at the end of a run: throughput, devices side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pytest_colordeg.throughput.handle import told

__all__ = ["throughput_lines"]

_HEAD = (f"{'codec, image, step':<32}{'device':>7}{'Mpx/s':>9}{'MB/s':>9}{'median ms':>11}"
         f"{'±':>8}{'peak MB':>9}  {'ratio'}")  # fmt: skip


def throughput_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Word the table; a row of another device than ``cpu`` is told against that of ``cpu``."""
    if not rows:
        return []
    lines, base = [_HEAD], {_key(row): row for row in rows if row["device"] == "cpu"}
    for row in sorted(rows, key=lambda row: (*_key(row), row["device"])):
        cpu = base.get(_key(row))
        ratio = ""
        if cpu is not None and row is not cpu:
            ratio = f"{cpu['median_s'] / row['median_s']:.2f} x cpu"
        name = f"{row['codec']}-r{row['rung']} {row['image']} {row['step']}"
        peaks = [row[k] for k in ("peak_device_bytes", "peak_host_bytes") if row[k] is not None]
        memory = f"{peaks[0] / 1e6:.1f}" if peaks else "-"
        spread = 500 * (row["high_s"] - row["low_s"])
        lines.append(
            f"{name[:31]:<32}{row['device']:>7}{row['mpx_s']:>9.2f}{row['mb_s']:>9.1f}"
            f"{1e3 * row['median_s']:>11.3f}{spread:>8.3f}{memory:>9}  {ratio}".rstrip()
        )
        if "device_s" in row:
            lines.append(
                f"{'':<32}on the device {1e3 * row['device_s']:.3f} ms; transfers: "
                f"{1e3 * row['upload_s']:.3f} ms there, {1e3 * row['download_s']:.3f} ms back"
            )
    return lines + list(_versus(rows))


def _versus(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for row in rows:
        if "against" in row:
            yield f"{row['codec']}-r{row['rung']} {row['image']} ({row['device']}): {told(row)}"


def _key(row: Mapping[str, Any]) -> tuple[str, int, str, str]:
    return row["codec"], row["rung"], row["image"], row["step"]
