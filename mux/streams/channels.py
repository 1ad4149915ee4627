"""Which streams are taken from the tap: each from its first viewer on, until some time after its last.

What is derived from a stream lives as long, so that a viewer who looks away for a moment finds it running.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from mux.rtp.picture import Picture
from mux.streams.backfill import Backfill, Later
from mux.streams.channel import Channel
from mux.streams.feed import Derive, Derived, Feed, no_derivation
from shared.clock import Clock
from shared.errors import BeffroiError, Unavailable
from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.tap import Gap
from shared.units import AccessUnit, Codec

KEPT_AFTER_LAST_S = 10.0
_SILENT_NS = 1_500_000_000


class Closable(Protocol):
    def close(self) -> None: ...


Sink = Callable[[AccessUnit | Gap], None]
Subscribe = Callable[[StreamId, Sink, Callable[[bool], None]], Closable]
Make = Callable[[StreamId, Callable[[Channel], None]], Channel]
"""Builds a stream's channel, which tells by the function when its codec is known or another."""


class _Held:
    """One stream that is taken: its own channel, and the one derived from it while somebody needs that."""

    def __init__(self, stream: StreamId, make: Make, derive: Derive, clock: Clock) -> None:
        self.channel = make(stream, self._changed)
        self.feeds: dict[Feed, None] = {}
        self.subscription: Closable | None = None
        self.idle_since_ns: int | None = None
        self.unneeded_since_ns: int | None = None
        """Since when nobody has been shown what is derived; None where somebody is, or nothing is."""
        self._derive = derive
        self._clock = clock
        self._derived: Derived | None = None
        # Of streams that may have to be derived: who begins in mid-group begins with these.
        self._recent = RecentUnits()

    def take(self, item: AccessUnit | Gap) -> None:
        """The sink of the tap."""
        self.channel.take(item)
        if self.channel.sendable and self.channel.codec is Codec.H264:
            return
        if isinstance(item, AccessUnit):
            self._recent.append(item)
        if self._derived is not None:
            self._derived.take(item)

    def join(self, feed: Feed) -> None:
        self.feeds[feed] = None
        self._resolve(feed)

    def leave(self, feed: Feed) -> None:
        self.feeds.pop(feed, None)
        self._note_need()

    def retry(self) -> None:
        """Try again what was refused: there may be room now."""
        for feed in [feed for feed in self.feeds if feed.refused is not None]:
            self._resolve(feed)

    def end_derived(self) -> None:
        """End what is derived; none is no error."""
        if self._derived is not None:
            self._derived.close()
            self._derived = None
        self.unneeded_since_ns = None

    def close(self) -> None:
        self.end_derived()
        if self.subscription is not None:
            self.subscription.close()

    def _changed(self, channel: Channel) -> None:
        self._recent = RecentUnits()
        for feed in list(self.feeds):
            self._resolve(feed)
        if not self._needs_derived():
            self.end_derived()

    def _resolve(self, feed: Feed) -> None:
        was = feed.channel, feed.refused
        feed.channel, feed.refused, feed.derived = self.channel, None, None
        if not self.channel.suits(feed.codecs):
            try:
                feed.derived = self._begin_derived()
                feed.channel = feed.derived.channel
            except BeffroiError as error:
                feed.refused = error
        self._note_need()
        # A refusal tried again is no news: whoever was told of it knows.
        if (feed.channel, feed.refused is None) != (was[0], was[1] is None):
            feed.told()

    def _begin_derived(self) -> Derived:
        if self._derived is None:
            self._derived = self._derive(self.channel)
            for unit in self._recent.snapshot():
                self._derived.take(unit)
        return self._derived

    def _needs_derived(self) -> bool:
        return any(feed.transcoded for feed in self.feeds)

    def _note_need(self) -> None:
        if self._derived is None or self._needs_derived():
            self.unneeded_since_ns = None
        elif self.unneeded_since_ns is None:
            self.unneeded_since_ns = self._clock.monotonic_ns()


class Channels:
    """The streams being watched. `subscribe` asks the tap for a stream, `make` builds its channel, and
    `derive` begins what is shown in place of a stream that its viewers cannot be sent as it is. `later` calls
    a function after some seconds."""

    def __init__(
        self,
        subscribe: Subscribe,
        make: Make,
        clock: Clock,
        later: Later,
        derive: Derive = no_derivation,
    ) -> None:
        self._subscribe = subscribe
        self._make = make
        self._clock = clock
        self._later = later
        self._derive = derive
        self._held: dict[StreamId, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def known(self, stream: StreamId) -> Channel | None:
        """The channel of a stream that is being taken, or None."""
        held = self._held.get(stream)
        return None if held is None else held.channel

    def streams(self) -> list[StreamId]:
        """The streams being taken."""
        return list(self._held)

    def repeatable(self, channel: Channel) -> Sequence[Picture]:
        """What may be sent again to a viewer who cannot decode: the current group, while the camera sends.

        It is empty once the camera has been silent for a while: old pictures would look like live ones.
        """
        if channel.newest_ns is None or self._clock.monotonic_ns() - channel.newest_ns > _SILENT_NS:
            return ()
        return channel.group.pictures

    def join(self, stream: StreamId, codecs: frozenset[Codec], told: Callable[[], None]) -> Feed:
        """The feed of one more viewer, who takes pictures in these codecs. `told` is called whenever the feed
        has another channel.

        The tap is asked for the stream now if it is not yet taken. Whether the stream itself suits is known
        with its first unit.
        """
        held = self._held.get(stream)
        if held is None:
            held = self._held[stream] = _Held(stream, self._make, self._derived_from, self._clock)
            backfill = Backfill(held.channel, self._clock, self._later)
            held.subscription = self._subscribe(stream, held.take, backfill.told)
        held.idle_since_ns = None
        feed = Feed(stream, codecs, held.channel, lambda: None)
        held.join(feed)
        feed.told = told
        return feed

    def leave(self, feed: Feed) -> None:
        """One viewer less. Its sender has been taken off the channel before."""
        held = self._held.get(feed.stream)
        if held is None:
            return
        held.leave(feed)
        if not held.feeds:
            held.idle_since_ns = self._clock.monotonic_ns()

    def release_idle(self) -> None:
        """Leave the streams nobody has watched for KEPT_AFTER_LAST_S, and try again what was refused."""
        for stream, held in list(self._held.items()):
            held.retry()
            if self._is_over(held.unneeded_since_ns):
                held.end_derived()
            if self._is_over(held.idle_since_ns):
                held.close()
                del self._held[stream]

    def _is_over(self, since_ns: int | None) -> bool:
        return since_ns is not None and self._clock.monotonic_ns() - since_ns >= KEPT_AFTER_LAST_S * 1e9

    def _derived_from(self, source: Channel) -> Derived:
        """A derivation of a stream; where there is no room, in place of the one unneeded for longest."""
        try:
            return self._derive(source)
        except Unavailable:
            unneeded = [held for held in self._held.values() if held.unneeded_since_ns is not None]
            if not unneeded:
                raise
            min(unneeded, key=lambda held: held.unneeded_since_ns or 0).end_derived()
            return self._derive(source)

    def close(self) -> None:
        """Leave all streams."""
        for held in self._held.values():
            held.close()
        self._held.clear()
