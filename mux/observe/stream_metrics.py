"""What Prometheus is told of each stream. Its labels are the streams being taken; others are removed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mux.sessions.page_counts import PageCounts
from mux.sessions.tile import Tile
from shared import metrics
from shared.ids import StreamId

_LABELS = ["stream"]
_FIRST_FRAME_BUCKETS_S = (0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(slots=True)
class _Sum:
    """The tiles of one stream, added up."""

    viewers: int = 0
    bits_per_second: float = 0.0
    packets: int = 0
    losses: list[float] = field(default_factory=list)
    round_trips_ms: list[float] = field(default_factory=list)

    def add(self, tile: Tile) -> None:
        self.viewers += 1
        self.bits_per_second += (tile.meter.bitrate_kbps or 0.0) * 1000
        self.packets += tile.meter.take_packets()
        if tile.reception.loss is not None:
            self.losses.append(tile.reception.loss)
        if tile.reception.rtt_ms is not None:
            self.round_trips_ms.append(tile.reception.rtt_ms)


class StreamMetrics:
    """The metrics of the streams that are watched."""

    def __init__(self) -> None:
        self._viewers = metrics.gauge("mux_stream_viewers", "Tiles that show a stream", _LABELS)
        self._bits = metrics.gauge(
            "mux_stream_bits_per_second", "RTP payload sent to all viewers of a stream", _LABELS
        )
        self._loss = metrics.gauge(
            "mux_stream_loss_ratio", "Packets lost on their way, mean of a stream's viewers", _LABELS
        )
        self._rtt = metrics.gauge(
            "mux_stream_round_trip_seconds", "Round trip, mean of a stream's viewers", _LABELS
        )
        self._packets = metrics.counter("mux_stream_packets_total", "RTP packets of a stream sent", _LABELS)
        self._freezes = metrics.counter(
            "mux_stream_freezes_total", "Freezes that pages counted of a stream", _LABELS
        )
        self._first_frame = metrics.histogram(
            "mux_stream_first_frame_seconds",
            "Time to a page's first picture of a stream, as pages measured it",
            _LABELS,
            _FIRST_FRAME_BUCKETS_S,
        )
        self._known: set[str] = set()

    def carry_over(self, taken: Iterable[StreamId], tiles: Iterable[Tile]) -> None:
        """Bring the metrics up to date, once a second: `taken` are the streams that may have any."""
        by_stream = {stream: _Sum() for stream in taken}
        for tile in tiles:
            found = None if tile.stream is None else by_stream.get(tile.stream)
            if found is not None:
                found.add(tile)
        sums = {str(stream): found for stream, found in by_stream.items()}
        for stream in self._known - set(sums):
            self._forget(stream)
        self._known = set(sums)
        for stream, found in sums.items():
            self._viewers.labels(stream).set(found.viewers)
            self._bits.labels(stream).set(found.bits_per_second)
            self._loss.labels(stream).set(_mean(found.losses))
            self._rtt.labels(stream).set(_mean(found.round_trips_ms) / 1000)
            if found.packets:
                self._packets.labels(stream).inc(found.packets)

    def page_counted(self, stream: StreamId, before: PageCounts, now: PageCounts) -> None:
        """A page's counts of one tile have come, after those of `before`."""
        label = str(stream)
        if label not in self._known:
            return
        # Fewer than before: the page has begun to count anew.
        more = now.freezes - before.freezes if now.freezes >= before.freezes else now.freezes
        if more:
            self._freezes.labels(label).inc(more)
        if now.first_frame_ms is not None and now.first_frame_ms != before.first_frame_ms:
            self._first_frame.labels(label).observe(now.first_frame_ms / 1000)

    def _forget(self, label: str) -> None:
        for metric in (self._viewers, self._bits, self._loss, self._rtt):
            metric.remove(label)
        for counted in (self._packets, self._freezes, self._first_frame):
            counted.remove(label)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
