"""Makes H.264 of recordings that a browser cannot play: a child process does a window, so many at a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import suppress
from itertools import accumulate

from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.mediatime import ticks_from_ns
from shared.reasons import Reason, why
from shared.transcoding.framing import Finish, Settled
from shared.transcoding.process import Child, Spawn
from shared.units import AccessUnit, Codec, UtcSource
from storage.fmp4.avc import AvcDescription
from storage.fmp4.fragment import MovieFragment, Sample, movie_fragment
from storage.fmp4.movie import file_type, fragmented_movie
from storage.playback.catalogue import Catalogue
from storage.playback.windows import Answer, read_answer

MOST_WINDOW_NS = 30_000_000_000
"""A transcoded answer covers no more: the player asks on from where it ends."""

_WAIT_S = 5.0
_HUNG_S = 15.0
_LONGEST_S = 120.0
"""A reader that stops reading keeps its place no longer."""

_MOST_UNDERWAY = 8
_MOST_SAMPLES = 50
# Eight bits of 4:2:0, in frames: what every browser plays.
_PLAYED_PROFILES = frozenset({66, 77, 88, 100})


def is_played_everywhere(answer: Answer) -> bool:
    """Whether footage is played as it is by every browser."""
    description = answer.description
    if answer.complete_ns is not None:
        return False
    return isinstance(description, AvcDescription) and description.sequence.profile_idc in _PLAYED_PROFILES


class TooManyTranscodings(Unavailable):
    """All places are taken."""


class Transcodings:
    """At most `most` at a time; `spawn` starts the process of one."""

    def __init__(self, most: int, spawn: Spawn) -> None:
        self.most = most
        self._spawn = spawn
        self._places = asyncio.Semaphore(most)

    async def begin(self, catalogue: Catalogue, stream: StreamId, answer: Answer) -> "Transcoding | None":
        """An answer's transcoding with its first picture made; None where nothing in it can be decoded.

        Waits a moment for a place. Raises Unavailable, TooManyTranscodings where there is none.
        """
        await self._take_place()
        try:
            child = await self._spawn()
        except BaseException:
            self._places.release()
            raise
        transcoding = Transcoding(child, catalogue, stream, answer, self._places.release)
        try:
            found = await transcoding.begin()
        except BaseException:
            await transcoding.close()
            raise
        if found:
            return transcoding
        await transcoding.close()
        return None

    async def _take_place(self) -> None:
        try:
            async with asyncio.timeout(_WAIT_S if self.most else 0):
                await self._places.acquire()
        except TimeoutError:
            raise TooManyTranscodings(self._refusal()) from None

    def _refusal(self) -> Reason:
        if not self.most:
            return why(
                "recording-not-transcoded",
                "this recording has to be transcoded for this browser, and it may not be",
            )
        return why(
            "recordings-transcoding-full",
            "this recording has to be transcoded for this browser, and storage already transcodes {most}: "
            "try again soon",
            most=self.most,
        )


class Transcoding:
    """Sends one answer through a child process. It calls `ended` once, when it needs its place no more."""

    def __init__(
        self,
        child: Child,
        catalogue: Catalogue,
        stream: StreamId,
        answer: Answer,
        ended: Callable[[], None],
    ) -> None:
        self.codec_string = ""
        self._child = child
        self._answer = answer
        self._ended: Callable[[], None] | None = ended
        self._underway = asyncio.Semaphore(_MOST_UNDERWAY)
        self._fed = self._settled = 0
        self._units = units_of(catalogue, stream, answer)
        self._feeder = asyncio.create_task(self._feed(), name=f"transcode {stream}")
        self._made = self._receive()
        self._first: tuple[AccessUnit, AvcDescription] | None = None
        self._limit = asyncio.get_running_loop().call_later(_LONGEST_S, self._stop)

    async def begin(self) -> bool:
        """Wait for the first picture; whether there is one. Raises Unavailable."""
        async for unit in self._made:
            description = AvcDescription.of_unit(unit.data)
            self._first, self.codec_string = (unit, description), description.codec_string
            return True
        return False

    async def body(self) -> AsyncGenerator[bytes, None]:
        """The bytes of the answer, a fragment at a time."""
        if self._first is None:
            return
        unit, description = self._first
        try:
            yield file_type(description)
            yield fragmented_movie(description, self._answer.start_ns)
            waiting, number = [unit], 1
            async for unit in self._made:
                if unit.key or len(waiting) >= _MOST_SAMPLES:
                    yield _fragment(number, waiting, unit.pts90, description)
                    waiting, number = [], number + 1
                waiting.append(unit)
            end90 = ticks_from_ns(self._answer.end_ns - self._answer.base_ns)
            yield _fragment(number, waiting, max(end90, waiting[-1].pts90 + 1), description)
        finally:
            await self.close()

    async def close(self) -> None:
        """End the child, and wait until it is gone. Twice is no error."""
        self._stop()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._feeder, return_exceptions=True)
        await self._child.ended()

    def _stop(self) -> None:
        self._limit.cancel()
        self._feeder.cancel()
        self._child.kill()
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    async def _feed(self) -> None:
        try:
            async for unit in self._units:
                await self._underway.acquire()
                self._child.send(unit)
                self._fed += 1
            self._child.send(Finish())
            self._fed += 1
        except BadInput:
            # Nothing sound comes any more: the answer breaks off, and its reader asks again.
            self._child.kill()

    async def _receive(self) -> AsyncIterator[AccessUnit]:
        """What the child makes, until all is settled. Raises Unavailable where it ends before."""
        while not (self._feeder.done() and self._settled == self._fed):
            try:
                message = await asyncio.wait_for(self._child.receive(), _HUNG_S)
            except (TimeoutError, BadInput) as error:
                raise Unavailable(
                    why("recording-transcoder-hung", "the transcoder of this recording does not answer")
                ) from error
            if message is None:
                raise Unavailable(
                    why(
                        "recording-transcoder-ended",
                        "the transcoder of this recording has ended before its work",
                    )
                )
            if isinstance(message, Settled):
                self._settled += 1
                self._underway.release()
                # A turn for the feeder, so that it is known whether that was the last one.
                await asyncio.sleep(0)
            elif isinstance(message, AccessUnit):
                yield message


def _fragment(number: int, units: Sequence[AccessUnit], end90: int, description: AvcDescription) -> bytes:
    starts90 = [unit.pts90 for unit in units]
    samples, parts = [], list[bytes | memoryview]()
    for unit, start90, after90 in zip(units, starts90, [*starts90[1:], end90], strict=True):
        own = description.sample(unit.data)
        samples.append(Sample(after90 - start90, sum(map(len, own)), unit.key))
        parts += own
    size = sum(sample.size for sample in samples)
    head = movie_fragment(MovieFragment(number, starts90[0], tuple(samples)))
    return b"".join((head, (size + 8).to_bytes(4, "big"), b"mdat", *parts))


async def units_of(catalogue: Catalogue, stream: StreamId, answer: Answer) -> AsyncIterator[AccessUnit]:
    """The pictures of an answer as units of one run, at their times on the player's time line."""
    seq = 0
    description = answer.description
    async for fragment, data in read_answer(catalogue, answer):
        at = 0
        durations90 = [sample.duration90 for sample in fragment.samples[:-1]]
        for sample, decoded90 in zip(
            fragment.samples, accumulate(durations90, initial=fragment.time90), strict=True
        ):
            yield AccessUnit(
                stream=stream,
                run=1,
                seq=seq,
                pts90=decoded90 + sample.offset90,
                utc_ns=answer.start_ns,
                utc_source=UtcSource.ARRIVAL,
                utc_uncertainty_ns=-1,
                key=sample.key,
                codec=description.codec,
                data=description.unit(data[at : at + sample.size], key=sample.key),
                reordered=description.codec is not Codec.MJPEG,
                recovery=sample.recovery,
            )
            at += sample.size
            seq += 1
