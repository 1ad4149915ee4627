"""When a viewer is told the UTC of its tiles' pictures: soon and often at first, then now and then."""

from collections.abc import Sequence
from weakref import ref

from mux.sessions.tile import Tile
from mux.streams.channel import Channel

_REPORT_NS = 1_000_000_000
# The tiles of a wall share one path: four of them report a second, so that many cost little.
_TILES_A_SECOND = 4
# RFC 3550 section 6.2 has five seconds between reports. A browser needs two to tell a picture's time.
_SETTLED_NS = 5_000_000_000
_SOON = 3
# Viewers are looked at about once a second: what is due a little later is due now.
_EARLY_NS = 200_000_000


class ReportTurns:
    """The turns of a viewer's tiles, spread so that they do not come together."""

    __slots__ = ("_due_ns", "_every_ns", "_said")

    def __init__(self, tiles: Sequence[Tile], now_ns: int) -> None:
        self._every_ns = min(_SETTLED_NS, _REPORT_NS * max(1, len(tiles) // _TILES_A_SECOND))
        self._due_ns = {
            tile: now_ns + number * self._every_ns // len(tiles) for number, tile in enumerate(tiles)
        }
        # Weak: a stream that a tile has left must not keep its pictures for as long as the viewer stays.
        self._said: dict[Tile, tuple[ref[Channel], int]] = {}
        """Of each tile, what was reported on last, and how often."""

    def due(self, now_ns: int) -> list[Tile]:
        """The tiles with something to report on whose turn has come."""
        return [tile for tile, due_ns in self._due_ns.items() if self._is_due(tile, due_ns, now_ns)]

    def said(self, tile: Tile, channel: Channel, now_ns: int) -> None:
        """A tile's report on a channel goes out now."""
        said = self._said.get(tile)
        times = said[1] + 1 if said is not None and said[0]() is channel else 1
        self._said[tile] = ref(channel), times
        every_ns = self._every_ns if times < _SOON else _SETTLED_NS
        self._due_ns[tile] = max(self._due_ns[tile], now_ns - _EARLY_NS) + every_ns

    def _is_due(self, tile: Tile, due_ns: int, now_ns: int) -> bool:
        channel = tile.channel
        if tile.sender is None or channel is None or channel.newest is None:
            return False
        if now_ns >= due_ns - _EARLY_NS:
            return True
        said = self._said.get(tile)
        # Another stream's times have nothing to do with those told before.
        return said is not None and said[0]() is not channel
