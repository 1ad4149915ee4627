"""The transcoders of this process: one a stream, so many and no more."""

import asyncio
from collections.abc import Callable
from random import Random

from mux.counts import Counts
from mux.streams.transcoder.transcoder import Transcoder
from shared.backoff import Backoff
from shared.clock import Clock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.reasons import Reason, why
from shared.tap import Gap
from shared.transcoding.process import Spawn
from shared.units import AccessUnit


class Transcoders:
    """Starts at most `most` transcoders at a time; `spawn` starts the process of one."""

    def __init__(self, most: int, spawn: Spawn, clock: Clock, counts: Counts, random: Random) -> None:
        self._most = most
        self._spawn = spawn
        self._clock = clock
        self._counts = counts
        self._random = random
        self._open: set[Transcoder] = set()
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def full(self) -> bool:
        return len(self._open) >= self._most

    @property
    def refusal(self) -> Reason:
        """What who is refused is told."""
        if not self._most:
            return why(
                "transcoding-off",
                "this camera's video would have to be transcoded, which this server is set not to do",
            )
        return why(
            "transcoding-full",
            "this camera's video has to be transcoded, and this server already transcodes {most} "
            "streams: close another such view, or let the camera send H.264 without B-frames",
            most=self._most,
        )

    def open(self, stream: StreamId, sink: Callable[[AccessUnit | Gap], None]) -> Transcoder:
        """Start a stream's transcoder. Raises Unavailable beyond the bound."""
        if self.full:
            raise Unavailable(self.refusal)
        transcoder = Transcoder(
            stream, self._spawn, sink, self._clock, self._counts, Backoff(random=self._random)
        )
        self._open.add(transcoder)
        return transcoder

    def end(self, transcoder: Transcoder) -> None:
        """Stop one; its place is free at once. Twice is no error."""
        if transcoder in self._open:
            self._open.remove(transcoder)
            transcoder.close()
            self._ending.add(transcoder.task)
            transcoder.task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Stop all, and wait until their processes are gone."""
        for transcoder in list(self._open):
            self.end(transcoder)
        await asyncio.gather(*self._ending, return_exceptions=True)
