"""One tile of a viewer: the stream it shows, and the way from one stream to the next on the same source.

A plain WHEP viewer is one tile that shows one stream for good. A tile of a wall shows a camera: its main or
its sub stream, whichever fits the tile, one after the other without a new negotiation.
"""

from collections.abc import Callable, Sequence

from mux.congestion.reception import Reception
from mux.fanout.sender import Sender
from mux.rtp.header import PlayoutDelay, RtpFormat
from mux.sdp.agreed_headers import Headers
from mux.sdp.answer import Sources
from mux.sessions.meter import Meter
from mux.sessions.page_counts import PageCounts
from mux.streams.camera import Camera
from mux.streams.channel import Channel, Moment
from mux.streams.channels import Channels
from mux.streams.feed import Feed
from shared.clock import Clock
from shared.errors import BeffroiError
from shared.ids import StreamId, StreamKind
from shared.units import Codec

LARGEST_SUB_PIXELS = 480 * 360
"""A tile of up to this many device pixels gets the sub stream, whatever that turns out to measure."""


class Tile:
    """A tile. `refused` is told when its camera cannot be shown at all."""

    def __init__(
        self,
        mid: str,
        sources: Sources,
        headers: Headers,
        delay: PlayoutDelay,
        channels: Channels,
        clock: Clock,
        refused: Callable[["Tile", BeffroiError], None],
    ) -> None:
        self.mid = mid
        self.sources = sources
        self.camera: Camera | None = None
        self.size = (0, 0)
        """Device pixels; 0 is unknown."""
        self.most = StreamKind.MAIN
        """The largest kind that the viewer's link takes."""
        self.sender: Sender | None = None
        self.reception = Reception()
        self.meter = Meter()
        self.page = PageCounts()
        self.revoked = False
        self.shown_ns = clock.monotonic_ns()
        """Since when it is to show its camera."""
        self.first_packet_ms: float | None = None
        self._headers = headers
        self._delay = delay
        self._channels = channels
        self._clock = clock
        self._refused = refused
        self._feed: Feed | None = None
        self._next: Feed | None = None
        self._attached: Channel | None = None
        self._before: Moment | None = None
        self._codec = Codec.H264

    @property
    def delay(self) -> PlayoutDelay:
        return self._delay

    @property
    def feed(self) -> Feed | None:
        """The feed that is being sent, or will be with its first key picture."""
        return self._feed

    @property
    def stream(self) -> StreamId | None:
        """The stream that is being sent, or will be with its first key picture."""
        return None if self._feed is None else self._feed.stream

    @property
    def channel(self) -> Channel | None:
        """Where its packets come from; None before the first."""
        return self._attached

    @property
    def chooses(self) -> bool:
        """Whether main or sub is a matter of the link: its size does not settle it, nor its ticket."""
        return self.camera is not None and len(self.camera.kinds) > 1 and not self._small

    def show(self, camera: Camera | None) -> None:
        """Show a camera in place of the one so far; None is an empty tile.

        The one so far is left at once: its pictures must not be taken for the other's.
        """
        self.revoked = False
        if camera == self.camera:
            return
        self._leave_all()
        self.camera = camera
        self.shown_ns = self._clock.monotonic_ns()
        self.first_packet_ms = None
        self.reception.restart(self.shown_ns)
        self.meter.restart()
        self._choose()

    def resize(self, width: int, height: int) -> None:
        """Take the tile's size in device pixels; its stream changes with its next key picture."""
        self.size = (width, height)
        self._choose()

    def limit(self, most: StreamKind) -> None:
        """Show no more than this kind, because the link takes no more; takes hold as in `resize`."""
        if most is not self.most:
            self.most = most
            self._choose()

    def hold_back(self, delay: PlayoutDelay) -> None:
        """Tell the browser how long it may hold pictures back, from the next packet on."""
        if delay != self._delay:
            self._delay = delay
            if self.sender is not None:
                self.sender.reformat(*self._headers.of(self.sources, self._codec, delay))

    def step_out(self) -> None:
        """Tell the lockstep group that its sender goes on alone: it is about to have another pace."""
        if self.sender is not None:
            self.sender.step_out()

    def revoke(self) -> None:
        """The right to its camera has ended: empty it, and remember why."""
        self.show(None)
        self.revoked = True

    def begin(self, make: Callable[[RtpFormat, RtpFormat | None], Sender]) -> None:
        """Keys are agreed on: `make` makes the sender of these headers."""
        self.sender = make(*self._headers.of(self.sources, self._codec, self._delay))
        self._advance()

    def stop(self) -> None:
        """Send nothing more, for good."""
        self._leave_all()
        if self.sender is not None:
            self.sender.stop()

    def key_picture_wanted(self, now_ns: int) -> None:
        """The viewer cannot decode."""
        if self.sender is not None and self._attached is not None:
            group = self._channels.repeatable(self._attached)
            if not group:
                self._attached.key_wanted()
            self.sender.key_picture_wanted(group, now_ns)

    def retransmit(self, missing: Sequence[int], now_ns: int) -> None:
        """The viewer misses these packets."""
        if self.sender is not None:
            self.sender.retransmit(missing, now_ns)

    def watch_over(self, now_ns: int) -> None:
        """Once a second: measure, tidy, and leave a silent sub stream for the main one until it is back."""
        if self.sender is not None:
            self.meter.measure(self.sender, now_ns)
            self.sender.tidy()
        if self.camera is None or self._feed is None:
            return
        if self._next is None:
            kind = self._kind(self.camera)
            if self._feed.stream.kind is not kind:
                self._next = self._join(self.camera.stream(kind))
            elif kind is StreamKind.SUB and self._may_be_main(self.camera) and not self._is_fresh(self._feed):
                self._next = self._join(self.camera.stream(StreamKind.MAIN))
            else:
                return
        self._advance()

    @staticmethod
    def _may_be_main(camera: Camera) -> bool:
        return StreamKind.MAIN in camera.kinds

    def _choose(self) -> None:
        """Join the stream that fits best, and go on with the one so far until that has begun."""
        if self.camera is None:
            return
        wanted = self.camera.stream(self._kind(self.camera))
        if self._feed is None:
            self._feed = self._join(wanted)
            others = [kind for kind in self.camera.kinds if kind is not wanted.kind]
            # A sub stream has to be pulled first, while the main one is mostly there: better large than late.
            by_size = wanted.kind is StreamKind.SUB and self.most is StreamKind.MAIN
            if others and by_size and not self._feed.has_group:
                self._feed, self._next = self._join(self.camera.stream(others[0])), self._feed
        elif self._feed.stream == wanted:
            self._drop_next()
        elif self._next is None or self._next.stream != wanted:
            self._drop_next()
            self._next = self._join(wanted)
        self._advance()

    def _kind(self, camera: Camera) -> StreamKind:
        if len(camera.kinds) == 1:
            return camera.kinds[0]
        return StreamKind.SUB if self._small or self.most is StreamKind.SUB else StreamKind.MAIN

    @property
    def _small(self) -> bool:
        width, height = self.size
        return 0 < width * height <= LARGEST_SUB_PIXELS

    def _join(self, stream: StreamId) -> Feed:
        return self._channels.join(stream, self._headers.codecs, self._advance)

    def _advance(self) -> None:
        """Go as far as the feeds allow: called whenever one of them has begun or is another."""
        if self._feed is None:
            return
        if self._next is not None and self._next.refused is None and self._is_fresh(self._next):
            left, self._feed, self._next = self._feed, self._next, None
            left.channel.forget(self._advance)
            self._detach()
            self._channels.leave(left)
        if self._feed.refused is not None and self._next is None:
            self._refused(self, self._feed.refused)
            return
        self._attach(self._feed)
        for feed in (self._feed, self._next):
            if feed is not None and feed.refused is None and feed.channel is not self._attached:
                feed.channel.await_group(self._advance)

    def _is_fresh(self, feed: Feed) -> bool:
        return feed.has_group and bool(self._channels.repeatable(feed.channel))

    def _attach(self, feed: Feed) -> None:
        if self.sender is None or feed.channel is self._attached or not feed.has_group:
            return
        self._detach()
        channel = feed.channel
        channel.forget(self._advance)
        if channel.codec is not None and channel.codec is not self._codec:
            self._codec = channel.codec
            self.sender.reformat(*self._headers.of(self.sources, self._codec, self._delay))
        channel.add(self.sender, self._before)
        self.reception.begun(self._clock.monotonic_ns())
        self._attached = channel
        if self.first_packet_ms is None:
            self.first_packet_ms = (self._clock.monotonic_ns() - self.shown_ns) / 1e6

    def _detach(self) -> None:
        if self._attached is None or self.sender is None:
            return
        self._before = self._attached.moment() or self._before
        self._attached.discard(self.sender)
        self._attached = None

    def _drop_next(self) -> None:
        if self._next is not None:
            self._next.channel.forget(self._advance)
            self._channels.leave(self._next)
            self._next = None

    def _leave_all(self) -> None:
        self._drop_next()
        if self._feed is not None:
            self._feed.channel.forget(self._advance)
            self._detach()
            if self.sender is not None:
                # What waits in its queue is of the camera that is left.
                self.sender.start((), self._clock.monotonic_ns())
            self._channels.leave(self._feed)
            self._feed = None
