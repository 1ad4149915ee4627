"""One viewer's link and what follows from it: playout delay, pace, and which tiles show the sub stream.

Pure functions (`mux.congestion`, `mux.fanout.token_bucket`) decide each time a receiver report has come. This
module keeps what they decide by, and carries out what they decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mux.congestion.bandwidth_allocation import Demand, limited
from mux.congestion.bandwidth_estimate import BandwidthEstimate, Sample, sampled
from mux.congestion.playout import Heard, Playout, heard_more
from mux.congestion.reception import Reception
from mux.counts import Counts
from mux.fanout.token_bucket import CAREFUL, NEAR, NEAR_NS, TokenBucket, pace_of
from mux.rtp.header import PlayoutDelay
from mux.sessions.tile import Tile
from shared.ids import StreamKind

_FRESH_NS = 3_000_000_000
# Browsers report up to five times a second: the share that so few packets lose is a matter of luck.
_SHORTEST_SPAN_NS = 900_000_000
# On a link without trouble there is nothing to choose: it is looked at in full now and then only.
_CALM_SPAN_NS = 10_000_000_000
_CALM_JITTER_MS = 5.0
_CALM_LOSS = 0.001
_HEADER_BYTES = 64
_NEAR_MS = 10.0
_LOSSY = 0.01
_WEIGHT = 0.3
_MAIN_BPS, _SUB_SHARE = 2_500_000.0, 1 / 6


@dataclass(frozen=True, slots=True)
class PlayoutBounds:
    """The least every browser holds pictures back, and the most any does, in milliseconds."""

    least_ms: int = 0
    most_ms: int = 500

    def of(self, wanted_ms: int) -> PlayoutDelay:
        """What a browser is told; on a bad link it may take more than the least where it sees the need."""
        chosen_ms = min(self.most_ms, max(self.least_ms, wanted_ms))
        return PlayoutDelay(chosen_ms // 10, self.most_ms // 10 if chosen_ms else 0)


class _Rates:
    """What the two streams of a tile's camera need, as far as they have been sent."""

    __slots__ = ("_camera", "_octets", "_stream", "bps")

    def __init__(self) -> None:
        self.bps: dict[StreamKind, float] = {}
        self._camera: str | None = None
        self._stream: str | None = None
        self._octets = 0

    def measure(self, tile: Tile, span_ns: int) -> None:
        """Look at how much more the tile's stream has brought."""
        path = None if tile.camera is None else tile.camera.path
        if path != self._camera:
            self._camera, self.bps = path, {}
        if tile.channel is None or tile.stream is None:
            self._stream = None
            return
        stream, octets = str(tile.stream), tile.channel.octets
        if stream == self._stream and octets >= self._octets:
            bps, kind = (octets - self._octets) * 8e9 / span_ns, tile.stream.kind
            before = self.bps.get(kind, bps)
            self.bps[kind] = before + (bps - before) * _WEIGHT
        self._stream, self._octets = stream, octets

    def now(self, tile: Tile) -> float:
        """What the stream needs that the tile shows."""
        return 0.0 if tile.stream is None else self.bps.get(tile.stream.kind, 0.0)

    def demand(self, tile: Tile) -> Demand:
        """What it needs in either stream; what was never sent is guessed."""
        main = self.bps.get(StreamKind.MAIN, _MAIN_BPS)
        width, height = tile.size
        return Demand(tile.mid, main, self.bps.get(StreamKind.SUB, main * _SUB_SHARE), width * height)


