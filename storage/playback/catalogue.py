"""Knows what footage there is: what the index has, and what is being written and not in the index yet."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import NotFound, Unavailable
from shared.ids import StreamId
from shared.reasons import why
from shared.spans import Span
from storage.fmp4.reader import Layout
from storage.index.interruptions import InterruptionRows
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows, ShownSegment
from storage.model.interruptions import Interruption
from storage.model.segment import Footage
from storage.objects.sealing.faults import SealBroken
from storage.objects.store import StoreAway
from storage.recording.places import Places
from storage.recording.recorder import Recorder

_KEPT_LAYOUTS = 64


class Elsewhere(Protocol):
    """What other processes record of the same index."""

    async def footage(self, stream: StreamId) -> list[Footage]:
        """What of it the index does not know yet. Raises OSError, Unavailable."""
        ...

    def is_recording(self, stream: StreamId) -> bool:
        """Whether one of them records a stream."""
        ...


class Catalogue:
    """The one place where playback and exports ask what may be shown and where it is.

    What is past its deadline and held by nobody is not there, destroyed or not.
    """

    def __init__(
        self,
        rows: SegmentRows,
        shown: ShownRows,
        interruptions: InterruptionRows,
        recorder: Recorder,
        places: Places,
        clock: Clock,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """`elsewhere` tells what other processes record, where there are any."""
        self._elsewhere = elsewhere
        self._rows = rows
        self._shown = shown
        self._interruptions = interruptions
        self._recorder = recorder
        self._places = places
        self._clock = clock
        self._layouts: OrderedDict[str, Layout] = OrderedDict()

    async def between(
        self, stream: StreamId, start_ns: int, end_ns: int, *, at_ns: int | None = None, but_for: str = ""
    ) -> list[Footage]:
        """All footage that has something of [start_ns, end_ns), oldest first.

        Footage whose deadline had come at `at_ns`, by default now, is left out, but for the parts of it that
        a hold other than `but_for` keeps: each of them is one.
        """
        now_ns = self._clock.utc_ns() if at_ns is None else at_ns
        growing = {footage.key: footage for footage in self._recorder.footage(stream)}
        found: list[Footage] = []
        for shown in await self._shown.between(stream, start_ns, end_ns, now_ns, but_for=but_for):
            growing.pop(shown.row.key, None)
            found += _parts(shown)
        inside = [one for one in (*growing.values(), *found) if one.from_ns < end_ns and one.to_ns > start_ns]
        return sorted(inside, key=lambda one: (one.start_ns, one.end_ns, one.from_ns))

    async def interruptions(self, stream: StreamId, asked: Span) -> list[Interruption]:
        """What is known to have kept a stream from being recorded in a range."""
        now_ns = self._clock.utc_ns()
        return await self._interruptions.between(str(stream), asked.start_ns, asked.end_ns, now_ns)

    async def next_start_ns(self, stream: StreamId, from_ns: int) -> int | None:
        """Where footage starts again at or after an instant."""
        known = await self._shown.next_start_ns(stream, from_ns, self._clock.utc_ns())
        starts = [
            one.start_ns
            for one in await self._growing(stream)
            if one.start_ns >= from_ns and one.end_ns > one.start_ns
        ]
        return min([*starts, *([known] if known is not None else [])], default=None)

    async def which_have_any(self, stream: StreamId, spans: Sequence[Span]) -> frozenset[int]:
        """The numbers of those spans of which there is any footage."""
        growing = await self._growing(stream)
        found = {
            number
            for number, span in enumerate(spans)
            if any(one.start_ns < span.end_ns and one.end_ns > span.start_ns for one in growing)
        }
        return await self._shown.which_have_any(stream, spans, self._clock.utc_ns()) | found

    async def over_ns(self, stream: StreamId) -> int:
        """What was captured up to this instant is past its deadline now, whatever keeps it."""
        return await self._shown.over_ns(stream, self._clock.utc_ns())

    def is_growing(self, key: str) -> bool:
        """Whether a segment is written, or finished and not in the index yet."""
        return self._recorder.is_open(key) or self._places.spool.is_elsewhere(key)

    async def until_ns(self, stream: StreamId) -> int | None:
        """The newest recorded instant, None where nothing is."""
        known = await self._rows.newest_end_ns(stream)
        ends = [one.end_ns for one in await self._growing(stream) if one.end_ns > one.start_ns]
        return max([*ends, *([known] if known is not None else [])], default=None)

    def is_recording(self, stream: StreamId) -> bool:
        """Whether pictures of a stream reach a disk now, as far as is known."""
        here = self._recorder.is_recording(stream)
        return here or (self._elsewhere is not None and self._elsewhere.is_recording(stream))

    async def _growing(self, stream: StreamId) -> list[Footage]:
        """What is being written, or is written and not in the index."""
        mine = self._recorder.footage(stream)
        if self._elsewhere is None:
            return mine
        try:
            return [*mine, *await self._elsewhere.footage(stream)]
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error

    def read(self, key: str, offset: int, size: int) -> bytes:
        """A range of a segment as it is. Raises NotFound once destroyed, Unavailable, OSError. Blocking."""
        try:
            return self._places.read(key, offset, size)
        except FileNotFoundError:
            raise _destroyed() from None
        except StoreAway as error:
            raise _away(error) from error
        except SealBroken as error:
            raise _unopened(error) from error

    def layout_now(self, key: str) -> Layout:
        """What is whole in a segment now. Raises NotFound, BadInput, Unavailable, OSError. Blocking."""
        try:
            return self._places.layout(key)
        except FileNotFoundError:
            raise _destroyed() from None
        except StoreAway as error:
            raise _away(error) from error
        except SealBroken as error:
            raise _unopened(error) from error

    async def layout(self, footage: Footage) -> Layout:
        """The same for whoever asks often: read once where it does not grow. Raises NotFound, BadInput."""
        kept = self._layouts.get(footage.key)
        if kept is not None:
            self._layouts.move_to_end(footage.key)
            return kept
        growing = self.is_growing(footage.key)
        layout = await asyncio.to_thread(self.layout_now, footage.key)
        if not growing:
            self._layouts[footage.key] = layout
            while len(self._layouts) > _KEPT_LAYOUTS:
                self._layouts.popitem(last=False)
        return layout


def _parts(shown: ShownSegment) -> list[Footage]:
    row, whole = shown.row, Span(shown.row.start_ns, shown.row.end_ns)
    return [
        Footage(
            row.key,
            row.stream,
            row.run,
            row.start_ns,
            row.end_ns,
            row.codec,
            row.parameters,
            row.days,
            None if span == whole else span,
        )
        for span in shown.spans
    ]


def _away(error: StoreAway) -> Unavailable:
    return Unavailable(
        why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
    )


def _unopened(error: SealBroken) -> Unavailable:
    return Unavailable(
        why("recording-unopened", "the recording cannot be decrypted: {cause}", cause=cause_of(error))
    )


def _destroyed() -> NotFound:
    return NotFound(why("recording-destroyed", "the recording has been destroyed"))
