"""What a library only writes to its log, where it should have raised."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

__all__ = ["errors_logged_by"]


@contextmanager
def errors_logged_by(name: str) -> Iterator[list[str]]:
    """Collect the errors that the logger `name` gets from this thread, as one line each."""
    found: list[str] = []
    thread = get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                found.append(" ".join(record.getMessage().split()))

    logger, handler = logging.getLogger(name), Collector(logging.ERROR)
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
