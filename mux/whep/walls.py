"""What the owner of a WHEP session, or control_room, asks of it after it was let in."""

from collections.abc import Sequence
from dataclasses import dataclass

from mux.observe.lag import Lag
from mux.observe.stream_metrics import StreamMetrics
from mux.observe.viewer_statistics import named, statistics_of
from mux.sdp.fragment import render_fragment
from mux.sdp.offer import IceUser
from mux.sessions.admission import Admission, etag_of
from mux.sessions.page_counts import PageCounts
from mux.sessions.session_registry import SessionRegistry
from mux.sessions.tile import Tile
from mux.sessions.viewer import Viewer
from mux.streams.camera import Camera
from shared.clock import Clock
from shared.errors import BadInput, Conflict, PreconditionFailed, PreconditionNeeded, TicketRefused
from shared.messages.live import MuxLoad, NamedViewers, ViewerStatistics
from shared.reasons import why
from shared.tickets import Ticket

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Wish:
    """What one tile is to be. `camera` is `commune/camera`, None for an empty tile; it counts only where
    `shows` is true, as the size counts only where there is one."""

    mid: str
    shows: bool = False
    camera: str | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """The outcome of a PATCH: the ICE session's tag, and our fragment where a new one began."""

    etag: str
    fragment: str | None


class Walls:
    """Sessions after their beginning."""

    def __init__(
        self,
        registry: SessionRegistry,
        admission: Admission,
        stream_metrics: StreamMetrics,
        lag: Lag,
        clock: Clock,
    ):
        self._registry = registry
        self._admission = admission
        self._metrics = stream_metrics
        self._lag = lag
        self._clock = clock

    def arrange(self, id: str, ticket: Ticket | None, wishes: Sequence[Wish]) -> ViewerStatistics:
        """Give tiles other cameras or sizes; tiles that are not named stay. All wishes are granted, or none.

        A ticket is needed to show a camera. The session's owner may resize and empty tiles without one.

        Raises NotFound, Conflict for a session that is no wall, TicketRefused for a ticket of another
        signed-in session or a camera that is not in it, BadInput for a tile there is not.
        """
        viewer = self._registry.roster.named(id)
        if not viewer.wall:
            raise Conflict(
                why(
                    "view-no-wall",
                    "this session shows one stream for good: only a wall's tiles can be changed",
                )
            )
        if ticket is not None:
            if ticket.session != viewer.identity.session:
                raise TicketRefused(
                    why(
                        "wall-other-session",
                        "the ticket belongs to another signed-in session than this wall",
                    )
                )
            self._registry.check(ticket)
        changes: list[tuple[Tile, Wish]] = []
        for wish in wishes:
            if wish.camera is not None and (ticket is None or wish.camera not in ticket.cameras):
                raise TicketRefused(
                    why(
                        "ticket-other-camera",
                        "the ticket does not name the camera {camera}",
                        camera=wish.camera,
                    )
                )
            if (
                wish.camera is not None
                and ticket is not None
                and not self._registry.opens(ticket, wish.camera)
            ):
                raise TicketRefused(
                    why(
                        "right-camera-ended",
                        "the right to {camera} has ended since the ticket was given",
                        camera=wish.camera,
                    )
                )
            changes.append((self._tile(viewer, wish.mid), wish))
        if ticket is not None and ticket.issued_ms > viewer.ticket.issued_ms:
            viewer.ticket = ticket
        for tile, wish in changes:
            # The size first: the camera then begins with the stream that fits.
            if wish.size is not None:
                tile.resize(*wish.size)
            if wish.shows:
                tile.show(None if wish.camera is None else Camera.at(wish.camera))
        return self._statistics(viewer)

    def reported(self, id: str, counts: dict[str, PageCounts]) -> ViewerStatistics:
        """Take what the page counts of its tiles. Raises NotFound, BadInput for a tile there is not."""
        viewer = self._registry.roster.named(id)
        tiles = [(self._tile(viewer, mid), said) for mid, said in counts.items()]
        for tile, said in tiles:
            if tile.stream is not None:
                self._metrics.page_counted(tile.stream, tile.page, said)
            tile.page = said
        return self._statistics(viewer)

    def renew(self, id: str, remote: IceUser | None, if_match: str | None) -> Renewed:
        """Restart ICE where the fragment is of a new ICE session (RFC 9725 section 4.3.3).

        Raises NotFound, PreconditionNeeded without If-Match, PreconditionFailed for that of an earlier one.
        """
        viewer = self._registry.roster.named(id)
        etag = etag_of(viewer.renewed or viewer.credentials)
        if if_match is None:
            raise PreconditionNeeded(
                "say which ICE session is meant: If-Match with its ETag, or * to restart"
            )
        if if_match.strip() not in (_ANY, etag):
            raise PreconditionFailed(
                "the ICE session has been restarted since: If-Match names an earlier one"
            )
        if remote is None or remote == viewer.remote:
            return Renewed(etag, None)
        before = viewer.ufrags
        ours = self._admission.credentials()
        viewer.restart_ice(remote, ours)
        self._registry.roster.rename(viewer, before)
        first = next(iter(viewer.tiles))
        return Renewed(etag_of(ours), render_fragment(ours, self._admission.public, first))

    def load(self) -> MuxLoad:
        """How busy this process is, for control_room, which spreads viewers over several."""
        viewers = list(self._registry.roster)
        return MuxLoad(
            viewers=len(viewers),
            most_viewers=self._registry.most_viewers,
            sessions=len({viewer.identity.session for viewer in viewers}),
            tiles=sum(tile.camera is not None for viewer in viewers for tile in viewer.tiles.values()),
        )

    def everybody(self) -> NamedViewers:
        """All viewers, each with the person whose it is."""
        return NamedViewers(
            tuple(named(viewer, self._statistics(viewer)) for viewer in self._registry.roster)
        )

    def _statistics(self, viewer: Viewer) -> ViewerStatistics:
        now_ns = self._clock.monotonic_ns()
        return statistics_of(viewer, now_ns, loop_late=self._lag.late(now_ns))

    @staticmethod
    def _tile(viewer: Viewer, mid: str) -> Tile:
        tile = viewer.tiles.get(mid)
        if tile is None:
            raise BadInput(
                why("wall-no-tile", "the session has no tile with the mid {mid}", mid=repr(mid[:40])), "mid"
            )
        return tile
