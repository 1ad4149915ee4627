"""One stream's transcoder as mux sees it: a child process kept running, fed no faster than it works."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from mux.counts import Counts
from mux.streams.transcoder.evenly import Evenly, Given
from mux.streams.transcoder.refresh import Refresh
from mux.streams.transcoder.waiting import Waiting
from shared.backoff import Backoff
from shared.causes import cause_of, decoders
from shared.clock import Clock
from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.reasons import Cause, Reason, why
from shared.recent import RecentUnits
from shared.tap import Gap
from shared.transcoding.framing import KeyWanted, Ready, Settled
from shared.transcoding.process import Child, Spawn
from shared.units import AccessUnit

LATE_NS = 2_000_000_000
"""Once a unit is not settled after this long, later units are dropped up to the next key unit."""

CATCH_UP_NS = 5_000_000_000
"""The same for the group a transcoder begins with."""

HUNG_NS = 15_000_000_000
_MOST_UNDERWAY_BYTES = 16 << 20
_STEADY_NS = 30_000_000_000
_LEAVE_S = 2.0


@dataclass(frozen=True, slots=True)
class _Underway:
    """A unit a child was given. `given` as `Evenly` told, None where pictures come in order; `prompt` as
    `Evenly.due_ns` is told."""

    since_ns: int
    size_bytes: int
    given: Given | None
    prompt: bool
    incomplete: bool


class Transcoder:
    """Transcodes one stream until `close`. `sink` gets H.264 units, and a Gap where the child was replaced.

    `trouble` is why no pictures come, empty where all is well. Needs a running event loop.
    """

    def __init__(
        self,
        stream: StreamId,
        spawn: Spawn,
        sink: Callable[[AccessUnit | Gap], None],
        clock: Clock,
        counts: Counts,
        backoff: Backoff,
    ) -> None:
        self.stream = stream
        self.trouble: str | Reason = ""
        self.incomplete = False
        """Whether the newest picture is, of a camera without key pictures that was joined a moment ago."""
        self._spawn = spawn
        self._sink = sink
        self._clock = clock
        self._counts = counts
        self._backoff = backoff
        self._child: Child | None = None
        self._ready = False
        self._closed = False
        self._recent = RecentUnits()
        self._underway: deque[_Underway] = deque()
        self._underway_bytes = 0
        self._waits_for_key = False
        self._key_awaited = False
        self._evenly = Evenly()
        self._refresh = Refresh()
        self._waiting = Waiting(sink, clock)
        self.task = asyncio.create_task(self._keep(), name=f"transcode {stream}")

    @property
    def pid(self) -> int | None:
        """The child now running, if one is."""
        return None if self._child is None else self._child.pid

    @property
    def is_ready(self) -> bool:
        """Whether there is a child that works."""
        return self._ready

    def take(self, item: AccessUnit | Gap) -> None:
        """The sink of the tap. A hole needs no word: the child sees it in the numbers."""
        if isinstance(item, Gap):
            return
        self._recent.append(item)
        if self._child is None or not self._ready:
            return
        now_ns = self._clock.monotonic_ns()
        late_ns = now_ns - self._underway[0].since_ns if self._underway else 0
        if late_ns > HUNG_NS:
            self.trouble = why("transcoder-hung", "the transcoder does not answer and is started again")
            self._child.kill()
        elif late_ns > LATE_NS or self._underway_bytes > _MOST_UNDERWAY_BYTES:
            self._waits_for_key = True
        if self._waits_for_key and (self._underway or not item.key):
            self._counts.transcode_dropped += 1
            return
        self._waits_for_key = False
        self._give(self._child, item, now_ns)

    def key_picture_wanted(self) -> None:
        """The next picture is to be one that viewers can start from."""
        if self._child is not None and self._ready and not self._key_awaited:
            self._key_awaited = True
            self._child.send(KeyWanted())

    def close(self) -> None:
        """End it: nothing comes to the sink any more. Twice is no error."""
        self._closed = True
        if self._child is not None:
            self._child.kill()
        self._waiting.clear()
        self.task.cancel()

    def _give(self, child: Child, unit: AccessUnit, since_ns: int) -> None:
        given = self._evenly.given(unit, self._clock.monotonic_ns()) if unit.reordered else None
        prompt = not self._underway or _came_together(self._underway[0].given, given)
        incomplete = self._refresh.given(unit)
        self._underway.append(_Underway(since_ns, len(unit.data), given, prompt, incomplete))
        self._underway_bytes += len(unit.data)
        child.send(unit)

    async def _keep(self) -> None:
        """A child, and another one when it ends, until closed."""
        while True:
            started_ns = self._clock.monotonic_ns()
            try:
                how = await self._live()
            except Unavailable as error:
                how = cause_of(error)
            self._counts.transcoder_restarts += 1
            self.trouble = self.trouble or why(
                "transcoder-ended", "the transcoder ended ({cause}) and is started again", cause=how
            )
            self._waiting.flush()
            self._sink(Gap(self.stream, 0))
            if self._clock.monotonic_ns() - started_ns > _STEADY_NS:
                self._backoff.reset()
            await self._clock.sleep(self._backoff.next_s())

    async def _live(self) -> Cause | Reason:
        """One child from its start to its end; how it ended."""
        child = await self._spawn()
        self._child = child
        try:
            try:
                await self._listen(child)
                with contextlib.suppress(TimeoutError):
                    return Cause("ended-by-itself", await asyncio.wait_for(child.ended(), _LEAVE_S))
            except BadInput as error:
                return cause_of(error)
            return Cause("ended-by-itself", "it closed its pipe")
        finally:
            child.kill()
            self._child, self._ready, self._waits_for_key = None, False, False
            self._underway.clear()
            self._underway_bytes = 0
            # Waited for even where this is cancelled, so that nobody is left behind: it was killed.
            await child.ended()

    async def _listen(self, child: Child) -> None:
        while (message := await child.receive()) is not None:
            match message:
                case Ready():
                    self._begin(child)
                case Settled(skipped, trouble):
                    self._settle(skipped, trouble)
                case AccessUnit() if not self._closed:
                    self._counts.transcoded += 1
                    self._key_awaited = self._key_awaited and not message.key
                    self._pass_on(message)

    def _begin(self, child: Child) -> None:
        """The child can work: give it the group of now."""
        self._ready, self._key_awaited, self._refresh = True, False, Refresh()
        self._evenly.begin()
        until_late_ns = self._clock.monotonic_ns() + CATCH_UP_NS - LATE_NS
        for unit in self._recent.snapshot():
            self._give(child, unit, until_late_ns)
        self._waits_for_key = not self._underway

    def _settle(self, skipped: int, trouble: str) -> None:
        self._counts.transcode_skipped += skipped
        self.trouble = why("transcoder-pictures", "{cause}", cause=decoders(trouble)) if trouble else ""
        if self._underway:
            self._underway_bytes -= self._underway.popleft().size_bytes

    def _pass_on(self, made: AccessUnit) -> None:
        """A picture of the unit that has been under way for longest."""
        due_ns = now_ns = self._clock.monotonic_ns()
        cause = self._underway[0] if self._underway else None
        self.incomplete = cause is not None and cause.incomplete
        if cause is not None and cause.given is not None:
            due_ns = self._evenly.due_ns(made, cause.given, now_ns, prompt=cause.prompt)
        self._waiting.add(made, due_ns)


def _came_together(one: Given | None, other: Given | None) -> bool:
    """Whether two units belong to a picture and the B-frames that are sent with it."""
    return one is not None and other is not None and one.newest90 == other.newest90
