"""An open camera: pictures out of a session, reports and keep-alives into it."""

import asyncio
from collections.abc import Coroutine

from ingest import refusals
from ingest.ports import TOLD_S, Pace, Packet, Pictures, Plain, SourceCounts, SourceError, StreamInfo, silent
from ingest.queued_source import QueuedSource
from ingest.rounds import Rounds, Watch
from ingest.rtsp.receiver import Receiver
from ingest.rtsp.rtcp import receiver_report
from ingest.rtsp.session import Session
from ingest.rtsp.turns import TOLD, Turns
from shared.causes import CLOSED_HERE, OTHER
from shared.clock import Clock
from shared.reasons import Cause, Reason, why
from shared.units import UtcSource

REPORT_EVERY_S = 5.0
_TICK_S, _USUAL_TICK_S = 0.25, 1.0
"""Seldom where nothing waits for its end: a worker has hundreds of cameras to look at."""

_SOONER_S = 0.25
"""What is due within so long is done now: rounds call those together who are due together."""

_AFTER_BYE_S = 1.0


class RtspSource(QueuedSource):
    """The Source of one session. Make it before the session plays, `begin` it when it does."""

    def __init__(
        self, place: str, counts: SourceCounts, own_ssrc: int, clock: Clock, rounds: Rounds, turns: Turns
    ) -> None:
        super().__init__(counts)
        self._place, self._own_ssrc = place, own_ssrc
        self._clock, self._rounds, self._turns = clock, rounds, turns
        self._pace = Pace.AT_ONCE
        self._session: Session | None = None
        self._receiver: Receiver | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._watch: Watch | None = None
        self._report_ns = self._keep_ns = 0

    def begin(self, info: StreamInfo, session: Session, receiver: Receiver) -> None:
        """The session plays: watch over it from now on."""
        self._session, self._receiver = session, receiver
        self.begun(info)
        self._report_ns = self._keep_ns = self._clock.monotonic_ns()
        self._watch = self._rounds.watch(
            self._look, self._unwatched, self._next_s(session, receiver, self._keep_ns)
        )

    @property
    def counts(self) -> SourceCounts:
        if self._receiver is not None:
            self._counts.packets = self._receiver.taken
        return self._counts

    @property
    def silence(self) -> Reason:
        if self._session is None or not self._session.by_udp:
            return silent(self._place)
        return why(
            "camera-silent-udp",
            "{place} has sent nothing for {seconds} s by UDP: a firewall may hold it back",
            place=self._place,
            seconds=int(TOLD_S),
        )

    @property
    def late_ns(self) -> int:
        return 0 if self._receiver is None else self._receiver.late_ns

    def believe(self, plain: Plain | None) -> None:
        if self._receiver is not None:
            self._receiver.believe(plain)

    def keep(self, pace: Pace) -> None:
        self._pace = pace if TOLD else Pace.AT_ONCE
        if self._session is not None and self.error is None:
            self._session.keep(self._pace, self._turns)

    def catch_up(self) -> None:
        session, receiver = self._session, self._receiver
        if session is not None and receiver is not None and self.error is None:
            session.catch_up()
            receiver.settle()
            self._see_bye(receiver, self._clock.monotonic_ns())

    def close(self) -> None:
        super().fail(refusals.lost(self._place, CLOSED_HERE))
        self.waiting.clear()
        self._stop()

    def give(self, picture: Packet) -> None:
        """Queue a picture."""
        self._counts.untimed_pictures += picture.utc_ns is None
        self.put(picture)

    def give_all(self, pictures: Pictures) -> None:
        """Give on pictures that came together."""
        if pictures.utc_source is UtcSource.ARRIVAL:
            self._counts.untimed_pictures += len(pictures.ends)
        self.put_all(pictures)

    def lost(self) -> None:
        """Something is missing before the next picture."""
        self.waiting.lose()

    def fail(self, error: SourceError) -> None:
        """The session is over; what was queued is still given."""
        if self.error is None:
            super().fail(error)
            self._stop()

    def _stop(self) -> None:
        if self._watch is not None:
            self._watch.end()
        for task in self._tasks:
            task.cancel()
        if self._session is not None:
            self._session.close()

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _look(self, now_ns: int, _late_ns: int) -> float | None:
        """See to everything that is due by time: late ends of pictures, reports, keep-alives."""
        session, receiver = self._session, self._receiver
        if session is None or receiver is None or self.error is not None:
            return None
        session.settle()
        receiver.settle()
        # A camera that is as usual again may be read by turns again.
        session.keep(self._pace, self._turns)
        self._counts.clock_offset_ns = receiver.offset_ns
        self._see_bye(receiver, now_ns)
        if self.error is not None:
            return None
        if (now_ns - self._report_ns) / 1e9 >= REPORT_EVERY_S - _SOONER_S:
            self._report_ns = now_ns
            session.send_control(receiver_report(self._own_ssrc, receiver.reception()))
        if (now_ns - self._keep_ns) / 1e9 >= session.timeout_s / 2 - _SOONER_S:
            self._keep_ns = now_ns
            if self._keeping is None or self._keeping.done():
                self._keeping = self._start(self._keep(session))
        return self._next_s(session, receiver, now_ns)

    def _next_s(self, session: Session, receiver: Receiver, now_ns: int) -> float:
        if session.by_udp or receiver.waits:
            return _TICK_S
        usual_s = min(_USUAL_TICK_S, session.timeout_s / 8)
        if not session.calm or receiver.said_bye:
            return usual_s
        # Of one that is read by turns nothing waits, and what is odd hurries it.
        report_s = REPORT_EVERY_S - (now_ns - self._report_ns) / 1e9
        keep_s = session.timeout_s / 2 - (now_ns - self._keep_ns) / 1e9
        return max(usual_s, min(report_s, keep_s))

    def _see_bye(self, receiver: Receiver, now_ns: int) -> None:
        """A camera that said goodbye, and then nothing for a while, has ended."""
        if receiver.said_bye and (now_ns - receiver.heard_ns) / 1e9 >= _AFTER_BYE_S:
            self.fail(refusals.ended(self._place))

    def _unwatched(self, error: Exception) -> None:
        """The watch over the session has failed: it must not go on without."""
        kind = type(error).__name__
        self.fail(refusals.lost(self._place, Cause(f"{OTHER}:{kind}", f"reading failed: {kind}")))

    async def _keep(self, session: Session) -> None:
        try:
            await session.keep_alive()
        except SourceError as error:
            self.fail(error)
