"""What footage there is: the index, and what it does not know yet because it is being written."""

import asyncio
from collections import OrderedDict
from pathlib import Path

from shared.clock import Clock
from shared.errors import NotFound
from shared.ids import StreamId
from shared.reasons import why
from storage.fmp4.reader import Layout
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows
from storage.model.segment import Footage
from storage.recording.finishing import Places, layout_of
from storage.recording.recorder import Recorder

_KEPT_LAYOUTS = 64


class Catalogue:
    """The one place where playback and exports ask what may be shown and where it is.

    What is past its deadline and held by nobody is not there, destroyed or not.
    """

    def __init__(
        self, rows: SegmentRows, shown: ShownRows, recorder: Recorder, places: Places, clock: Clock
    ) -> None:
        self._rows = rows
        self._shown = shown
        self._recorder = recorder
        self._places = places
        self._clock = clock
        self._layouts: OrderedDict[str, Layout] = OrderedDict()

    async def between(
        self, stream: StreamId, start_ns: int, end_ns: int, *, at_ns: int | None = None, but_for: str = ""
    ) -> list[Footage]:
        """All footage that has something of [start_ns, end_ns), oldest first.

        Whose deadline had not come at `at_ns`, by default now; or that a hold other than `but_for` keeps.
        """
        now_ns = self._clock.utc_ns() if at_ns is None else at_ns
        growing = {footage.key: footage for footage in self._recorder.footage(stream)}
        found = growing | {
            row.key: Footage(
                row.key, row.stream, row.run, row.start_ns, row.end_ns, row.codec, row.parameters, row.days
            )
            for row in await self._shown.between(stream, start_ns, end_ns, now_ns, but_for=but_for)
        }
        inside = [one for one in found.values() if one.start_ns < end_ns and one.end_ns > start_ns]
        return sorted(inside, key=lambda one: (one.start_ns, one.end_ns))

    async def next_start_ns(self, stream: StreamId, from_ns: int) -> int | None:
        """Where footage starts again at or after an instant."""
        known = await self._shown.next_start_ns(stream, from_ns, self._clock.utc_ns())
        starts = [
            one.start_ns
            for one in self._recorder.footage(stream)
            if one.start_ns >= from_ns and one.end_ns > one.start_ns
        ]
        return min([*starts, *([known] if known is not None else [])], default=None)

    async def until_ns(self, stream: StreamId) -> int | None:
        """The newest recorded instant, None where nothing is."""
        known = await self._rows.newest_end_ns(stream)
        ends = [one.end_ns for one in self._recorder.footage(stream) if one.end_ns > one.start_ns]
        return max([*ends, *([known] if known is not None else [])], default=None)

    def is_recording(self, stream: StreamId) -> bool:
        return self._recorder.is_recording(stream)

    def path(self, key: str) -> Path:
        """The file that holds a segment now. Raises NotFound once it is destroyed. Blocking, briefly."""
        path = self._places.find(key)
        if path is None:
            raise NotFound(why("recording-destroyed", "the recording has been destroyed"))
        return path

    async def layout(self, footage: Footage) -> Layout:
        """What is whole in a segment's file now. Raises NotFound, BadInput."""
        kept = self._layouts.get(footage.key)
        if kept is not None:
            self._layouts.move_to_end(footage.key)
            return kept
        growing = self._recorder.is_open(footage.key)
        layout = await asyncio.to_thread(lambda: layout_of(self.path(footage.key)))
        if not growing:
            self._layouts[footage.key] = layout
            while len(self._layouts) > _KEPT_LAYOUTS:
                self._layouts.popitem(last=False)
        return layout
