"""The recording of one stream: units become fragments, fragments segments. No disk, no network in here."""

from collections.abc import Callable
from dataclasses import replace
from zlib import crc32

from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.mediatime import TICKS_PER_SECOND, ns_from_90k, ticks_from_ns
from shared.messages.storage import RecordingPolicy, RecordingReport, RecordingStatus
from shared.reasons import Reason, why
from shared.tap.gathered import Gathered
from shared.tap.reassembly import Gap
from shared.units import AccessUnit
from storage.fmp4.description import describe, front_of
from storage.fmp4.identity import Identity
from storage.metrics import RecorderMetrics
from storage.model.segment import Footage, Segment, object_key
from storage.recording.camera_time import CameraTime, HeardTime
from storage.recording.open_segment import FRAGMENT90, OpenSegment, OpenWriter
from storage.recording.spool import WriterEvents
from storage.recording.standing import Standing, unrecordable
from storage.recording.time_line import TimeLine
from storage.recording.written import Written

_SHORT90 = TICKS_PER_SECOND // 4
_IDLE_FLUSH_NS = 800_000_000
_RETRY_NS = 2_000_000_000
_SILENT_NS = 5_000_000_000
_ABANDONED_NS = 600_000_000_000
_MAX_SEGMENTS_WITHOUT_KEY = 10
_RECORDING = why("recording", "recording")


