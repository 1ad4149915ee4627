"""The channel shown in place of a stream that a browser cannot be sent: the stream through a transcoder."""

from mux.streams.channel import Channel
from mux.streams.transcoder.transcoder import Transcoder
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import Clock
from shared.reasons import Reason, why
from shared.tap import Gap
from shared.units import AccessUnit

LATE_NS = 1_500_000_000


class Transcoded:
    """A source's channel in H.264, while somebody watches it. See `mux.streams.feed.Derived`.

    `channel` is a new one, to be filled. Raises Unavailable where no more transcoders may be started.
    """

    def __init__(self, source: Channel, transcoders: Transcoders, channel: Channel, clock: Clock) -> None:
        self.channel = channel
        self._source = source
        self._transcoders = transcoders
        self._clock = clock
        self._transcoder: Transcoder = transcoders.open(source.stream, self.channel.take)
        self.channel.key_wanted = self._transcoder.key_picture_wanted
        self._since_ns = clock.monotonic_ns()

    @property
    def trouble(self) -> str | Reason:
        """Why nothing comes; empty where all is well or it is the camera that is silent."""
        if self._transcoder.trouble:
            return self._transcoder.trouble
        came_ns, now_ns = self._source.newest_ns, self._clock.monotonic_ns()
        if came_ns is None or now_ns - came_ns > LATE_NS:
            return ""
        made_ns = self.channel.newest_ns
        late_ns = now_ns - max(self._since_ns, made_ns or 0)
        if late_ns <= LATE_NS:
            return ""
        seconds = f"{late_ns / 1e9:.1f}"
        if made_ns is None:
            return why(
                "transcoder-starting",
                "the transcoder is starting: nothing has come from it for {seconds} s",
                seconds=seconds,
            )
        return why(
            "transcoder-behind",
            "the transcoder cannot keep up with the camera: nothing has come from it for {seconds} s",
            seconds=seconds,
        )

    @property
    def incomplete(self) -> bool:
        """Whether its newest picture is: the camera has no key pictures and was joined a moment ago."""
        return self._transcoder.incomplete

    def take(self, item: AccessUnit | Gap) -> None:
        """The sink of the stream's units: the recent ones from a key unit on, then the live ones."""
        self._transcoder.take(item)

    def close(self) -> None:
        """Nobody watches it any more."""
        self._transcoders.end(self._transcoder)
