"""Cutting a row of pixels into spans and working through them on several threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeAlias, TypeVar

__all__ = ["Span", "cut", "each"]

Span: TypeAlias = tuple[int, int]
Result = TypeVar("Result")

MIN_SPAN = 1 << 16
"""Fewer pixels than this are not worth handing to another thread."""


def cut(size: int, threads: int) -> list[Span]:
    """Cut `size` pixels into a few spans a thread; only time depends on where."""
    if threads == 1:
        return [(0, size)]
    step = max(MIN_SPAN, -(-size // (4 * threads)))
    return [(start, min(start + step, size)) for start in range(0, size, step)]


def each(threads: int, work: Callable[..., Result], *arguments: Iterable[object]) -> list[Result]:
    """``map`` over spans and what goes with each, in order, on that many threads."""
    if threads == 1:
        return list(map(work, *arguments))
    return list(_pool(threads).map(work, *arguments))


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Kept, as starting threads takes as long as a tenth of a photograph."""
    return ThreadPoolExecutor(threads, thread_name_prefix="colordeg-pixels")


# A forked process has the pool without its threads: waiting for them would never end.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)
