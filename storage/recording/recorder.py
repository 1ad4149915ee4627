"""Records the streams that the policies name, from the units that the tap gives."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from shared.clock import Clock
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.storage import RecordingPolicy, RecordingReport, RecordingStatus
from shared.tap.gathered import Gathered
from shared.tap.reassembly import Gap
from shared.units import AccessUnit
from storage.fmp4.entry import Description
from storage.fmp4.identity import Identity
from storage.metrics import RecorderMetrics
from storage.model.segment import Footage, Segment
from storage.recording.borders import hash_of
from storage.recording.camera_time import MIN_CAMERAS, CameraTime
from storage.recording.gate import Gate
from storage.recording.spool import SegmentWriter, Spool, WriterEvents
from storage.recording.stream_recording import Recording

_TICK_S = 0.25


class Subscribed(Protocol):
    """A subscription that can be ended."""

    def close(self) -> None: ...


class Tap(Protocol):
    """Where units come from (see `shared.tap.subscriber.TapSubscriber`)."""

    def subscribe(
        self,
        stream: StreamId,
        sink: Callable[[AccessUnit | Gap], None],
        *,
        together: Callable[[Gathered], None],
    ) -> Subscribed: ...


class Recorder:
    """Starts, changes and ends recordings as the policies say. Loop thread only."""

    def __init__(
        self,
        tap: Tap,
        spool: Spool,
        clock: Clock,
        metrics: RecorderMetrics,
        *,
        segment_s: float,
        nonce: str,
        finished: Callable[[str, Segment | None], None],
        mine: Callable[[str], bool] = lambda _: True,
        gate: Gate | None = None,
    ) -> None:
        """`mine` tells whether this process is to record a stream, `gate` holds units back from it."""
        self._tap = tap
        self._mine = mine
        self._gate = gate
        self._policies: Sequence[RecordingPolicy] = ()
        self._spool = spool
        self._clock = clock
        self._metrics = metrics
        self._segment_s = segment_s
        self._nonce = nonce
        self._finished = finished
        self._recordings: dict[StreamId, tuple[Recording, Subscribed]] = {}
        self._ended: list[Recording] = []
        self._log = get_logger("storage")

    def apply(self, policies: Sequence[RecordingPolicy]) -> None:
        """Record exactly the streams whose policy says so; what has not changed is not touched."""
        self._policies = policies
        self.divide()

    def wanted(self) -> list[str]:
        """The streams that the policies name, whoever is to record them."""
        return [policy.stream for policy in self._policies if policy.recorded]

    def records(self, stream: StreamId) -> bool:
        """Whether this process is to record a stream."""
        return stream in self._recordings

    def divide(self) -> None:
        """What this process is to record of the policies may have changed."""
        wanted = {
            StreamId.parse(policy.stream): policy
            for policy in self._policies
            if policy.recorded and self._mine(policy.stream)
        }
        for stream in [known for known in self._recordings if known not in wanted]:
            recording, subscription = self._recordings.pop(stream)
            subscription.close()
            recording.close()
            self._ended.append(recording)
            self._log.info("recording-ended", stream=str(stream))
        for stream, policy in wanted.items():
            underway = self._recordings.get(stream)
            if underway is not None:
                underway[0].policy = policy
                continue
            recording = self._begin(policy)
            subscribed = self._subscribe(stream, recording)
            self._recordings[stream] = (recording, subscribed)
            self._log.info("recording-begun", stream=str(stream))

    def _subscribe(self, stream: StreamId, recording: Recording) -> Subscribed:
        gate = self._gate
        if gate is None:
            return self._tap.subscribe(stream, recording.take, together=recording.take_together)
        take, together = gate.before(stream, recording.take), gate.before(stream, recording.take_together)
        return self._tap.subscribe(stream, take, together=together)

    def _begin(self, policy: RecordingPolicy) -> Recording:
        stream = StreamId.parse(policy.stream)
        lane = self._spool.lane(hash_of(stream))
        self._spool.expect(stream.commune)

        def open_writer(
            key: str, identity: Identity, description: Description, events: WriterEvents
        ) -> SegmentWriter:
            return SegmentWriter(self._spool, lane, key, identity, description, events)

        return Recording(
            policy,
            segment_s=self._segment_s,
            nonce=self._nonce,
            open_writer=open_writer,
            finished=self._finished,
            clock=self._clock,
            metrics=self._metrics,
        )

    def footage(self, stream: StreamId) -> list[Footage]:
        """Segments of a stream that the index may not know yet."""
        mine = [recording for recording in self._all() if recording.stream == stream]
        return [footage for recording in mine for footage in recording.footage()]

    def is_recording(self, stream: StreamId) -> bool:
        """Whether pictures of the stream reach the disk now."""
        underway = self._recordings.get(stream)
        return underway is not None and underway[0].status is RecordingStatus.RECORDING

    def indexed(self, key: str) -> None:
        """The index knows a segment now."""
        for recording in self._all():
            recording.indexed(key)
        self._ended = [recording for recording in self._ended if recording.footage()]

    def is_open(self, key: str) -> bool:
        """Whether a file of the spool is still being written."""
        return any(recording.is_open(key) for recording in self._all())

    def reports(self) -> tuple[RecordingReport, ...]:
        """How each recording is."""
        return tuple(recording.report() for recording, _ in self._recordings.values())

    def cameras_ns(self) -> tuple[int, ...]:
        """The UTC that each camera tells now by its own clock, of those whose pictures come.

        Where fewer than two cameras tell it, the clocks of the workers, by which pictures arrive, are taken.
        """
        told: dict[str, CameraTime] = {}
        for recording, _ in self._recordings.values():
            time, camera = recording.camera_time(), recording.stream.camera_path
            if time is not None and (time.own or camera not in told):
                told[camera] = time
        own = tuple(time.utc_ns for time in told.values() if time.own)
        return own if len(own) >= MIN_CAMERAS else tuple(time.utc_ns for time in told.values())

    def health(self) -> str | None:
        """The first recording that fails, and how many do."""
        failing = [report for report in self.reports() if report.status is RecordingStatus.FAILING]
        if not failing:
            return None
        return f"{len(failing)} recordings fail, first {failing[0].stream}: {failing[0].reason}"

    async def run(self) -> None:
        """Keep time for all recordings, for ever."""
        while True:
            if not self._holds_back():
                for recording, _ in self._recordings.values():
                    recording.tick()
            counts = Counter(recording.status for recording, _ in self._recordings.values())
            for status in RecordingStatus:
                self._metrics.recordings.labels(status).set(counts[status])
            self._metrics.waiting_bytes.set(self._spool.waiting_bytes)
            await self._clock.sleep(_TICK_S)

    def _holds_back(self) -> bool:
        """Whether nothing may be written before it is known what is still recorded here."""
        if self._gate is None:
            return False
        self._gate.beat()
        return self._gate.is_shut

    async def close(self) -> None:
        """End every recording; their files are whole once the lanes have closed."""
        self.apply(())
        await asyncio.sleep(0)

    def _all(self) -> list[Recording]:
        return [*(recording for recording, _ in self._recordings.values()), *self._ended]
