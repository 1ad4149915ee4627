"""One viewer from its WHEP request to its end: ICE, DTLS, then RTP. The hub carries its datagrams."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mux.answer import Credentials
from mux.dtls import DtlsSession, DtlsState
from mux.rtcp import Goodbye, KeyFrameRequest, Nack, parse
from mux.sender import Sender
from mux.srtp import Keys, Srtcp
from mux.stun import Address, Check, success
from shared.ids import StreamId

CONSENT_S = 15.0
"""A viewer unheard for this long is gone (RFC 7675 asks for 30 s at most)."""

_MAX_ADDRESSES = 4
_REPORT_NS = 1_000_000_000


class End(StrEnum):
    """Why a viewer was let go."""

    LEFT = "left"
    SILENT = "silent"
    REFUSED = "refused"
    REPLACED = "replaced"
    REVOKED = "revoked"
    UNSUPPORTED = "unsupported"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a viewer is for: its WHEP session, its ticket and the signed-in session of that, the stream."""

    id: str
    ticket: str
    session: str
    stream: StreamId


class Viewer:
    """A viewer. `started` makes its sender once keys are agreed on."""

    def __init__(
        self,
        identity: Identity,
        credentials: Credentials,
        dtls: DtlsSession,
        started: Callable[["Viewer", Keys, Address], Sender],
        now_ns: int,
    ) -> None:
        self.identity = identity
        self.credentials = credentials
        self.addresses: dict[Address, None] = {}
        self.address: Address | None = None
        self.sender: Sender | None = None
        self._dtls = dtls
        self._started = started
        self._srtcp: Srtcp | None = None
        self._heard_ns = now_ns
        self._report_ns = now_ns

    @property
    def handshaking(self) -> bool:
        return self._dtls.state is DtlsState.HANDSHAKING

    @property
    def closed(self) -> bool:
        """Whether the viewer's side has ended the session, or the handshake failed."""
        return self._dtls.state is DtlsState.CLOSED

    def silent(self, now_ns: int) -> bool:
        """Whether the consent to be sent anything has run out."""
        return now_ns - self._heard_ns > CONSENT_S * 1e9

    def checked(self, check: Check, source: Address, now_ns: int) -> bytes | None:
        """Take a connectivity check; the answer, or None when it is not proven to be this viewer's.

        Only a proven check makes an address the viewer's, and only a nominating one moves what it is sent.
        """
        if not check.proven_by(self.credentials.password):
            return None
        self._heard_ns = now_ns
        self._learn(source)
        if check.nominates or self.address is None:
            self.address = source
            if self.sender is not None:
                self.sender.address = source
        return success(check, source, self.credentials.password)

    def handshake(self, datagram: bytes) -> list[bytes]:
        """Take a DTLS datagram; those to answer with. Raises BadInput when the handshake fails."""
        return self._dtls.receive(datagram)

    def begin(self, source: Address) -> None:
        """Begin to send, once keys are agreed on.

        To be called after the handshake's last datagram was sent: a browser without keys throws away what
        comes before it.
        """
        keys = self._dtls.keys
        if keys is not None and self.sender is None and self._dtls.state is DtlsState.OPEN:
            self._srtcp = Srtcp(keys)
            self.sender = self._started(self, keys, self.address or source)

    def retransmit(self) -> list[bytes]:
        """Handshake datagrams that are due again. Raises BadInput when the handshake has failed."""
        return self._dtls.retransmit()

    def feedback(self, datagram: bytes) -> list[Nack | KeyFrameRequest | Goodbye]:
        """What an SRTCP datagram asks of us. Raises BadInput when it is not this viewer's."""
        if self._srtcp is None:
            return []
        said = parse(self._srtcp.open(datagram))
        return [item for item in said if isinstance(item, Nack | KeyFrameRequest | Goodbye)]

    def report(self, newest: tuple[int, int] | None, now_ns: int, utc_ns: int) -> bytes | None:
        """The SRTCP sender report, once a second. `newest` is the channel's."""
        if self.sender is None or self._srtcp is None or newest is None or now_ns < self._report_ns:
            return None
        self._report_ns = now_ns + _REPORT_NS
        report = self.sender.report(*newest, utc_ns)
        return None if report is None else self._srtcp.seal(report.compound(b"beffroi"))

    def close(self) -> list[bytes]:
        """End it; the datagrams that tell the other side."""
        if self.sender is not None:
            self.sender.stop()
        return self._dtls.close()

    def _learn(self, source: Address) -> None:
        if source not in self.addresses and len(self.addresses) >= _MAX_ADDRESSES:
            oldest = next(known for known in self.addresses if known != self.address)
            del self.addresses[oldest]
        self.addresses[source] = None