class Adaptation:
    """The link of one viewer. All its tiles share it."""

    def __init__(self, bounds: PlayoutBounds, counts: Counts) -> None:
        self.bucket = TokenBucket(CAREFUL)
        self.delay = bounds.of(0)
        self._bounds = bounds
        self._counts = counts
        self._playout = Playout()
        self._estimate = BandwidthEstimate()
        self._near = False
        self._rates: dict[str, _Rates] = {}
        self._down: frozenset[str] = frozenset()
        self._sampled_ns: int | None = None
        self._chosen_ns = 0
        self._sent = (0, 0, 0)

    @property
    def capacity_bps(self) -> float | None:
        """What the downlink takes; None where it has not proven too small."""
        return self._estimate.capacity_bps

    def connected(self, handshake_ns: int) -> None:
        """The handshake has taken so long, a round trip and what the browser computed."""
        self._near = handshake_ns < NEAR_NS
        self.bucket.pace = NEAR if self._near else CAREFUL

    def reported(self, tiles: Sequence[Tile], available_bps: int | None, now_ns: int) -> None:
        """Receiver reports have come: choose anew."""
        span_ns = now_ns - (self._sampled_ns or 0)
        if self._sampled_ns is not None and span_ns < _SHORTEST_SPAN_NS:
            return
        first, self._sampled_ns = self._sampled_ns is None, now_ns
        packets, octets, lost = self._since(tiles)
        chosen_span_ns = now_ns - self._chosen_ns
        if chosen_span_ns < _CALM_SPAN_NS and self._is_calm(tiles):
            return
        self._chosen_ns = now_ns
        for tile in tiles:
            self._rates.setdefault(tile.mid, _Rates()).measure(tile, chosen_span_ns)
        if first:
            return
        heard = heard_of(tiles, now_ns)
        bps = (octets + packets * _HEADER_BYTES) * 8e9 / span_ns
        loss = min(1.0, max(0, lost) / packets) if packets else None
        sample = Sample(now_ns, bps, packets, loss, heard.rtt_ms, available_bps)
        self._estimate = sampled(self._estimate, sample)
        self._hold_back(tiles, replace(heard, least_rtt_ms=self._estimate.least_rtt_ms))
        self._set_pace(tiles, heard)
        self._allocate(tiles)

    def _is_calm(self, tiles: Sequence[Tile]) -> bool:
        """Whether nothing is lost or late on the viewer's way, nor held back because of what was."""
        if self._estimate.troubled or self._playout.delay_ms or self._playout.more:
            return False
        return all(_calm(tile.reception) for tile in tiles)

    def _since(self, tiles: Sequence[Tile]) -> tuple[int, int, int]:
        """Packets and bytes sent, and packets lost, since the call before."""
        packets = octets = lost = 0
        for tile in tiles:
            lost += tile.reception.total_lost
            sender = tile.sender
            if sender is not None:
                packets += sender.packets
                octets += sender.octets
        before, self._sent = self._sent, (packets, octets, lost)
        return packets - before[0], octets - before[1], lost - before[2]

    def _hold_back(self, tiles: Iterable[Tile], heard: Heard) -> None:
        self._playout = heard_more(self._playout, heard)
        delay = self._bounds.of(self._playout.delay_ms)
        if delay == self.delay:
            return
        self.delay = delay
        self._counts.delay_changes += 1
        for tile in tiles:
            tile.hold_back(delay)

    def _set_pace(self, tiles: Iterable[Tile], heard: Heard) -> None:
        if heard.loss is not None and heard.loss >= _LOSSY:
            self._near = False
        elif heard.rtt_ms is not None:
            self._near = heard.rtt_ms < _NEAR_MS
        pace = pace_of(near=self._near, capacity_bps=self._estimate.capacity_bps)
        if pace == self.bucket.pace:
            return
        for tile in tiles:
            tile.step_out()
        self.bucket.pace = pace

    def _allocate(self, tiles: Sequence[Tile]) -> None:
        """Send tiles down to their sub streams, or up again. Tiles that fit the sub stream anyway stay."""
        choosing = [tile for tile in tiles if tile.chooses]
        demands = [self._rates[tile.mid].demand(tile) for tile in choosing]
        fixed_bps = sum(self._rates[tile.mid].now(tile) for tile in tiles if tile not in choosing)
        down = limited(demands, fixed_bps, self._estimate.capacity_bps, self._down)
        self._counts.switched_down += len(down - self._down)
        self._counts.switched_up += len(self._down - down)
        self._down = down
        for tile in choosing:
            tile.limit(StreamKind.SUB if tile.mid in down else StreamKind.MAIN)


def _calm(reception: Reception) -> bool:
    if reception.heard_ns is None:
        return True
    jitter_ms, rtt_ms = reception.link_jitter_ms or 0.0, reception.rtt_ms or 0.0
    return jitter_ms < _CALM_JITTER_MS and rtt_ms < _NEAR_MS and (reception.loss or 0.0) < _CALM_LOSS


def heard_of(tiles: Iterable[Tile], now_ns: int) -> Heard:
    """What the tiles' fresh reports say of the link they share."""
    fresh = _fresh(tiles, now_ns)
    return Heard(
        now_ns,
        _mean((tile.reception.rtt_ms, 1.0) for tile in fresh),
        _mean((tile.reception.link_jitter_ms, 1.0) for tile in fresh),
        _mean((tile.reception.loss, tile.meter.bitrate_kbps or 1.0) for tile in fresh),
    )


def _fresh(tiles: Iterable[Tile], now_ns: int) -> list[Tile]:
    heard = [(tile, tile.reception.heard_ns) for tile in tiles]
    return [tile for tile, heard_ns in heard if heard_ns is not None and now_ns - heard_ns < _FRESH_NS]


def _mean(weighted: Iterable[tuple[float | None, float]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None]
    weights = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / weights if weights else None
