"""The one exception that users are meant to see: a plain sentence, no traceback."""

from __future__ import annotations

__all__ = ["ColordegError"]


class ColordegError(Exception):
    """Something a user can mend: the message names the file or cell and what to do."""
