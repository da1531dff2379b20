"""A cursor over bytes that a parser can trust: past the end there is one clear error."""

from __future__ import annotations

from pytest_colordeg.errors import ColordegError

__all__ = ["BitReader", "Reader"]


class Reader:
    """Big-endian reads from a piece of a file.

    Parameters
    ----------
    data
        The bytes.
    what
        Name of the format, for errors.
    start, stop
        The piece to read, as offsets into `data`; the whole when absent.
    """

    def __init__(self, data: bytes, what: str, start: int = 0, stop: int | None = None) -> None:
        self.data = data
        self.what = what
        self.position = start
        self.stop = len(data) if stop is None else stop
        if not 0 <= start <= self.stop <= len(data):
            raise self.malformed("is truncated")

    def malformed(self, why: str) -> ColordegError:
        """The error to raise when the file breaks the format's rules."""
        return ColordegError(f"{self.what} file {why}, at byte {self.position} of {len(self.data)}")

    @property
    def left(self) -> int:
        """Number of bytes from here to the end of the piece."""
        return self.stop - self.position

    def take(self, count: int) -> bytes:
        """Read `count` bytes; raises `ColordegError` when fewer are left."""
        if not 0 <= count <= self.left:
            raise self.malformed("is truncated")
        self.position += count
        return self.data[self.position - count : self.position]

    def uint(self, size: int, order: str = "big") -> int:
        """Read an unsigned integer of `size` bytes."""
        return int.from_bytes(self.take(size), "little" if order == "little" else "big")

    def part(self, count: int) -> Reader:
        """Give a reader of the next `count` bytes and step over them."""
        start = self.position
        self.take(count)
        return Reader(self.data, self.what, start, self.position)


class BitReader:
    """Reads bits from the least significant of each byte up, as JPEG XL stores them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._held = 0
        self._count = 0

    def bits(self, count: int) -> int:
        """Read an unsigned integer of `count` bits."""
        while self._count < count:
            self._held |= self._reader.uint(1) << self._count
            self._count += 8
        value = self._held & ((1 << count) - 1)
        self._held >>= count
        self._count -= count
        return value

    def flag(self) -> bool:
        """Read one bit."""
        return bool(self.bits(1))

    def choice(self, *options: tuple[int, int]) -> int:
        """Read a two-bit selector, then the chosen ``(offset, bits)`` as offset + bits."""
        offset, count = options[self.bits(2)]
        return offset + self.bits(count)
