"""Which streams are taken from the tap: each from its first viewer on, until some time after its last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mux.channel import Channel
from mux.picture import Picture
from mux.sender import Sender
from shared.clock import Clock
from shared.ids import StreamId
from shared.tap import Gap
from shared.units import AccessUnit

KEPT_AFTER_LAST_S = 10.0
_SILENT_NS = 1_500_000_000


class Closable(Protocol):
    def close(self) -> None: ...


Subscribe = Callable[[StreamId, Callable[[AccessUnit | Gap], None]], Closable]


@dataclass(slots=True)
class _Held:
    channel: Channel
    subscription: Closable
    viewers: int = 0
    idle_since_ns: int | None = None


class Channels:
    """The streams being watched. `subscribe` asks the tap for one, `make` builds a stream's channel."""

    def __init__(self, subscribe: Subscribe, make: Callable[[StreamId], Channel], clock: Clock) -> None:
        self._subscribe = subscribe
        self._make = make
        self._clock = clock
        self._held: dict[StreamId, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def known(self, stream: StreamId) -> Channel | None:
        """The channel of a stream that is being taken, or None."""
        held = self._held.get(stream)
        return None if held is None else held.channel

    def newest(self, stream: StreamId) -> tuple[int, int] | None:
        """Time and capture of a stream's newest picture."""
        held = self._held.get(stream)
        return None if held is None else held.channel.newest

    def repeatable(self, stream: StreamId) -> Sequence[Picture]:
        """What may be sent again to a viewer who cannot decode: the current group, while the camera sends.

        Empty once it has been silent for a while: old pictures sent again would look like live ones.
        """
        held = self._held.get(stream)
        if held is None or self._clock.monotonic_ns() - held.channel.newest_ns > _SILENT_NS:
            return ()
        return held.channel.group.pictures

    def join(self, stream: StreamId) -> None:
        """One viewer more, who will get pictures once its sender is started."""
        held = self._held.get(stream)
        if held is None:
            channel = self._make(stream)
            held = self._held[stream] = _Held(channel, self._subscribe(stream, channel.take))
        held.viewers += 1
        held.idle_since_ns = None

    def start(self, stream: StreamId, sender: Sender) -> None:
        """The viewer can be sent pictures now. It has joined before."""
        self._held[stream].channel.add(sender)

    def leave(self, stream: StreamId, sender: Sender | None) -> None:
        """One viewer less."""
        held = self._held[stream]
        if sender is not None:
            held.channel.discard(sender)
        held.viewers -= 1
        if held.viewers == 0:
            held.idle_since_ns = self._clock.monotonic_ns()

    def release_idle(self) -> None:
        """Leave the streams nobody has watched for KEPT_AFTER_LAST_S."""
        now_ns = self._clock.monotonic_ns()
        for stream, held in list(self._held.items()):
            if held.idle_since_ns is not None and now_ns - held.idle_since_ns >= KEPT_AFTER_LAST_S * 1e9:
                held.subscription.close()
                del self._held[stream]

    def close(self) -> None:
        """Leave all streams."""
        for held in self._held.values():
            held.subscription.close()
        self._held.clear()
