"""Who watches what, on the wire. Null is not known."""

from pydantic import Field

from control_room.http.schemas.common import Response, Why
from control_room.live.placement import MuxHealth


class MuxView(Response):
    """A process that serves live pictures."""

    url: str = Field(examples=["https://mux.example"])
    health: MuxHealth
    reason: str = Field(description="What is wrong, empty where all is well.")
    why: Why | None = Field(None, description="`reason` as a code with parameters.")
    viewers: int | None
    most_viewers: int | None


class ViewerTile(Response):
    """One picture of a viewer."""

    camera: str = Field(description="Camera id.", examples=["cam-3kf9a0q2zd"])
    commune: str
    kind: str | None = Field(examples=["main", "sub"])
    codec: str | None
    transcoded: bool
    bitrate_kbps: float | None
    loss: float | None = Field(description="Part of the packets, 0 to 1.")
    freezes: int | None = Field(description="As the browser counts them.")
    freeze_ms: float | None
    dropped: int | None = Field(description="Pictures the browser dropped.")
    first_packet_ms: float | None
    first_frame_ms: float | None = Field(description="From the request to the first picture, in the browser.")
    stale: str | None = Field(
        description="Whose fault a stale picture is, null while it is fresh.",
        examples=["camera", "link", "mux", "right", "transcoder"],
    )
    reason: str = Field(description="The same in words.")
    why: Why | None = Field(None, description="`reason` as a code with parameters.")


class ViewerPerson(Response):
    """Somebody who watches; told only to who manages people."""

    id: str
    login: str
    name: str


class ViewerView(Response):
    """One connection: a single picture, or a wall."""

    id: str = Field(description="Tells viewers apart; it opens nothing.")
    person: ViewerPerson | None
    mux: str
    rtt_ms: float | None
    jitter_ms: float | None
    loss: float | None
    available_kbps: float | None
    tiles: list[ViewerTile]


class Viewers(Response):
    """All that could be learned; a mux that does not answer is named with its reason."""

    muxes: list[MuxView]
    viewers: list[ViewerView]
