"""Who watches what, as the muxes tell it, and the part of it that somebody may see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from control_room.access.rights import Facts, Right, communes, decide
from control_room.model.people import Person
from shared.errors import BadInput
from shared.reasons import Reason, from_wire, why


@dataclass(frozen=True, slots=True)
class WatchedTile:
    """One picture of a viewer: what is shown, how it arrives, why it is stale. None is not known."""

    mid: str
    camera: str | None = None
    kind: str | None = None
    codec: str | None = None
    transcoded: bool = False
    bitrate_kbps: float | None = None
    loss: float | None = None
    stale: str | None = None
    reason: str = ""
    first_packet_ms: float | None = None
    first_frame_ms: float | None = None
    freezes: int | None = None
    freeze_ms: float | None = None
    dropped: int | None = None
    why: dict[str, object] | None = None

    @property
    def told(self) -> Reason | None:
        """`reason` with its code, None where the mux gives none that can be."""
        return (
            None if self.why is None else from_wire(self.why.get("code"), self.why.get("params"), self.reason)
        )

    @property
    def commune(self) -> str:
        """Of the camera shown, empty where the tile is."""
        return (self.camera or "").partition("/")[0]

    @property
    def camera_id(self) -> str:
        """Of the camera shown, empty where the tile is."""
        return (self.camera or "").partition("/")[2]


@dataclass(frozen=True, slots=True)
class Watcher:
    """A viewer's connection at a mux. `id`, the secret part of its path there, is told to nobody.

    `subject` is the person, `session` their session.
    """

    id: str
    session: str
    subject: str
    rtt_ms: float | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    available_kbps: float | None = None
    tiles: tuple[WatchedTile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Watchers:
    viewers: tuple[Watcher, ...]


_WATCHERS = TypeAdapter(_Watchers)


def read_watchers(body: bytes) -> tuple[Watcher, ...]:
    """Everybody a mux serves, as it tells them in JSON. Raises BadInput naming the part it cannot read."""
    try:
        return _WATCHERS.validate_json(body).viewers
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise BadInput(why("answer-part-wrong", "viewers: {part} is wrong", part=where or "body")) from error


def visible(person: Person, watchers: Iterable[Watcher], at: datetime) -> Iterator[Watcher]:
    """The viewers `person` may see `at` a time: only tiles of cameras in reach, and no viewer without one."""
    for watcher in watchers:
        tiles = tuple(tile for tile in watcher.tiles if tile.camera and _may_see(person, tile.commune, at))
        if tiles:
            yield replace(watcher, tiles=tiles)


def _may_see(person: Person, commune: str, at: datetime) -> bool:
    return decide(Facts(person, communes(commune)), Right.SEE_VIEWER, at).allowed
