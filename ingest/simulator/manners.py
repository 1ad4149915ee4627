"""How a camera speaks RTSP where it does not do as others do: one row a fault of the signalling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ingest.simulator.auth import Scheme
from ingest.simulator.faults import Fault

METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"


class Numbering(Enum):
    """Which CSeq an answer carries."""

    RIGHT = "the request's"
    MISSING = "none"
    WRONG = "another"


@dataclass(frozen=True, slots=True)
class Manners:
    """What is said and heard. In the texts, `{id}`, `{timeout}`, `{uri}` and `{name}` are filled in.

    `control` is a media's control line and `content_base` the header's, None where there is none.
    `timeout_s` is the session's time-out where the plan says nothing else, kept to where it is `enforced`:
    within it the camera wants to hear a request or, with `wants_reports`, a receiver report.
    """

    methods: str = METHODS
    refused: Mapping[str, int] = field(default_factory=dict)
    deaf_to: frozenset[str] = frozenset()
    session: str = "{id};timeout={timeout}"
    timeout_s: float = 60.0
    enforced: bool = False
    wants_reports: bool = False
    schemes: tuple[Scheme, ...] = (Scheme.MD5,)
    nonce_uses: int = 0
    content_base: str | None = "{uri}/"
    control: str | None = "{name}"
    audio_first: bool = False
    redirects: bool = False
    late_answer: bool = False
    numbering: Numbering = Numbering.RIGHT
    length_error: int = 0
    lower_case: bool = False
    bare_lf: bool = False
    asks: bool = False
    names_source: bool = False
    closes_on_401: bool = False
    no_length: bool = False
    channel: int = 0
    tcp: bool = True
    udp: bool = True

    def spoken(self, message: bytes) -> bytes:
        """A message in this camera's hand."""
        head, _, body = message.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        if self.length_error:
            lines = [self._miscounted(line) for line in lines]
        if self.no_length:
            lines = [line for line in lines if not line.startswith(b"Content-Length:")]
        if self.lower_case:
            pairs = [line.partition(b":") for line in lines]
            lines = [name.lower() + colon + value.lstrip() for name, colon, value in pairs]
        end = b"\n" if self.bare_lf else b"\r\n"
        return end.join([first, *lines, b"", b""]) + body

    def numbered(self, number: str | None) -> str | None:
        """The CSeq of the answer to a request of this CSeq."""
        if self.numbering is Numbering.MISSING:
            return None
        if self.numbering is Numbering.WRONG and number is not None and number.isdecimal():
            return str(int(number) + 1000)
        return number

    def _miscounted(self, line: bytes) -> bytes:
        name, _, value = line.partition(b":")
        return line if name != b"Content-Length" else b"%s: %d" % (name, int(value) + self.length_error)


_PLAIN = Manners()
_MANNERS: dict[Fault, Manners] = {
    Fault.KEEP_ALIVE_405: Manners(
        methods="OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN", refused={"GET_PARAMETER": 405}, enforced=True
    ),
    Fault.KEEP_ALIVE_501: Manners(refused={"GET_PARAMETER": 501, "SET_PARAMETER": 501}, enforced=True),
    Fault.KEEP_ALIVE_454: Manners(refused={"GET_PARAMETER": 454}, enforced=True),
    Fault.SHORT_SESSION: Manners(timeout_s=20.0, enforced=True),
    Fault.UNTOLD_TIMEOUT: Manners(session="{id}", enforced=True),
    Fault.PADDED_SESSION: Manners(session="  {id} ; timeout = {timeout};server=x ", enforced=True),
    Fault.NEW_NONCE: Manners(nonce_uses=4, enforced=True),
    Fault.SHA_256: Manners(schemes=(Scheme.SHA256,)),
    Fault.DIGEST_QOP: Manners(schemes=(Scheme.MD5_QOP,)),
    Fault.BASIC_AND_DIGEST: Manners(schemes=(Scheme.BASIC, Scheme.SHA256, Scheme.MD5)),
    Fault.BASIC_ONLY: Manners(schemes=(Scheme.BASIC,)),
    Fault.NO_CONTROL: Manners(control=None, content_base=None),
    Fault.ABSOLUTE_CONTROL: Manners(control="{uri}/{name}"),
    Fault.NO_CONTENT_BASE: Manners(content_base=None),
    Fault.BARE_CONTENT_BASE: Manners(content_base="{uri}"),
    Fault.FOREIGN_CONTENT_BASE: Manners(
        content_base="rtsp://192.168.1.64:554/{path}/", control="rtsp://192.168.1.64:554/{path}/{name}"
    ),
    Fault.REDIRECT: Manners(redirects=True),
    Fault.NEEDS_REPORTS: Manners(timeout_s=15.0, enforced=True, wants_reports=True),
    Fault.FOREIGN_SSRC: Manners(names_source=True),
    Fault.LENGTH_TOO_SHORT: Manners(length_error=-20),
    Fault.LOWER_CASE: Manners(lower_case=True),
    Fault.BARE_LF: Manners(bare_lf=True),
    Fault.NO_CSEQ: Manners(numbering=Numbering.MISSING),
    Fault.WRONG_CSEQ: Manners(numbering=Numbering.WRONG),
    Fault.DEAF_TEARDOWN: Manners(deaf_to=frozenset({"TEARDOWN"})),
    Fault.SLOW_DESCRIBE: Manners(late_answer=True),
    Fault.ASKS_BACK: Manners(asks=True),
    Fault.CHANNELS_OF_ITS_OWN: Manners(channel=254),
    Fault.CLOSES_ON_401: Manners(closes_on_401=True),
    Fault.NO_LENGTH: Manners(no_length=True),
    Fault.UDP_ONLY: Manners(tcp=False),
    Fault.UDP_LOSSY: Manners(tcp=False),
    Fault.UDP_REORDERED: Manners(tcp=False),
    Fault.UDP_DOUBLED: Manners(tcp=False),
    Fault.TCP_ONLY: Manners(udp=False),
    Fault.AUDIO_FIRST: Manners(audio_first=True),
}


def manners(fault: Fault) -> Manners:
    """How a camera with this fault speaks."""
    return _MANNERS.get(fault, _PLAIN)
