"""Keeps in memory what was read of objects last, and reads ahead where one is read from end to end."""

import sys
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

Read = Callable[[str, int, int], bytes]
"""Gives so many blocks of an object from a number on, fewer bytes only at its end."""


class Blocks:
    """`most` blocks: a file is read box by box, each a few bytes. Of one whose blocks, of `size` bytes each,
    are wanted one behind the other twice as many are read each time, up to `ahead`."""

    def __init__(self, most: int, *, size: int = sys.maxsize, ahead: int = 1) -> None:
        self._most, self._size, self._ahead = most, size, ahead
        self._blocks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._next: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._forgotten = 0
        self._turn = Lock()

    def get(self, key: str, number: int, read: Read) -> bytes:
        with self._turn:
            found = self._blocks.get((key, number))
            if found is not None:
                self._blocks.move_to_end((key, number))
                return found
            forgotten, count = self._forgotten, self._wanted(key, number)
        data = read(key, number, count)
        with self._turn:
            # What was destroyed while it was read is not kept.
            if forgotten == self._forgotten:
                for at in range(count):
                    block = data[at * self._size : (at + 1) * self._size]
                    if block or not at:
                        self._blocks[key, number + at] = block
            while len(self._blocks) > self._most:
                self._blocks.popitem(last=False)
        return data[: self._size]

    def forget(self, key: str) -> None:
        with self._turn:
            self._forgotten += 1
            self._next.pop(key, None)
            for block in [one for one in self._blocks if one[0] == key]:
                del self._blocks[block]

    def _wanted(self, key: str, number: int) -> int:
        """How many blocks are read from this one on."""
        follows, count = self._next.pop(key, (0, 0))
        count = min(2 * count, self._ahead) if count and follows == number else 1
        self._next[key] = number + count, count
        while len(self._next) > self._most:
            self._next.popitem(last=False)
        return count
