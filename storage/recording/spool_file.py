"""A file of the spool as it is read: in the clear, however it is on the disk."""

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from storage.objects.sealing.envelope import BrokenEnvelope, Key, WrongKey
from storage.objects.sealing.faults import KeyAway, SealBroken
from storage.objects.sealing.growing import (
    BLOCK_HEAD_BYTES,
    MOST_HEAD,
    Block,
    Grown,
    block_at,
    head_size,
    key_of,
)
from storage.objects.sealing.scope import scope_of

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SpoolFile:
    """`size` bytes to `read`, given offset and size, fewer only at the end.

    `starts` has where each write may have begun, and where that is in the file; empty where that is the same.
    `is_torn` tells whether what the file has behind it, if anything, is one write not made to its end. `head`
    is what has to stand before a part of the file for the part to be read.
    """

    size: int
    read: Callable[[int, int], bytes]
    starts: dict[int, int] = field(default_factory=dict)
    is_torn: bool = True
    head: bytes = b""
    is_sealed: bool = False

    def stored_at(self, at: int) -> int | None:
        """Where in the file an offset is at which a write began, None where none did."""
        return self.starts.get(at) if self.is_sealed else at


class SealedFile:
    """The blocks of a sealed file, as far as it is written; it may grow. Every call blocks.

    No two threads may use one at a time.
    """

    def __init__(self, name: str, keys: Callable[[], Sequence[Key]], folder: str) -> None:
        self._name = name
        self._keys = keys
        self._folder = folder
        self._blocks: list[Block] = []
        self._starts: list[int] = []
        self._head = b""
        self._grown: Grown | None = None
        self._opened: tuple[int, bytes] = (-1, b"")

    @property
    def size(self) -> int:
        """How much is in the whole blocks that were found."""
        return self._blocks[-1].at + self._blocks[-1].size if self._blocks else 0

    @property
    def end(self) -> int:
        """Where the next block begins."""
        return self._blocks[-1].end if self._blocks else len(self._head)

    def find(self, descriptor: int) -> None:
        """Find the blocks that were written since."""
        stored = os.fstat(descriptor).st_size
        if not self._head:
            start = os.pread(descriptor, MOST_HEAD, 0)
            size = head_size(start)
            if size is None or size > len(start):
                return
            self._head = start[:size]
        while found := block_at(
            os.pread(descriptor, BLOCK_HEAD_BYTES, self.end), len(self._blocks), self.size, self.end
        ):
            if found.end > stored:
                return
            self._starts.append(found.at)
            self._blocks.append(found)

    def read(self, descriptor: int, offset: int, size: int) -> bytes:
        """A range, fewer bytes only at the end. Raises KeyAway, SealBroken."""
        end, parts = min(offset + size, self.size), []
        number = bisect_right(self._starts, offset) - 1
        while offset < end:
            block = self._blocks[number]
            piece = self._block(descriptor, block)[offset - block.at : end - block.at]
            parts.append(piece)
            offset += len(piece)
            number += 1
        return b"".join(parts)

    def whole(self, descriptor: int) -> SpoolFile:
        """The file up to its first block that cannot be opened. Raises KeyAway."""
        self.find(descriptor)
        if not self._head:
            return SpoolFile(0, _nothing, is_torn=os.fstat(descriptor).st_size < MOST_HEAD, is_sealed=True)
        try:
            self._key()
        except SealBroken:
            # An envelope is text: one that was written has no zero in it.
            torn = self._head.endswith(b"\0") and _only_zeros(descriptor, len(self._head))
            return SpoolFile(0, _nothing, is_torn=torn, is_sealed=True)
        for block in list(self._blocks):
            if self._open(descriptor, block) is None:
                del self._blocks[block.number :], self._starts[block.number :]
                break
        starts = {block.at: block.stored for block in self._blocks} | {self.size: self.end}
        return SpoolFile(
            self.size,
            lambda offset, size: self.read(descriptor, offset, size),
            starts,
            self._is_torn(descriptor),
            self._head,
            is_sealed=True,
        )

    def salvaged(self, descriptor: int) -> Iterator[bytes]:
        """What opens of a file, or of a part of it that was set aside behind its head; the rest is skipped.

        Raises KeyAway, SealBroken.
        """
        self.find(descriptor)
        at = len(self._head)
        while block := block_at(os.pread(descriptor, BLOCK_HEAD_BYTES, at), None, 0, at):
            opened = self._open(descriptor, block)
            if opened is not None:
                yield opened
            at = block.end

    def _is_torn(self, descriptor: int) -> bool:
        """Whether what follows is one block not written to its end, or nothing was written there."""
        stored, at = os.fstat(descriptor).st_size, self.end
        block = block_at(os.pread(descriptor, BLOCK_HEAD_BYTES, at), len(self._blocks), self.size, at)
        if block is None:
            return stored - at < BLOCK_HEAD_BYTES or _only_zeros(descriptor, at + BLOCK_HEAD_BYTES)
        return _only_zeros(descriptor, block.end)

    def _block(self, descriptor: int, block: Block) -> bytes:
        number, data = self._opened
        if number != block.number:
            found = self._open(descriptor, block)
            if found is None:
                raise SealBroken(scope_of(self._name), "its bytes have changed")
            self._opened, data = (block.number, found), found
        return data

    def _open(self, descriptor: int, block: Block) -> bytes | None:
        return self._key().open(block, os.pread(descriptor, block.end - block.stored, block.stored))

    def _key(self) -> Grown:
        if self._grown is None:
            scope = scope_of(self._name)
            try:
                self._grown = Grown(key_of(self._head, self._keys(), self._name))
            except WrongKey as error:
                raise KeyAway(
                    f"what was recorded of {scope} cannot be opened: the key of commune {scope.commune} "
                    f"is not in {self._folder} (it has the id {error})"
                ) from error
            except BrokenEnvelope as error:
                raise SealBroken(scope, f"the key of the file cannot be used, {error}") from error
        return self._grown


def _nothing(_offset: int, _size: int) -> bytes:
    return b""


def _only_zeros(descriptor: int, at: int) -> bool:
    while chunk := os.pread(descriptor, _CHUNK, at):
        if any(chunk):
            return False
        at += len(chunk)
    return True
