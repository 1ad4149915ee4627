"""One stream on its way to its viewers: cut into packets once, kept for one group, given to every sender."""

from collections.abc import Callable

from mux.counts import Counts
from mux.group import Group
from mux.layout import Layout
from mux.picture import Picture, picture_of
from mux.sender import Sender
from mux.timeline import Timeline
from shared.clock import Clock
from shared.errors import BadInput
from shared.h264 import parameter_sets, parse_sps
from shared.ids import StreamId
from shared.tap import Gap
from shared.units import AccessUnit, Codec

Shape = tuple[int, int]


class Channel:
    """A stream's senders and its current group. `sent` is told the seconds from a unit's arrival to its first
    packet; `foreign` the codec of a stream that is not H.264."""

    def __init__(
        self,
        stream: StreamId,
        clock: Clock,
        counts: Counts,
        *,
        sent: Callable[[float], None],
        foreign: Callable[["Channel"], None],
    ) -> None:
        self.stream = stream
        self.group = Group()
        self.profile_idc: int | None = None
        self.codec: Codec = Codec.H264
        self.newest: tuple[int, int] | None = None
        """Time (90 kHz) and capture (UTC, ns) of the newest picture."""
        self.newest_ns = 0
        """When it came, by the monotonic clock."""
        self._clock = clock
        self._counts = counts
        self._sent = sent
        self._foreign = foreign
        self._timeline = Timeline()
        self._senders: dict[Sender, None] = {}
        self._run: int | None = None
        self._waits_for_key = True

    def take(self, item: AccessUnit | Gap) -> None:
        """The sink of the tap."""
        if isinstance(item, Gap):
            self._counts.gaps += 1
            self._interrupted()
            return
        if item.codec is not Codec.H264:
            self.codec = item.codec
            self._foreign(self)
            return
        self.codec = Codec.H264
        if item.run != self._run:
            self._run = item.run
            self._interrupted()
        if self._waits_for_key and not item.key:
            return
        now_ns = self._clock.monotonic_ns()
        picture = picture_of(item, self._timeline.place(item, now_ns))
        if picture is None:
            self._counts.empty_units += 1
            return
        self._waits_for_key = False
        if picture.key:
            self._read_profile(item.data)
        self.newest = (picture.time90, item.wall_ns)
        self.newest_ns = now_ns
        self.group.append(picture)
        self._fan_out(picture, now_ns)

    def add(self, sender: Sender) -> None:
        """Start a viewer: from the current group if there is one, else from the next key picture."""
        self._senders[sender] = None
        sender.start(self.group.pictures, self._clock.monotonic_ns())

    def discard(self, sender: Sender) -> None:
        self._senders.pop(sender, None)

    def _interrupted(self) -> None:
        """Nothing can be decoded before the next key unit, whatever the tap gives."""
        self._waits_for_key = True
        self.group.break_off()

    def _fan_out(self, picture: Picture, now_ns: int) -> None:
        laid_out: dict[Shape, list[Layout]] = {}
        first = True
        for sender in self._senders:
            layouts = laid_out.get(sender.shape)
            if layouts is None:
                layouts = [Layout(chunk, *sender.shape) for chunk in picture.chunks]
                laid_out[sender.shape] = layouts
            sender.live(picture, layouts, now_ns)
            if first:
                first = False
                self._sent((self._clock.monotonic_ns() - now_ns) / 1e9)

    def _read_profile(self, data: bytes) -> None:
        sps, _ = parameter_sets(data)
        if sps is None:
            return
        try:
            self.profile_idc = parse_sps(sps).profile_idc
        except BadInput:
            self.profile_idc = None
