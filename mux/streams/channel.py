"""One stream on its way to its viewers: cut into packets once, kept for one group, given to every sender."""

from collections.abc import Callable
from dataclasses import dataclass

from mux.counts import Counts
from mux.fanout.fan_out import FanOut
from mux.fanout.lockstep_group import nobody
from mux.fanout.pacer import Pacer
from mux.fanout.picture_group import PictureGroup
from mux.fanout.sender import Sender
from mux.rtp.picture import SENDABLE, MakePicture, picture_of
from mux.streams.fitness import Fitness
from mux.streams.timeline import Timeline
from mux.transport.media_transport import MediaTransport
from shared.clock import Clock
from shared.ids import StreamId
from shared.mediatime import ticks_from_ns
from shared.tap import Gap
from shared.units import AccessUnit, Codec

MEASURE_EVERY_NS = 100_000_000
"""The time from one picture whose delay is measured to the next."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of a stream's timeline (90 kHz) and the monotonic time it was reached at."""

    time90: int
    at_ns: int

    def at(self, now_ns: int) -> int:
        """The timeline's time by now, if it goes on as fast as the clock."""
        return self.time90 + ticks_from_ns(now_ns - self.at_ns)


class Channel:
    """A stream's senders and its current picture group. `sent` is told, of one unit in MEASURE_EVERY_NS, the
    seconds from its arrival to its first packet. `changed` is told when the stream's codec, its order of
    pictures or its fitness for browsers becomes known or changes."""

    def __init__(
        self,
        stream: StreamId,
        transport: MediaTransport,
        pacer: Pacer,
        clock: Clock,
        counts: Counts,
        *,
        sent: Callable[[float], None],
        changed: Callable[["Channel"], None],
        timeline: Timeline | None = None,
        make_picture: MakePicture = picture_of,
    ) -> None:
        self.stream = stream
        self.group = PictureGroup()
        self.profile_idc: int | None = None
        self.codec: Codec | None = None
        """None until the first unit."""
        self.reordered = False
        self.sendable = False
        """Whether the stream can be sent as it is, to whom takes its codec; kept, since each unit asks."""
        self.size: tuple[int, int] | None = None
        """Width and height of the pictures, where the parameter sets could be read."""
        self.octets = 0
        """RTP payload bytes of its pictures so far, for one viewer."""
        self.newest: tuple[int, int] | None = None
        """Time (90 kHz) and capture (UTC, ns) of the newest picture."""
        self.newest_ns: int | None = None
        """When the newest unit came, by the monotonic clock, shown or not."""
        self.key_wanted: Callable[[], None] = _ask_nobody
        """Asks for a key picture where one can be had: a camera is not asked, a transcoder is."""
        self._fitness = Fitness()
        self._fits = True
        self._clock = clock
        self._counts = counts
        self._sent = sent
        self._changed = changed
        self._make_picture = make_picture
        self._reached_ns = 0
        self._timeline = Timeline() if timeline is None else timeline
        self._fan_out = FanOut(transport, pacer, counts)
        self._awaiting: dict[Callable[[], None], None] = {}
        self._backfilling = False
        self._run: int | None = None
        self._measured_ns: int | None = None
        self._waits_for_key = True

    def take(self, item: AccessUnit | Gap) -> None:
        """The sink of the tap."""
        if isinstance(item, Gap):
            self._counts.gaps += 1
            self._interrupted()
            return
        now_ns = self._clock.monotonic_ns()
        self.newest_ns = now_ns
        if item.key or item.codec is not self.codec or item.reordered is not self.reordered:
            self._learn(item)
        if not self.sendable:
            return
        if item.run != self._run:
            self._run = item.run
            self._interrupted()
        if self._waits_for_key and not item.key:
            return
        picture = self._make_picture(item, self._timeline.place(item, now_ns))
        if picture is None:
            self._counts.empty_units += 1
            return
        self._waits_for_key = False
        if picture.key:
            self._note_parameters()
        self.octets += picture.payload_bytes
        self.newest = (picture.time90, item.utc_ns)
        self._reached_ns = now_ns
        self.group.append(picture)
        self._fan_out.give(picture, now_ns, self._measured(now_ns))
        if picture.key and not self._backfilling:
            self._begin_awaiting()

    def _learn(self, unit: AccessUnit) -> None:
        """See whether a unit makes the stream another one: others go by what the last one told."""
        fits = self._fitness.take(unit) if unit.key else self._fits
        if unit.codec is self.codec and unit.reordered is self.reordered and fits is self._fits:
            return
        self.codec, self.reordered, self._fits = unit.codec, unit.reordered, fits
        self.sendable = unit.codec in SENDABLE and not unit.reordered and fits
        self._interrupted()
        self._changed(self)

    def backfill(self, coming: bool) -> None:
        """Units of a group that has begun before come all at once, or have come: nobody starts in between,
        because who starts with all of them is not shown them one by one."""
        self._backfilling = coming
        if self.has_group:
            self._begin_awaiting()

    @property
    def backfilling(self) -> bool:
        return self._backfilling

    @property
    def has_group(self) -> bool:
        """Whether a viewer could start now."""
        return bool(self.group.pictures) and not self._backfilling

    def suits(self, codecs: frozenset[Codec]) -> bool:
        """Whether it may be shown to who takes these codecs; one that has not come yet may."""
        return self.codec is None or (self.sendable and self.codec in codecs)

    def add(self, sender: Sender, before: Moment | None = None) -> None:
        """Start a viewer: from the current group if there is one, else from the next key picture.

        `before` is the moment that the sender reached in another stream: it goes on as if both were one.
        """
        now_ns = self._clock.monotonic_ns()
        here = self.moment()
        shift90 = 0 if before is None or here is None else before.at(now_ns) - here.at(now_ns)
        self._fan_out.add(sender)
        sender.switch(self.group.pictures, now_ns, shift90)

    def moment(self) -> Moment | None:
        """Where the stream was at its newest picture; None before its first."""
        return None if self.newest is None else Moment(self.newest[0], self._reached_ns)

    def await_group(self, begun: Callable[[], None]) -> None:
        """Call `begun` once, after the next key picture and all that comes at once with it: there is a group
        to start from then."""
        self._awaiting[begun] = None

    def forget(self, begun: Callable[[], None]) -> None:
        """Call it no more."""
        self._awaiting.pop(begun, None)

    def discard(self, sender: Sender) -> None:
        self._fan_out.discard(sender)

    def _measured(self, now_ns: int) -> Callable[[], None]:
        """The function to call once the first packet has been sent: measuring costs a send of its own."""
        if self._measured_ns is not None and now_ns - self._measured_ns < MEASURE_EVERY_NS:
            return nobody

        def begun() -> None:
            self._measured_ns = now_ns
            self._sent((self._clock.monotonic_ns() - now_ns) / 1e9)

        return begun

    def _interrupted(self) -> None:
        """Nothing can be decoded before the next key unit, whatever the tap gives."""
        self._waits_for_key = True
        self.group.break_off()

    def _begin_awaiting(self) -> None:
        awaiting, self._awaiting = self._awaiting, {}
        for begun in awaiting:
            begun()

    def _note_parameters(self) -> None:
        known = self._fitness.parameters.h264
        if known is None:
            self.profile_idc = self.size = None
        else:
            self.profile_idc, self.size = known.profile_idc, (known.width, known.height)


def _ask_nobody() -> None:
    """A camera makes key pictures when it does."""
