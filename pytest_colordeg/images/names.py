"""File names as text that fits one line."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: str) -> str:
    """Show undecodable bytes and control characters as escapes, so that one line stays one."""
    raw = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in raw
    )
