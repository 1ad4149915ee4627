"""Units of a card to segment files, by the code that writes what is recorded."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from shared.cards import CardBegin, CardEnd, CardItem
from shared.clock import Clock
from shared.errors import Unavailable
from shared.messages.storage import RecordingPolicy
from storage.edge.source import SegmentFile
from storage.fmp4.entry import Description
from storage.fmp4.identity import CardClock, Identity
from storage.metrics import RecorderMetrics
from storage.model.segment import Segment
from storage.objects.disk import Disk
from storage.recording.lane import DiskLane
from storage.recording.spool import SegmentWriter, Spool, WriterEvents
from storage.recording.stream_recording import Recording

_NONCE = "card"
_SEGMENT_S = 3600.0
"""Segments end where the units do, not by the clock: the same units make the same files."""
_MOST_WAITING = 8 << 20
_LOOK_S = 0.01
_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class CardFiles:
    """Files, oldest first, to be removed by whoever gets them, and how the card's footage ended."""

    files: list[SegmentFile]
    end: CardEnd | None


class CardWriter:
    """Writes into a folder of its own, which it empties at the start: nothing in it outlives the process."""

    def __init__(
        self, folder: Path, disk: Disk, clock: Clock, metrics: RecorderMetrics, *, reserve_bytes: int
    ) -> None:
        self._folder, self._disk, self._clock, self._metrics = folder, disk, clock, metrics
        self._lane = DiskLane("cards", 16 * _MOST_WAITING)
        self._spool = Spool(folder, disk, [self._lane], clock, reserve_bytes=reserve_bytes)

    def start(self) -> None:
        """Raises OSError."""
        for path in self._folder.glob("*.mp4"):
            self._disk.remove(path)
        self._lane.start()

    async def close(self) -> None:
        await self._lane.close()

    async def write(self, policy: RecordingPolicy, items: AsyncIterator[CardItem]) -> CardFiles:
        """Files of a card's footage. Raises Unavailable, and what the items raise; no file is left then."""
        segments: list[Segment] = []
        opened: list[str] = []
        told: list[CardClock] = []
        end: CardEnd | None = None

        def open_writer(
            key: str, identity: Identity, description: Description, events: WriterEvents
        ) -> SegmentWriter:
            opened.append(key)
            marked = replace(identity, card=told[0] if told else None)
            return SegmentWriter(self._spool, self._lane, key, marked, description, events)

        def finished(key: str, segment: Segment | None) -> None:
            if segment is not None:
                segments.append(segment)
            recording.indexed(key)

        recording = Recording(
            policy,
            segment_s=_SEGMENT_S,
            nonce=_NONCE,
            open_writer=open_writer,
            finished=finished,
            clock=self._clock,
            metrics=self._metrics,
        )
        try:
            async for item in items:
                if isinstance(item, CardBegin):
                    told.append(CardClock(item.clock_ahead_ns, item.clock_wrong_ns))
                elif isinstance(item, CardEnd):
                    end = item
                else:
                    recording.take(item)
                while self._lane.waiting_bytes > _MOST_WAITING:
                    await self._clock.sleep(_LOOK_S)
        except BaseException:
            recording.close()
            await self._settle(recording, opened)
            self.remove([self._spool.path(key) for key in opened])
            raise
        recording.close()
        if not await self._settle(recording, opened):
            self.remove([self._spool.path(key) for key in opened])
            raise Unavailable("the disk of the edge does not take what a card gives")
        whole = {one.key for one in segments}
        self.remove([self._spool.path(key) for key in opened if key not in whole])
        return CardFiles([self._file(one) for one in segments], end)

    def _file(self, one: Segment) -> SegmentFile:
        path = self._spool.path(one.key)
        return SegmentFile(path, one.key, one.stream, one.run, one.start_ns, one.end_ns, one.size, one.sha256)

    def remove(self, paths: Sequence[Path]) -> None:
        """Files that are of no more use."""
        for path in paths:
            with suppress(OSError):
                self._disk.remove(path)

    async def _settle(self, recording: Recording, opened: Sequence[str]) -> bool:
        """Wait until the disk has done with all files; False where it does not."""
        until_ns = self._clock.monotonic_ns() + int(_WITHIN_S * 1e9)
        while any(recording.is_open(key) for key in opened):
            if self._clock.monotonic_ns() > until_ns:
                return False
            await self._clock.sleep(_LOOK_S)
        return True
