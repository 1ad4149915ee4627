"""What ingest needs of the world outside: something that opens a camera's address and gives its packets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar, NamedTuple, NoReturn, Protocol

from shared.errors import Unavailable
from shared.messages.ingest import CameraOpener, CameraStatus, CameraTransport
from shared.reasons import Reason, why
from shared.units import UtcSource

STALL_S = 5.0
"""Within so long everybody knows of a camera that its pictures are no longer passed on: the page as well."""

TOLD_S = 2.0
"""After so long the worker says so: the report and the page's poll take up to 2.5 s more."""


class SourceError(Unavailable):
    """A camera that gives no picture. `detail` is one sentence for people, without credentials.

    SourceError
    ├── Refused            the camera wants other credentials
    ├── Unreachable        nothing answers at the address
    │   └── NoAnswer       it may have heard us, and gave no answer in time
    ├── NotRtsp            what answers is not an RTSP camera, or has no such stream
    ├── ForbiddenAddress   an address the worker must not open
    ├── InvalidStream      RTSP, but nothing that can be decoded
    ├── UnsupportedCodec   fine, but of a codec that cannot be carried
    ├── Stalled            connected, and no picture of it can be passed on any more
    └── Ended              the camera or the network ended the stream

    `shows` is the state the camera is then in; `settled` says that only a change by somebody helps, so that
    trying again soon would only lock the account or load the camera. `reached` is False where the camera
    cannot know that it was asked.
    It is always told by a code: it becomes the camera's state, which people read in their own language.
    """

    code = "camera"
    title = "No picture from the camera"
    shows: ClassVar[CameraStatus] = CameraStatus.UNREACHABLE
    settled: ClassVar[bool] = False
    reached: ClassVar[bool] = True

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(SourceError):
    shows = CameraStatus.REFUSED
    settled = True


class Unreachable(SourceError):
    shows = CameraStatus.UNREACHABLE
    reached = False


class NoAnswer(Unreachable):
    reached = True


class NotRtsp(SourceError):
    shows = CameraStatus.INVALID


class ForbiddenAddress(SourceError):
    shows = CameraStatus.INVALID
    settled = True
    reached = False


class InvalidStream(SourceError):
    shows = CameraStatus.INVALID


class UnsupportedCodec(SourceError):
    shows = CameraStatus.UNSUPPORTED
    settled = True


class Stalled(SourceError):
    shows = CameraStatus.STALLED


class Ended(SourceError):
    shows = CameraStatus.CONNECTING


def silent(place: str) -> Reason:
    """Nothing comes of the camera at `place`."""
    return why("camera-silent", "{place} has sent nothing for {seconds} s", place=place, seconds=int(TOLD_S))


@dataclass(frozen=True, slots=True)
class CameraAddress:
    """Where a camera is and how to sign in. `url` has no credentials in it.

    `opener` and `transport` are the commune's choice for this camera.
    """

    url: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    opener: CameraOpener = CameraOpener.OWN
    transport: CameraTransport = CameraTransport.TCP


