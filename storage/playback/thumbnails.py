"""Small pictures of recorded key pictures: made when asked, kept in memory while their segment lives."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count

from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.reasons import why
from shared.transcoding.framing import Settled
from shared.transcoding.process import Child, Spawn
from shared.units import AccessUnit, UtcSource
from storage.fmp4.entry import Description
from storage.index.segments import SegmentRows
from storage.metrics import ReadMetrics
from storage.model.segment import stream_of_key
from storage.playback.catalogue import Catalogue
from storage.playback.pieces import Piece, pieces_of

_MOST_WAITING = 16
_HUNG_S = 10.0
_IDLE_S = 30.0


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A JPEG picture, and when it was taken."""

    taken_ns: int
    jpeg: bytes


class Thumbnails:
    """One picture at a time by one child process, which ends when nobody asks.

    What is kept is a copy of footage: it is never shown without asking the catalogue whether its segment may
    be, and goes when its segment has gone (`sweep_once`). At most `most_bytes` are kept, the oldest asked
    goes first.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        rows: SegmentRows,
        spawn: Spawn,
        metrics: ReadMetrics,
        *,
        most_bytes: int = 16 << 20,
    ) -> None:
        self._catalogue = catalogue
        self._rows = rows
        self._spawn = spawn
        self._metrics = metrics
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, int], Thumbnail] = OrderedDict()
        self._bytes = 0
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._child: Child | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._runs = count(1)

    async def at(self, stream: StreamId, at_ns: int) -> Thumbnail | None:
        """The key picture shown at an instant; None where there is none.

        Raises NotFound once it is destroyed, Unavailable where too many wait or it cannot be made.
        """
        footage = await self._catalogue.between(stream, at_ns, at_ns + 1)
        if not footage:
            return None
        layout = await self._catalogue.layout(footage[-1])
        keys = [key for piece in pieces_of(footage[-1], layout) for key in piece.keys]
        chosen = next((key for key in reversed(keys) if key.start_ns <= at_ns), None)
        if chosen is None:
            return None
        kept = self._of(chosen)
        if kept is not None:
            return kept
        if self._waiting >= _MOST_WAITING:
            self._metrics.thumbnails_refused.inc()
            raise Unavailable(
                why("thumbnails-full", "too many thumbnails are asked for at a time: try again soon")
            )
        self._waiting += 1
        try:
            async with self._turn:
                return self._of(chosen) or await self._make(stream, chosen, layout.description)
        finally:
            self._waiting -= 1

    async def sweep_once(self) -> None:
        """Forget the pictures of segments that are there no more, and those past the deadline: what a hold
        keeps of them is made again when it is asked for."""
        keys = {key for key, _ in self._kept}
        if not keys:
            return
        for gone in await self._rows.unknown(sorted(keys)):
            if not self._catalogue.is_growing(gone):
                self._forget([one for one in self._kept if one[0] == gone])
        for stream in {stream_of_key(key) for key in keys}:
            over_ns = await self._catalogue.over_ns(stream)
            mine = [one for one in self._kept if stream_of_key(one[0]) == stream]
            self._forget([one for one in mine if self._kept[one].taken_ns <= over_ns])

    def _forget(self, pictures: list[tuple[str, int]]) -> None:
        for one in pictures:
            self._bytes -= len(self._kept.pop(one).jpeg)

    async def close(self) -> None:
        """End the child, and wait until it is gone."""
        child = self._end()
        if child is not None:
            await child.ended()

    @property
    def kept_bytes(self) -> int:
        return self._bytes

    def _of(self, piece: Piece) -> Thumbnail | None:
        found = self._kept.get((piece.key, piece.data))
        if found is not None:
            self._kept.move_to_end((piece.key, piece.data))
        return found

    def _keep(self, piece: Piece, made: Thumbnail) -> None:
        self._kept[piece.key, piece.data] = made
        self._bytes += len(made.jpeg)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._kept.popitem(last=False)[1].jpeg)

    async def _make(self, stream: StreamId, piece: Piece, description: Description) -> Thumbnail | None:
        data = await asyncio.to_thread(self._catalogue.read, piece.key, piece.data, piece.size)
        if len(data) != piece.size:
            return None
        unit = AccessUnit(
            stream=stream,
            run=next(self._runs),
            seq=0,
            pts90=0,
            utc_ns=piece.start_ns,
            utc_source=UtcSource.ARRIVAL,
            utc_uncertainty_ns=-1,
            key=True,
            codec=description.codec,
            data=description.unit(data, key=True),
        )
        jpeg = await self._converted(unit)
        if not jpeg:
            return None
        self._metrics.thumbnails.inc()
        made = Thumbnail(piece.start_ns, jpeg)
        self._keep(piece, made)
        return made

    async def _converted(self, unit: AccessUnit) -> bytes:
        """The JPEG of a unit, empty where it holds no picture. Raises Unavailable."""
        if self._idle is not None:
            self._idle.cancel()
        done = False
        try:
            if self._child is None:
                self._child = await self._spawn()
            self._child.send(unit)
            async with asyncio.timeout(_HUNG_S):
                jpeg = await _answer(self._child)
            done = True
        except (TimeoutError, BadInput) as error:
            raise Unavailable(why("thumbnail-not-made", "the thumbnail could not be made")) from error
        finally:
            # One that was left in the middle of its answer would give it to the next who asks.
            if not done:
                self._end()
        self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self._end)
        return jpeg

    def _end(self) -> Child | None:
        if self._idle is not None:
            self._idle.cancel()
        child, self._child = self._child, None
        if child is not None:
            child.kill()
        return child


async def _answer(child: Child) -> bytes:
    jpeg = b""
    while True:
        message = await child.receive()
        if message is None:
            raise BadInput("the transcoder has ended before its work")
        if isinstance(message, AccessUnit):
            jpeg = message.data
        elif isinstance(message, Settled):
            return jpeg
