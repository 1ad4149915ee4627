"""What other processes are writing, or left, and the index does not know yet: read from their spools."""

import asyncio
from collections import OrderedDict
from pathlib import Path

from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from storage.fmp4.reader import read_layout
from storage.index.segments import SegmentRows
from storage.model.deadline import deadline_ns
from storage.model.segment import Footage, key_of_spool_name, spool_name
from storage.objects.sealing.faults import KeyAway, SealBroken
from storage.recording.spool import Spool

_KEPT = 512


class GrowingElsewhere:
    """A file is read anew when it has grown. At most `_KEPT` are remembered, the oldest asked go first."""

    def __init__(self, spool: Spool, rows: SegmentRows, clock: Clock) -> None:
        self._spool = spool
        self._rows = rows
        self._clock = clock
        self._kept: OrderedDict[tuple[str, int], Footage] = OrderedDict()

    async def of(self, stream: StreamId) -> list[Footage]:
        """The segments of a stream that have no row, as far as they are whole and may be shown.

        Raises OSError, Unavailable.
        """
        found = await asyncio.to_thread(self._read, stream)
        unknown = set(await self._rows.unknown([one.key for one in found])) if found else set()
        now_ns = self._clock.utc_ns()
        return [one for one in found if one.key in unknown and deadline_ns(one.start_ns, one.days) > now_ns]

    def _read(self, stream: StreamId) -> list[Footage]:
        begins = spool_name(f"{stream}/")
        found: dict[str, Footage] = {}
        for folder in self._spool.others():
            for path in folder.glob(f"{begins}*.mp4"):
                footage = self._footage(path)
                if footage is not None:
                    found[footage.key] = footage
        return list(found.values())

    def _footage(self, path: Path) -> Footage | None:
        """What is whole in a file, None where nothing is, it has gone meanwhile or does not open."""
        try:
            size, read_at = self._spool.look(path)
            known = self._kept.get((path.name, size))
            if known is not None:
                self._kept.move_to_end((path.name, size))
                return known
            layout = read_layout(read_at, size)
        except (FileNotFoundError, BadInput, KeyAway, SealBroken):
            return None
        identity = layout.identity
        if not layout.fragments:
            return None
        footage = Footage(
            key_of_spool_name(path.name),
            identity.stream,
            identity.run,
            identity.start_ns,
            layout.end_ns,
            layout.description.codec_string,
            layout.description.digest,
            identity.days,
        )
        self._kept[path.name, size] = footage
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return footage
