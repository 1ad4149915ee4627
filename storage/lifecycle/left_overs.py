"""Destroys on time what no row of the index names: what was set aside, and what is left in the spool."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from shared.clock import Clock
from shared.log import get_logger
from storage.index.dues import DueRows
from storage.index.segments import SegmentRows
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.model.segment import capture_of_spool_name, key_of_spool_name
from storage.recording.finishing import Places
from storage.recording.quarantine import Quarantine


class LeftOvers:
    """Called by each run of retention that may destroy. A file's name says of what it is, and when."""

    def __init__(
        self,
        places: Places,
        quarantine: Quarantine,
        rows: SegmentRows,
        dues: DueRows,
        clock: Clock,
        *,
        is_open: Callable[[str], bool],
    ) -> None:
        self._places = places
        self._quarantine = quarantine
        self._rows = rows
        self._dues = dues
        self._clock = clock
        self._is_open = is_open
        self._log = get_logger("storage")

    async def sweep_once(self) -> int:
        """Destroy what is due; how many. Raises OSError, Unavailable."""
        now_ns, destroyed = self._clock.utc_ns(), 0
        for path in await asyncio.to_thread(self._candidates):
            if await self._is_due(path, now_ns):
                await asyncio.to_thread(self._places.disk.remove, path)
                self._log.error("unreadable-footage-destroyed", file=path.name)
                destroyed += 1
        await asyncio.to_thread(self._quarantine.count)
        return destroyed

    def _candidates(self) -> list[Path]:
        return [*self._quarantine.files(), *sorted(self._places.spool.folder.glob("*.mp4"))]

    async def _is_due(self, path: Path, now_ns: int) -> bool:
        try:
            written_ns = path.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        capture = capture_of_spool_name(path.name)
        if capture is None:
            # Nobody can say of what it is: all of it is as old as its last byte at least.
            return written_ns + MAX_DAYS * DAY_NS <= now_ns
        stream, start_ns = capture
        if start_ns + DAY_NS > now_ns:
            return False
        if path.parent == self._places.spool.folder:
            key = key_of_spool_name(path.name)
            if self._is_open(key) or await self._rows.get(key) is not None:
                return False
        return await self._dues.would_be_due(str(stream), start_ns, max(start_ns, written_ns) + 1, now_ns)
