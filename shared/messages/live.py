"""What a mux tells control_room of its viewers and its load, and each viewer's page of its own tiles."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.reasons import Reason, from_wire

_Count = Annotated[int, Field(ge=0)]


class Stale(StrEnum):
    """Who is to blame for a picture that stands still."""

    CAMERA = "camera"
    LINK = "link"
    MUX = "mux"
    RIGHT = "right"
    TRANSCODER = "transcoder"


@dataclass(frozen=True, slots=True)
class TileStatistics:
    """One tile of a viewer. None is unknown; `camera` is `commune/camera`, None for an empty tile.

    `stale` is one of `Stale`; a word of a mux of another version is passed on as it is. `reason` is a
    sentence, empty where there is nothing to say; `why` is the same as a code with parameters, where it has
    one. `first_frame_ms` to `dropped` are the page's counts.
    """

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
    incomplete: bool = False

    @property
    def told(self) -> Reason | None:
        """`reason` with its code, None where the mux gives none that can be read."""
        return (
            None if self.why is None else from_wire(self.why.get("code"), self.why.get("params"), self.reason)
        )

    @property
    def commune(self) -> str:
        """The commune of the camera shown; empty where the tile is."""
        return (self.camera or "").partition("/")[0]

    @property
    def camera_id(self) -> str:
        """The camera shown, without its commune; empty where the tile is."""
        return (self.camera or "").partition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerStatistics:
    """One viewer's connection: the path that all its tiles share, and each tile. None is unknown.

    `delay_ms` is the least and most that its browser may hold a picture back.
    """

    rtt_ms: float | None = None
    jitter_ms: float | None = None
    loss: float | None = None
    bitrate_kbps: float | None = None
    available_kbps: float | None = None
    delay_ms: tuple[int, int] = (0, 0)
    tiles: tuple[TileStatistics, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedViewer(ViewerStatistics):
    """A viewer as control_room is told of it. `subject` is the person, `session` their signed-in session.

    `id`, the WHEP session, is the secret part of its path at the mux: control_room tells it to nobody.
    """

    id: str
    session: str
    subject: str
    wall: bool = False


@dataclass(frozen=True, slots=True)
class NamedViewers:
    """All viewers of one mux."""

    viewers: tuple[NamedViewer, ...]


@dataclass(frozen=True, slots=True)
class MuxLoad:
    """How much a mux serves: viewers (connections) of the most it may, the signed-in sessions they belong to,
    and the tiles that show a camera."""

    viewers: _Count
    most_viewers: Annotated[int, Field(ge=1)]
    sessions: _Count = 0
    tiles: _Count = 0
