"""Where the bytes of a segment are, and how they are read wherever that is: in the spool or in the store."""

from dataclasses import dataclass
from functools import partial

from storage.fmp4.reader import Layout, read_layout
from storage.objects.store import ObjectStore
from storage.recording.spool import Spool


@dataclass(frozen=True, slots=True)
class Places:
    """A segment goes from the spool to the store, never back: looked for in this order it is not missed.

    Every call blocks, and raises FileNotFoundError once the segment is destroyed, or another OSError.
    """

    spool: Spool
    store: ObjectStore

    def read(self, key: str, offset: int, size: int) -> bytes:
        """`size` bytes of a segment from `offset`, fewer only at its end as it is now."""
        try:
            return self.spool.read(key, offset, size)
        except FileNotFoundError:
            return self.store.read(key, offset, size)

    def layout(self, key: str) -> Layout:
        """What is whole in a segment now. Raises BadInput where that cannot be read."""
        size = self.spool.size(key)
        if size is not None:
            return read_layout(partial(self.read, key), size)
        found = self.store.find(key)
        if found is None:
            raise FileNotFoundError(key)
        # What is in the store is not looked for in the spool at each of its many reads.
        return read_layout(partial(self.store.read, key), found.size)