@dataclass(slots=True)
class SourceCounts:
    """Counts what an open camera did wrong and its client passed over, mostly in packets, since the opening.

    `clock_offset_ns` is how far the camera's clock is ahead of ours, None while it has not told its time;
    `packets` changes while packets of the stream come; `begun`: a first picture came, which may be given only
    when the next one begins.
    """

    lost: int = 0
    late: int = 0
    foreign: int = 0
    malformed: int = 0
    junk_bytes: int = 0
    damaged_pictures: int = 0
    untimed_pictures: int = 0
    senders: int = 0
    packets: int = 0
    begun: bool = False
    clock_offset_ns: int | None = None


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What the camera says of its video. `codec` is FFmpeg's name for it, such as `h264` or `hevc`.

    `parameter_sets` are those told outside the stream, as the codec has them in its byte stream; empty where
    there are none.
    Width and height are 0 and fps 0.0 while unknown.
    """

    codec: str
    width: int = 0
    height: int = 0
    fps: float = 0.0
    parameter_sets: bytes = b""


@dataclass(frozen=True, slots=True)
class Packet:
    """One whole coded picture, as `AccessUnit.data` has it.

    `pts90` is its unwrapped 90 kHz time, None where the camera gave none; `arrival_ns` is the UTC at which
    it began to arrive.
    `utc_ns` is the UTC of its capture by the camera's own clock, as AccessUnit has it, None where only the
    arrival tells. `restart`: its time has nothing to do with the one before; another run begins.
    `gap`: something before it is missing.
    `camera_ahead_ns` is as AccessUnit has it.
    `nals` is where the NAL units of `data` begin, behind their start codes; empty where nobody knows.
    """

    data: bytes
    pts90: int | None
    key: bool
    arrival_ns: int
    utc_ns: int | None = None
    utc_source: UtcSource = UtcSource.ARRIVAL
    utc_uncertainty_ns: int = -1
    restart: bool = False
    gap: bool = False
    nals: tuple[int, ...] = ()
    camera_ahead_ns: int | None = None


class Pace(Enum):
    """How long who reads a stream can wait for a picture."""

    AT_ONCE = auto()
    """Somebody watches."""
    SOON = auto()
    """It is recorded."""
    LATER = auto()
    """Nobody reads it: it is only kept ready, and its state told."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What makes a picture one that tells nothing new, so that several may be given together, unchecked.

    `roles` says for the first byte of each NAL unit whether it may be in one (1), is a slice (2) or rules it
    out; `sets` has a bit for each picture parameter set that a slice may name. `no_b`: no H.264 B slice;
    `reordered` is as `AccessUnit` has it.
    """

    roles: bytes
    sets: bytes
    no_b: bool
    reordered: bool


class Pictures(NamedTuple):
    """Whole coded pictures that follow each other, all of them Plain, at times that grow.

    Their bytes lie behind each other in `data`, each up to its `ends`. The other fields are as `Packet` has
    them, one a picture or the same for all; a `utc_ns` is that of arrival where that is the source. A tuple,
    since it is made each turn.
    """

    data: bytes
    ends: Sequence[int]
    pts90: Sequence[int]
    utc_ns: Sequence[int]
    utc_source: UtcSource
    utc_uncertainty_ns: Sequence[int]
    camera_ahead_ns: int | None

    def packets(self) -> list[Packet]:
        """Each by itself."""
        told = self.utc_source is not UtcSource.ARRIVAL
        return [
            Packet(
                self.data[start:end],
                pts90,
                False,
                utc_ns,
                utc_ns if told else None,
                self.utc_source,
                wrong_ns,
                camera_ahead_ns=self.camera_ahead_ns,
            )
            for start, end, pts90, utc_ns, wrong_ns in zip(
                (0, *self.ends), self.ends, self.pts90, self.utc_ns, self.utc_uncertainty_ns, strict=False
            )
        ]


class Taker(Protocol):
    """Who takes what a camera sends."""

    def packet(self, packet: Packet) -> None: ...

    def pictures(self, pictures: Pictures) -> None: ...


class Source(Protocol):
    """An open camera."""

    @property
    def info(self) -> StreamInfo: ...

    @property
    def dropped(self) -> int:
        """Packets thrown away because nobody took them in time; what follows them has a `gap`."""
        ...

    @property
    def counts(self) -> SourceCounts:
        """What was passed over since it was opened; goes on changing."""
        ...

    @property
    def silence(self) -> Reason:
        """What to say where nothing comes."""
        ...

    @property
    def late_ns(self) -> int:
        """How long before it was given the newest packet had come: who is not watched is read by turns."""
        ...

    async def next(self) -> Packet:
        """The next packet, in order. Raises SourceError once no more will come, Ended after the last."""
        ...

    async def feed(self, taker: Taker) -> NoReturn:
        """Give each packet to who takes them, in order, as soon as it is whole. Raises as `next` does, and
        what he raises."""
        ...

    def believe(self, plain: Plain | None) -> None:
        """Pictures like that may be given together, until something else is said; with None none may."""
        ...

    def keep(self, pace: Pace) -> None:
        """How late packets may come, and together. At first none may."""
        ...

    def catch_up(self) -> None:
        """Give at once what has come, where it is read by turns. To be called before the camera is judged by
        what it gave."""
        ...

    def fail(self, error: SourceError) -> None:
        """Give it up: `next` raises `error` once what is queued was taken, unless it has failed before."""
        ...

    def close(self) -> None:
        """Let the camera go, without waiting. Twice is no error."""
        ...


class Opener(Protocol):
    """Opens cameras."""

    async def open(self, address: CameraAddress) -> Source:
        """Connect, sign in and start the video, never the audio. Raises SourceError."""
        ...
