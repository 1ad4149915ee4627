"""What is due by the clock rather than by a datagram or a picture."""

from mux.observe.lag import Lag
from mux.observe.metrics import MuxMetrics
from mux.observe.stream_metrics import StreamMetrics
from mux.sessions.session_registry import SessionRegistry
from mux.streams.channels import Channels
from shared.clock import Clock

_TICK_S = 0.1
_TICKS_PER_SECOND = 10
# Twice a second: who leaves moves the others into another share, which may miss its turn once.
_RIGHTS_EVERY = 5
_LATE_S = 5.0


class Ticker:
    """Ticks the session registry several times a second, and what can wait once a second."""

    def __init__(
        self,
        registry: SessionRegistry,
        channels: Channels,
        mux_metrics: MuxMetrics,
        stream_metrics: StreamMetrics,
        lag: Lag,
        clock: Clock,
    ) -> None:
        self._registry = registry
        self._channels = channels
        self._metrics = mux_metrics
        self._stream_metrics = stream_metrics
        self._lag = lag
        self._clock = clock
        self._ticked_ns = clock.monotonic_ns()

    async def run(self) -> None:
        """Tick until cancelled."""
        count = 0
        while True:
            asleep_ns = self._clock.monotonic_ns()
            await self._clock.sleep(_TICK_S)
            now_ns = self._clock.monotonic_ns()
            self._lag.note(now_ns - asleep_ns - int(_TICK_S * 1e9), now_ns)
            self._registry.tick(count % _TICKS_PER_SECOND, _TICKS_PER_SECOND)
            self._registry.watch_over(count % _TICKS_PER_SECOND, _TICKS_PER_SECOND)
            self._registry.end_rights(count % _RIGHTS_EVERY, _RIGHTS_EVERY)
            self._ticked_ns = self._clock.monotonic_ns()
            count += 1
            if count % _TICKS_PER_SECOND == 0:
                self._each_second()

    def _each_second(self) -> None:
        self._channels.release_idle()
        self._metrics.carry_over(self._registry.viewer_count, len(self._channels))
        tiles = (tile for viewer in self._registry.roster for tile in viewer.tiles.values())
        self._stream_metrics.carry_over(self._channels.streams(), tiles)

    def late(self) -> str | None:
        """For `/healthz`: why it is not well, or None."""
        behind_s = (self._clock.monotonic_ns() - self._ticked_ns) / 1e9
        return f"no tick for {behind_s:.1f} s" if behind_s > _LATE_S else None
