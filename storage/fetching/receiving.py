"""Takes segments that edges send: resumed where they stopped, hashed, then finished like recordings."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from shared.clock import Clock
from shared.errors import BadInput, Forbidden, NotFound, Unavailable
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.edge import SegmentOffer, UploadState, UploadStatus
from shared.reasons import why
from storage.fetching.parts import MOST_PARTS, Parts
from storage.fmp4.reader import Layout, read_layout
from storage.metrics import FetchMetrics
from storage.model.deadline import MAX_DAYS
from storage.model.segment import object_key
from storage.recording.survey import opened

MOST_UPLOADS = 64
MOST_OF_COMMUNE = 4
_IDLE_NS = 6 * 3600 * 1_000_000_000
_SWEEP_S = 60.0
_AHEAD_NS = 300 * 1_000_000_000
"""An object of the future would dispute the clock, and keep everything from being destroyed."""
_NONCE = re.compile(r"-r\d+-([a-z0-9]{1,32})\.mp4$")

MayHave = Callable[[StreamId, int, int, int, int], Awaitable[bool]]
"""Whether footage of [start, end) captured under some days may exist at an instant. Raises Unavailable."""


class Refusal(StrEnum):
    """Why a segment is never taken."""

    OVERDUE = "overdue"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"


_SAID = {
    Refusal.OVERDUE: "it is past its deadline, or of a camera that the centre does not record",
    Refusal.DIFFERS: "what came is not what was offered: its hash is another one",
    Refusal.UNREADABLE: "it cannot be read as a whole segment",
    Refusal.FOREIGN: "it says inside that it is another segment",
}


@dataclass(slots=True)
class _Upload:
    offer: SegmentOffer
    stream: StreamId
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Centre:
    """What uploads meet here. `known` tells whether the index or the spool has a segment, `may_have` whether
    it may exist, `taken` is called with each that lasts in the spool; `refused` says why nothing of a size is
    taken now.
    """

    known: Callable[[str], Awaitable[bool]]
    may_have: MayHave
    taken: Callable[[str], None]
    refused: Callable[[int], str | None]


class Receiving:
    """An upload is in memory, its bytes are in a file: after a restart it is offered again and goes on there.

    At most MOST_UPLOADS at a time; the one that was heard of longest ago gives way.
    """

    def __init__(self, parts: Parts, centre: Centre, clock: Clock, metrics: FetchMetrics) -> None:
        self._parts = parts
        self._centre = centre
        self._clock = clock
        self._metrics = metrics
        self._uploads: OrderedDict[tuple[str, str], _Upload] = OrderedDict()
        self._log = get_logger("storage")

    async def offer(self, commune: str, offer: SegmentOffer) -> UploadState:
        """Which bytes of a segment are wanted, if any. Raises BadInput, Forbidden, Unavailable, OSError."""
        stream = _stream_of(commune, offer)
        if offer.end_ns > self._clock.utc_ns() + _AHEAD_NS:
            return UploadState(UploadStatus.LATER, reason="its time is yet to come: the clocks differ")
        if await self._centre.known(offer.key):
            return UploadState(UploadStatus.STORED, offer.size)
        if not await self._may_have(stream, offer, MAX_DAYS):
            return self._refuse(offer, Refusal.OVERDUE)
        reason = self._centre.refused(offer.size)
        if reason is not None:
            raise Unavailable(f"nothing is taken from edges now: {reason}")
        mine = [id for id in self._uploads if id[0] == commune]
        for id in mine[: max(0, len(mine) + 1 - MOST_OF_COMMUNE)]:
            del self._uploads[id]
        while len(self._uploads) >= MOST_UPLOADS:
            self._uploads.popitem(last=False)
        upload = _Upload(offer, stream)
        self._uploads[commune, offer.sha256] = upload
        self._metrics.uploads.set(len(self._uploads))
        offset = await asyncio.to_thread(self._parts.size, offer.key)
        if offset < offer.size:
            return UploadState(UploadStatus.WANTED, offset)
        return await self._end(commune, upload)

    async def take(self, commune: str, sha256: str, offset: int, data: bytes) -> UploadState:
        """Some bytes of an offered segment. Those of another offset are left, the right one is told.

        Raises NotFound where it must be offered first, Unavailable, OSError.
        """
        upload = self._uploads.get((commune, sha256))
        if upload is None:
            raise NotFound("offer the segment first")
        self._uploads.move_to_end((commune, sha256))
        offer = upload.offer
        async with upload.turn:
            if self._uploads.get((commune, sha256)) is not upload:
                raise NotFound("offer the segment first")
            if offset + len(data) > offer.size:
                raise BadInput("more bytes came than were offered")
            size = await asyncio.to_thread(self._parts.append, offer.key, offset, data)
            self._metrics.received_bytes.inc(len(data))
            if size < offer.size:
                return UploadState(UploadStatus.WANTED, size)
            return await self._end(commune, upload)

    async def run(self) -> None:
        """Look at what is not whole, for ever. Raises OSError."""
        while True:
            await self.sweep_once()
            await self._clock.sleep(_SWEEP_S)

    async def sweep_once(self) -> None:
        """Remove what nobody goes on with, and what is too much. Raises OSError.

        What may exist no more is ended by `storage.lifecycle.left_overs`, as all that has no row.
        """
        parts = await asyncio.to_thread(self._parts.all)
        since_ns = self._clock.utc_ns() - _IDLE_NS
        for number, part in enumerate(parts):
            if part.written_ns < since_ns or len(parts) - number > MOST_PARTS:
                await asyncio.to_thread(self._parts.remove_named, part.name)
                self._log.info("upload-given-up", file=part.name)

    async def _may_have(self, stream: StreamId, offer: SegmentOffer, days: int) -> bool:
        now_ns = self._clock.utc_ns()
        return await self._centre.may_have(stream, offer.start_ns, offer.end_ns, days, now_ns)

    async def _end(self, commune: str, upload: _Upload) -> UploadState:
        """All bytes are here: judge them. What is refused is removed, and offered in vain from then on."""
        offer = upload.offer
        self._uploads.pop((commune, offer.sha256), None)
        self._metrics.uploads.set(len(self._uploads))
        refusal, days = await asyncio.to_thread(self._judge, upload)
        if refusal is None and not await self._may_have(upload.stream, offer, days):
            refusal = Refusal.OVERDUE
        if refusal is not None:
            await asyncio.to_thread(self._parts.remove, offer.key)
            return self._refuse(offer, refusal)
        await asyncio.to_thread(self._parts.move, offer.key)
        self._centre.taken(offer.key)
        self._metrics.received.inc()
        self._log.info("segment-received", key=offer.key, bytes=offer.size)
        return UploadState(UploadStatus.STORED, offer.size)

    def _judge(self, upload: _Upload) -> tuple[Refusal | None, int]:
        """Why a whole part is not taken, and the days that it says inside. Raises OSError. Blocking."""
        offer = upload.offer
        try:
            if not self._parts.has_digest(offer.key, offer.sha256):
                return Refusal.DIFFERS, 0
            with opened(self._parts.path(offer.key)) as (read_at, size):
                layout = read_layout(read_at, size)
                # Parameters that name no codec would make no row.
                readable = bool(layout.fragments and layout.end == size and layout.description.codec_string)
        except BadInput:
            return Refusal.UNREADABLE, 0
        if not readable or not 1 <= layout.identity.days <= MAX_DAYS:
            return Refusal.UNREADABLE, 0
        return (None if _is(layout, upload) else Refusal.FOREIGN), layout.identity.days

    def _refuse(self, offer: SegmentOffer, refusal: Refusal) -> UploadState:
        self._metrics.refused.labels(refusal).inc()
        self._log.warning("segment-refused", key=offer.key, reason=_SAID[refusal])
        return UploadState(UploadStatus.REFUSED, reason=_SAID[refusal])


def _is(layout: Layout, upload: _Upload) -> bool:
    """Whether a file says inside what was offered."""
    told, offer = layout.identity, upload.offer
    return (told.stream, told.run, told.start_ns) == (upload.stream, offer.run, offer.start_ns)


def _stream_of(commune: str, offer: SegmentOffer) -> StreamId:
    """The stream of an offer whose key is that of what it tells. Raises BadInput, Forbidden."""
    stream = StreamId.parse(offer.stream)
    if stream.commune != commune:
        raise Forbidden(why("worker-elsewhere", "a worker reports on the cameras of its own commune only"))
    nonce = _NONCE.search(offer.key)
    if nonce is None or offer.key != object_key(stream, offer.start_ns, offer.run, nonce[1]):
        raise BadInput("the key is not that of the stream, start and run", "key")
    if offer.end_ns <= offer.start_ns:
        raise BadInput("the segment ends before it starts", "end_ns")
    return stream
