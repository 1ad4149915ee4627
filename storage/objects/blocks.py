"""Keeps in memory what was read of objects last."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock


class Blocks:
    """`most` blocks: a file is read box by box, each a few bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._blocks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._forgotten = 0
        self._turn = Lock()

    def get(self, key: str, number: int, read: Callable[[str, int], bytes]) -> bytes:
        with self._turn:
            found = self._blocks.get((key, number))
            if found is not None:
                self._blocks.move_to_end((key, number))
                return found
            forgotten = self._forgotten
        data = read(key, number)
        with self._turn:
            # What was destroyed while it was read is not kept.
            if forgotten == self._forgotten:
                self._blocks[key, number] = data
            while len(self._blocks) > self._most:
                self._blocks.popitem(last=False)
        return data

    def forget(self, key: str) -> None:
        with self._turn:
            self._forgotten += 1
            for block in [one for one in self._blocks if one[0] == key]:
                del self._blocks[block]