class Recording:
    """Records one stream. All calls in the loop's thread.

    `open_writer` starts a segment's file; `finished` is told of each file that is closed, and what the index
    should say of it where that is sure.
    `nonce` makes the keys of this process differ from those of the one before.
    """

    def __init__(
        self,
        policy: RecordingPolicy,
        *,
        segment_s: float,
        nonce: str,
        open_writer: OpenWriter,
        finished: Callable[[str, Segment | None], None],
        clock: Clock,
        metrics: RecorderMetrics,
    ) -> None:
        self.stream = StreamId.parse(policy.stream)
        self.policy = policy
        self._segment_ns = int(segment_s * 1e9)
        self._overlong_ns = _MAX_SEGMENTS_WITHOUT_KEY * self._segment_ns
        self._nonce = nonce
        self._open_writer = open_writer
        self._finished = finished
        self._clock = clock
        self._metrics = metrics
        self._open: OpenSegment | None = None
        self._footage: dict[str, Footage] = {}
        self._standing = Standing(clock)
        self._say = self._standing.say
        self._retry_at_ns = 0
        self._written_at_ns: int | None = None
        self._heard: HeardTime | None = None

    def take(self, item: AccessUnit | Gap) -> None:
        """The next unit of the stream, or the news that some are lost."""
        if isinstance(item, Gap):
            self._metrics.lost.labels("tap").inc(max(1, item.lost))
            self._end()
        else:
            self._take_unit(item)

    def take_together(self, several: Gathered) -> None:
        """The next units of the stream: as `take` with each, at one go where they are nothing unusual."""
        at = 0
        for key in several.keys:
            if key > at:
                self._take_together(several.part(at, key))
            self._take_apart(several.part(key, key + 1))
            at = key + 1
        if at < len(several.sizes):
            self._take_together(several.part(at, len(several.sizes)) if at else several)

    def tick(self) -> None:
        """Called a few times a second: nothing collected waits longer than a moment for its next unit."""
        segment, now_ns = self._open, self._clock.monotonic_ns()
        if segment and segment.pieces and now_ns - segment.collected_since_ns > _IDLE_FLUSH_NS:
            self._flush(segment, segment.end90)
        if segment and now_ns - segment.collected_since_ns > _ABANDONED_NS:
            # Perhaps no picture ever comes: what is open is in no index, and would die on no day.
            self._end()
        silent_ns = now_ns - (self._written_at_ns or now_ns)
        if self.status is RecordingStatus.RECORDING and silent_ns > _SILENT_NS:
            self._say(RecordingStatus.WAITING, why("recording-no-picture", "no picture comes"))

    def close(self) -> None:
        """Write what is collected and end the segment."""
        self._end()

    def footage(self) -> list[Footage]:
        """The segments of this stream that the index may not know yet, as far as they are on disk."""
        return list(self._footage.values())

    def indexed(self, key: str) -> None:
        """The index knows a segment now."""
        self._footage.pop(key, None)

    def is_open(self, key: str) -> bool:
        """Whether a file of the spool is still being written, or about to be told finished."""
        return key in self._footage

    def camera_time(self) -> CameraTime | None:
        """What the stream's pictures tell now, None where no key picture came for a minute."""
        return None if self._heard is None else self._heard.now(self._clock.monotonic_ns())

    @property
    def status(self) -> RecordingStatus:
        return self._standing.status

    def report(self) -> RecordingReport:
        return self._standing.report(self.stream)

    def _take_unit(self, unit: AccessUnit) -> None:
        if unit.key:
            self._heard = HeardTime(CameraTime.of(unit), self._clock.monotonic_ns())
        segment = self._open
        if segment is not None and not segment.can_hold(unit, self._overlong_ns):
            self._end()
            segment = None
        if segment is not None and unit.key:
            segment = self._turn(segment, unit)
        if segment is None:
            segment = self._start(unit, unit.utc_ns)
        if segment is not None:
            self._collect(segment, unit)

    def _take_apart(self, several: Gathered) -> None:
        for unit in several.units():
            self._take_unit(unit)

    def _take_together(self, several: Gathered) -> None:
        """Units without a key unit among them."""
        segment = self._open
        if segment is None or not segment.goes_on_in(several, self._overlong_ns):
            self._take_apart(several)
            return
        now_ns, last = self._clock.monotonic_ns(), len(several.sizes) - 1
        first90, last90 = (several.pts90[at] - segment.first_pts90 for at in (0, last))
        began90 = segment.times90[0] if segment.times90 else last90
        if first90 - began90 >= FRAGMENT90:
            if not self._flush(segment, first90):
                self._metrics.lost.labels("disk").inc(last + 1)
                return
            began90 = first90
        if last90 - began90 < FRAGMENT90:
            segment.collect_together(several, now_ns)
            return
        # In front of the last one, so that it is known where the one before ends.
        if last:
            segment.collect_together(several.part(0, last), now_ns)
        if self._flush(segment, last90):
            segment.collect_together(several.part(last, last + 1), now_ns)
        else:
            self._metrics.lost.labels("disk").inc()

    def _turn(self, segment: OpenSegment, key_unit: AccessUnit) -> OpenSegment | None:
        """At a key unit: go on with the segment, or with the next one; None where no next one can start."""
        told_ns = segment.told_ns(key_unit)
        off_ns = key_unit.utc_ns - told_ns
        stepped = segment.line.is_left(off_ns, key_unit.utc_source, told_ns - segment.start_ns)
        if not stepped and told_ns < segment.boundary_ns and segment.describes(key_unit):
            return segment
        lead90 = segment.lead90(key_unit)
        if stepped:
            self._end(segment.time90(key_unit) - lead90)
            return self._start(key_unit, key_unit.utc_ns - ns_from_90k(lead90), lead90, fresh=False)
        taken_up_ns = segment.line.taken_up(off_ns, key_unit.utc_source)
        start_ns = told_ns - ns_from_90k(lead90) + taken_up_ns
        self._end(max(segment.last90 + 1, ticks_from_ns(start_ns - segment.start_ns)))
        return self._start(key_unit, start_ns, lead90, fresh=False)

    def _start(
        self, unit: AccessUnit, start_ns: int, lead90: int = 0, *, fresh: bool = True
    ) -> OpenSegment | None:
        """A new segment at a key unit, which is shown `lead90` after `start_ns`; None where it cannot."""
        if not unit.key or self._clock.monotonic_ns() < self._retry_at_ns:
            self._metrics.lost.labels("waiting").inc()
            return None
        try:
            description = describe(unit)
            codec = description.codec_string
        except BadInput as error:
            self._metrics.lost.labels("parameters").inc()
            self._say(RecordingStatus.FAILING, unrecordable(error))
            return None
        key = object_key(self.stream, start_ns, unit.run, self._nonce)
        identity = Identity.begun_with(unit, start_ns, self.policy.name, self.policy.days)
        events = WriterEvents(
            written=lambda end90, late: self._on_written(key, end90, late),
            failed=lambda reason, kept: self._on_failed(key, reason, kept),
            closed=lambda kept, written: self._on_closed(key, kept, written),
        )
        self._footage[key] = Footage(
            key, self.stream, unit.run, start_ns, start_ns, codec, description.digest, identity.days
        )
        writer = self._open_writer(key, identity, description, events)
        self._open = OpenSegment(
            key,
            writer,
            description,
            unit.run,
            TimeLine(unit.utc_source, fresh),
            start_ns,
            unit.pts90 - lead90,
            self._boundary_after(start_ns),
            front=front_of(unit),
        )
        return self._open

    def _boundary_after(self, start_ns: int) -> int:
        """The stream's own next instant to cut at; staggered, so that disks are not hit at once."""
        offset_ns = hash_of(self.stream) * self._segment_ns >> 32
        return start_ns + self._segment_ns - (start_ns - offset_ns) % self._segment_ns

    def _collect(self, segment: OpenSegment, unit: AccessUnit) -> None:
        time90 = segment.time90(unit)
        if segment.pieces and segment.may_cut_before(time90):
            age90 = time90 - segment.times90[0]
            starts_seekable = unit.key and (age90 >= _SHORT90 or not segment.starts_with_key)
            if age90 >= FRAGMENT90 or starts_seekable:
                # What follows a reordered unit may be shown before it, right behind what is collected.
                end90 = min(time90, segment.end90) if unit.reordered else time90
                if not self._flush(segment, end90):
                    self._metrics.lost.labels("disk").inc()
                    return
        segment.collect(unit, time90, self._clock.monotonic_ns())

    def _flush(self, segment: OpenSegment, end90: int) -> bool:
        """Send what is collected to the disk; False where it had to be dropped, which ends the segment."""
        fragment = segment.take_fragment(end90)
        if segment.writer.append(fragment):
            return True
        self._metrics.lost.labels("disk").inc(len(fragment.times90))
        self._open = None
        segment.writer.close()
        slow = why("recording-disk-slow", "the disk is too slow: pictures are being left out")
        self._say(RecordingStatus.FAILING, slow)
        return False

    def _end(self, end90: int | None = None) -> None:
        segment, self._open = self._open, None
        if segment is None:
            return
        if segment.pieces:
            self._flush(segment, segment.end90 if end90 is None else end90)
        segment.writer.close()

    def _on_written(self, key: str, end90: int, late: bool) -> None:
        self._metrics.fragments.inc()
        if late:
            self._metrics.late.inc()
        self._written_at_ns = self._clock.monotonic_ns()
        self._say(RecordingStatus.RECORDING, _RECORDING)
        footage = self._footage.get(key)
        if footage is not None:
            end_ns = footage.start_ns + ns_from_90k(end90)
            self._footage[key] = replace(footage, end_ns=end_ns)

    def _on_failed(self, key: str, reason: Reason, kept: bool) -> None:
        if self._open is not None and self._open.key == key:
            self._metrics.lost.labels("disk").inc(len(self._open.times90))
            self._open = None
        if not kept:
            # Where only a write failed the next key unit is taken: the one after may be ten seconds later.
            self._retry_at_ns = self._clock.monotonic_ns() + _RETRY_NS
        self._metrics.failures.inc()
        self._say(RecordingStatus.FAILING, reason)
        self._on_closed(key, kept)

    def _on_closed(self, key: str, kept: bool, written: Written | None = None) -> None:
        if not kept:
            self._footage.pop(key, None)
            return
        footage = self._footage.get(key)
        self._finished(key, written.segment(footage) if written and footage else None)


def hash_of(stream: StreamId) -> int:
    """A 32-bit number of a stream, the same in every process."""
    return crc32(str(stream).encode())
