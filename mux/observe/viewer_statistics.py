"""Measures what a viewer can be told of its tiles: figures, and why a picture is stale."""

from collections.abc import Iterable
from dataclasses import fields

from mux.sessions.tile import Tile
from mux.sessions.viewer import Viewer
from shared.messages.live import NamedViewer, Stale, TileStatistics, ViewerStatistics
from shared.reasons import Reason, why

SILENT_NS = 1_500_000_000
LOSSY = 0.10
_UNREPORTED_NS = 5_000_000_000
_BACKLOG_NS = 1_000_000_000
_DIGITS = 3


def named(viewer: Viewer, statistics: ViewerStatistics) -> NamedViewer:
    """A viewer's statistics with the person whose viewer it is."""
    identity = viewer.identity
    its = {field.name: getattr(statistics, field.name) for field in fields(ViewerStatistics)}
    return NamedViewer(
        **its, id=identity.id, session=identity.session, subject=identity.subject, wall=viewer.wall
    )


def statistics_of(viewer: Viewer, now_ns: int, *, loop_late: bool) -> ViewerStatistics:
    """A viewer's statistics at `now_ns`."""
    tiles = list(viewer.tiles.values())
    shown = [tile for tile in tiles if tile.camera is not None]
    available = None if viewer.available_bps is None else viewer.available_bps / 1000
    delay = tiles[0].delay
    return ViewerStatistics(
        rtt_ms=_rounded(_mean(tile.reception.rtt_ms for tile in shown)),
        jitter_ms=_rounded(_mean(tile.reception.jitter_ms for tile in shown)),
        loss=_rounded(_mean(tile.reception.loss for tile in shown)),
        bitrate_kbps=_rounded(_sum(tile.meter.bitrate_kbps for tile in shown)),
        available_kbps=_rounded(available),
        delay_ms=(delay.least_10ms * 10, delay.most_10ms * 10),
        tiles=tuple(_tile(tile, now_ns, loop_late=loop_late) for tile in tiles),
    )


def _tile(tile: Tile, now_ns: int, *, loop_late: bool) -> TileStatistics:
    stale, told = staleness(tile, now_ns, loop_late=loop_late)
    feed, channel = tile.feed, tile.channel
    return TileStatistics(
        mid=tile.mid,
        camera=None if tile.camera is None else tile.camera.path,
        kind=None if feed is None else feed.stream.kind.value,
        codec=None if channel is None or channel.codec is None else channel.codec.value,
        transcoded=feed is not None and feed.transcoded,
        bitrate_kbps=_rounded(tile.meter.bitrate_kbps),
        loss=_rounded(tile.reception.loss),
        stale=stale,
        reason=str(told),
        first_packet_ms=_rounded(tile.first_packet_ms),
        first_frame_ms=_rounded(tile.page.first_frame_ms),
        freezes=tile.page.freezes,
        freeze_ms=tile.page.freeze_ms,
        dropped=tile.page.dropped,
        why=told.wire() if isinstance(told, Reason) else None,
        incomplete=feed is not None and feed.incomplete,
    )


def staleness(tile: Tile, now_ns: int, *, loop_late: bool) -> tuple[Stale | None, str | Reason]:
    """Why a tile's picture stands still, nearest cause first, and what is to be said of it."""
    if tile.revoked:
        return Stale.RIGHT, why("tile-right-over", "the right to see this camera has ended")
    feed = tile.feed
    if feed is None:
        return None, ""
    if feed.trouble:
        return Stale.TRANSCODER, feed.trouble
    # The stream's own channel when nothing is sent yet: of that it is known whether the camera sends.
    channel = tile.channel or feed.channel
    quiet_ns = now_ns - (tile.shown_ns if channel.newest_ns is None else channel.newest_ns)
    if quiet_ns > SILENT_NS:
        return Stale.CAMERA, why(
            "tile-camera-quiet",
            "nothing has come from the camera for {seconds} s",
            seconds=f"{quiet_ns / 1e9:.1f}",
        )
    if loop_late:
        return Stale.MUX, why("tile-server-late", "the server was late: it has more to do than it can")
    return _link(tile, now_ns)


def _link(tile: Tile, now_ns: int) -> tuple[Stale | None, str | Reason]:
    if tile.sender is None:
        if now_ns - tile.shown_ns > SILENT_NS:
            return Stale.LINK, why("tile-link-awaited", "the connection has not come about yet")
        return None, ""
    loss, heard_ns = tile.reception.loss, tile.reception.heard_ns
    if loss is not None and loss > LOSSY:
        percent = f"{loss:.0%}".removesuffix("%")
        return Stale.LINK, why(
            "tile-packets-lost", "{percent}% of the packets are lost on their way", percent=percent
        )
    skipped_ns = tile.sender.skipped_ns
    if skipped_ns is not None and now_ns - skipped_ns < SILENT_NS:
        return Stale.LINK, why(
            "tile-link-narrow",
            "the link takes less than the stream needs: it goes on at the next key picture",
        )
    if tile.meter.backlog_ns is not None and now_ns - tile.meter.backlog_ns >= _BACKLOG_NS:
        queued = tile.sender.queued_packets
        return Stale.LINK, why("tile-packets-wait", "{packets} packets wait to be sent", packets=queued)
    since_ns = tile.shown_ns if heard_ns is None else heard_ns
    if tile.sender.packets and now_ns - since_ns > _UNREPORTED_NS:
        return Stale.LINK, why(
            "tile-browser-silent",
            "the browser has not reported for {seconds} s",
            seconds=round((now_ns - since_ns) / 1e9),
        )
    return None, ""


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Iterable[float | None]) -> float | None:
    known = _known(values)
    return sum(known) / len(known) if known else None


def _sum(values: Iterable[float | None]) -> float | None:
    known = _known(values)
    return sum(known) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
