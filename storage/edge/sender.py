"""Tells the centre what footage there is here, and sends what it lacks, as it wants it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from shared.clock import Clock
from shared.errors import BadInput, BeffroiError, NotFound
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.edge import (
    MOST_RANGES,
    EdgeReport,
    EdgeWanted,
    FootageRange,
    SegmentOffer,
    UploadState,
    UploadStatus,
)
from shared.spans import Span
from storage.edge.pace import Pace
from storage.edge.source import FootageSource, SegmentFile
from storage.edge.told import Told
from storage.metrics import EdgeMetrics
from storage.model.segment import capture_of_spool_name, spool_name
from storage.model.stretches import without
from storage.objects.file_range import read_range

EVERY_S = 5.0
_MOST_REFUSED = 1000
_LONGEST_NS = 600 * 1_000_000_000 * 10
"""No segment is longer: ten lengths of one that may be 10 minutes, without a key picture."""
_MOST_RESTARTS = 3
"""Of one upload: it was offered anew, because the centre forgot it."""


class Uploads(Protocol):
    """The centre, as `storage.edge.centre` reaches it."""

    async def report(self, report: EdgeReport) -> EdgeWanted: ...

    async def offer(self, offer: SegmentOffer) -> UploadState: ...

    async def send(self, sha256: str, offset: int, data: bytes) -> UploadState: ...


class Sender:
    """One upload at a time. What the centre wants is asked anew between two segments, every EVERY_S at most:
    what somebody waits for overtakes the rest.

    What the centre refuses is not told again until the process starts anew; of the oldest that is forgotten.
    """

    def __init__(
        self,
        centre: Uploads,
        sources: Sequence[FootageSource],
        streams: Callable[[], Sequence[StreamId]],
        pace: Pace,
        clock: Clock,
        metrics: EdgeMetrics,
    ) -> None:
        self._centre = centre
        self._sources = sources
        self._streams = streams
        self._pace = pace
        self._clock = clock
        self._metrics = metrics
        self._told = Told(sources, clock)
        self._wanted = EdgeWanted((), more=True)
        self._told_until_ns = 0
        self._sent_bytes = 0
        self._refused: OrderedDict[str, tuple[StreamId, Span]] = OrderedDict()
        self._trouble: str | None = "the centre was not asked yet"
        self._log = get_logger("storage")

    def health(self) -> str | None:
        return self._trouble

    def needed(self, key: str) -> bool:
        """Whether the centre may lack a segment: it was not told of it yet, or wants it."""
        capture = capture_of_spool_name(spool_name(key))
        if capture is None or self._wanted.more:
            return True
        stream, start_ns = capture
        wanted = (one for one in self._wanted.ranges if one.stream == str(stream))
        # A segment is wanted whole: it may start before what is lacking.
        late = any(one.start_ns - _LONGEST_NS < start_ns < one.end_ns for one in wanted)
        return late or start_ns + _LONGEST_NS > self._told_until_ns

    async def run(self) -> None:
        """Tell and send, for ever."""
        while True:
            try:
                sent = await self.once()
                self._note(None)
            except BeffroiError as error:
                sent = False
                self._note(f"nothing is sent to the centre: {error.detail}")
            if not sent:
                await self._clock.sleep(EVERY_S)

    async def once(self) -> bool:
        """Tell, then send of what is wanted for EVERY_S; whether anything was sent. Raises BeffroiError."""
        await self._report()
        until_ns = self._clock.monotonic_ns() + int(EVERY_S * 1e9)
        sent = False
        for wanted in self._wanted.ranges:
            stream, span = StreamId.parse(wanted.stream), Span(wanted.start_ns, wanted.end_ns)
            for source in self._sources:
                async with aclosing(source.fetch(stream, span)) as files:
                    async for file in files:
                        sent = await self._give(file) or sent
                        if self._clock.monotonic_ns() >= until_ns:
                            return sent
        return sent

    async def _report(self) -> None:
        now_ns = self._clock.utc_ns()
        known = await self._told.ranges(self._streams())
        for stream, span in self._refused.values():
            known[stream] = without(known.get(stream, ()), [span])
        every = [
            FootageRange(str(stream), one.start_ns, one.end_ns) for stream in known for one in known[stream]
        ]
        every.sort(key=lambda one: one.end_ns, reverse=True)
        told = tuple(every[:MOST_RANGES])
        self._metrics.untold.set(len(every) - len(told))
        self._wanted = await self._centre.report(EdgeReport(told, len(every) - len(told)))
        self._told_until_ns = now_ns

    async def _give(self, file: SegmentFile) -> bool:
        """Send a segment; False where nothing of it was wanted. Raises BeffroiError where nobody answers."""
        if file.key in self._refused:
            return False
        before = self._sent_bytes
        try:
            state = await self._upload(file)
        except FileNotFoundError:
            # Destroyed meanwhile, at its deadline or for room: nothing of it is to be sent.
            return False
        except OSError as error:
            self._log.error("segment-unreadable", key=file.key, reason=error.strerror or str(error))
            self._refuse(file)
            return False
        if state.status is UploadStatus.REFUSED:
            self._log.error("segment-refused", key=file.key, reason=state.reason)
            self._metrics.refused.inc()
            self._refuse(file)
            return False
        if self._sent_bytes == before or state.status is UploadStatus.LATER:
            # It has come already, and the index does not have it yet; or it cannot come yet.
            return False
        self._metrics.sent.inc()
        return True

    async def _upload(self, file: SegmentFile) -> UploadState:
        offer = SegmentOffer(
            file.key, str(file.stream), file.run, file.start_ns, file.end_ns, file.size, file.sha256
        )
        for _ in range(_MOST_RESTARTS):
            state = await self._centre.offer(offer)
            try:
                while state.status is UploadStatus.WANTED:
                    state = await self._send_on(file, state.offset)
            except NotFound:
                continue
            return state
        raise BadInput("the centre forgets what it is offered")

    async def _send_on(self, file: SegmentFile, offset: int) -> UploadState:
        """The next chunk; the file is opened for each, since it may have to go meanwhile."""
        await self._pace.wait()
        size = min(self._pace.chunk_bytes, file.size - offset)
        data = await asyncio.to_thread(read_range, file.path, offset, size)
        if not data:
            raise OSError("shorter than the index says")
        self._pace.sent(len(data))
        state = await self._centre.send(file.sha256, offset, data)
        self._sent_bytes += len(data)
        self._metrics.sent_bytes.inc(len(data))
        return state

    def _refuse(self, file: SegmentFile) -> None:
        self._refused[file.key] = file.stream, Span(file.start_ns, file.end_ns)
        while len(self._refused) > _MOST_REFUSED:
            self._refused.popitem(last=False)

    def _note(self, trouble: str | None) -> None:
        if trouble != self._trouble:
            if trouble is None:
                self._log.info("centre-answers")
            else:
                self._log.warning("centre-trouble", reason=trouble)
        self._trouble = trouble
