"""One viewer from its WHEP request to its end: ICE, DTLS, then RTP for its tiles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mux.fanout.sender_report import report_of
from mux.rtp.rtcp import Feedback, Goodbye, Remb, ReportBlock, parse
from mux.rtp.srtcp import Srtcp, srtcp_of
from mux.rtp.srtp import Keys
from mux.sdp.answer import Credentials
from mux.sdp.offer import IceUser
from mux.sessions.adaptation import Adaptation
from mux.sessions.report_turns import ReportTurns
from mux.sessions.tile import Tile
from mux.transport.dtls import DtlsSession, DtlsState
from mux.transport.stun import Address, Check, success
from shared.tickets import Ticket

CONSENT_S = 15.0
"""A viewer unheard for this long is gone (RFC 7675 asks for 30 s at most)."""

_MAX_ADDRESSES = 4


class End(StrEnum):
    """Why a viewer was let go."""

    LEFT = "left"
    SILENT = "silent"
    REFUSED = "refused"
    REPLACED = "replaced"
    REVOKED = "revoked"
    UNCONFIRMED = "unconfirmed"
    UNSUPPORTED = "unsupported"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a viewer is for: its WHEP session, its ticket, and the session and person of that."""

    id: str
    ticket: str
    session: str
    subject: str


class Viewer:
    """A viewer, whose datagrams the session registry carries. `started` makes its tiles' senders once keys
    are agreed on. `wall` is whether its tiles can be given other cameras."""

    def __init__(
        self,
        identity: Identity,
        ticket: Ticket,
        credentials: Credentials,
        remote: IceUser,
        dtls: DtlsSession,
        tiles: Sequence[Tile],
        adaptation: Adaptation,
        started: Callable[["Viewer", Keys, Address], None],
        now_ns: int,
        *,
        wall: bool = False,
    ) -> None:
        self.identity = identity
        self.ticket = ticket
        """The newest it has shown: what it is shown rests on its right."""
        self.credentials = credentials
        self.remote = remote
        self.renewed: Credentials | None = None
        """Credentials of an ICE restart that no check has proven yet."""
        self.tiles = {tile.mid: tile for tile in tiles}
        self.wall = wall
        self.addresses: dict[Address, None] = {}
        self.address: Address | None = None
        self.available_bps: int | None = None
        """What the browser believes its link takes (REMB)."""
        self.began_ns = now_ns
        self.adaptation = adaptation
        self._asked_ns: int | None = None
        self._dtls = dtls
        self._started = started
        self._srtcp: Srtcp | None = None
        self._heard_ns = now_ns
        self._in_order = tuple(tiles)
        self._by_ssrc = {tile.sources.primary: tile for tile in tiles}
        self._turns = ReportTurns(tiles, now_ns)

    @property
    def handshaking(self) -> bool:
        return self._dtls.state is DtlsState.HANDSHAKING

    @property
    def has_keys(self) -> bool:
        """Whether they are agreed on; as DTLS client we have them before the handshake is over."""
        return self._dtls.keys is not None

    @property
    def speaks_first(self) -> bool:
        """Whether the handshake waits for us to begin it."""
        return self._dtls.speaks_first

    @property
    def flights(self) -> int:
        """How often we have said something new in the handshake."""
        return self._dtls.flights

    @property
    def unanswered(self) -> list[bytes]:
        """What we said last in the handshake, while we wait for an answer."""
        return self._dtls.unanswered

    @property
    def closed(self) -> bool:
        """Whether the viewer's side has ended the session, or the handshake failed."""
        return self._dtls.state is DtlsState.CLOSED

    @property
    def ufrags(self) -> tuple[str, ...]:
        """The user name fragments it may be called by."""
        renewed = () if self.renewed is None else (self.renewed.ufrag,)
        return (self.credentials.ufrag, *renewed)

    def restart_ice(self, remote: IceUser, ours: Credentials) -> None:
        """The client begins a new ICE session; the one before serves until the new one has proven itself."""
        self.remote = remote
        self.renewed = ours

    def silent(self, now_ns: int) -> bool:
        """Whether the consent to be sent anything has run out."""
        return now_ns - self._heard_ns > CONSENT_S * 1e9

    def checked(self, check: Check, source: Address, now_ns: int) -> bytes | None:
        """Take a connectivity check that names us; the answer, or None when the check is not proven.

        Only a proven check makes an address the viewer's, and only a nominating check moves what it is sent.
        The first nominating check after an ICE restart ends the credentials before (RFC 8445 section 9).
        """
        renewed = self.renewed
        is_renewed = renewed is not None and check.receiver == renewed.ufrag
        credentials = renewed if renewed is not None and is_renewed else self.credentials
        if not check.proven_by(credentials.integrity):
            return None
        self._heard_ns = now_ns
        self._learn(source)
        if check.nominates and is_renewed:
            self.credentials, self.renewed = credentials, None
        if check.nominates or self.address is None:
            self.address = source
            for tile in self.tiles.values():
                if tile.sender is not None:
                    tile.sender.move(source)
        return success(check, source, credentials.integrity)

    def greet(self, now_ns: int) -> list[bytes]:
        """Begin the handshake where that is ours to do; the datagrams to send."""
        if self.speaks_first:
            self._asked_ns = now_ns
        return self._dtls.begin()

    def handshake(self, datagram: bytes, now_ns: int) -> list[bytes]:
        """Take a DTLS datagram and return the answers. Raises BadInput when the handshake fails."""
        had_keys = self.has_keys
        answers = self._dtls.receive(datagram)
        if self.has_keys and not had_keys:
            self.adaptation.connected(now_ns - (self._asked_ns or 0))
        elif answers and self._asked_ns is None:
            self._asked_ns = now_ns
        return answers

    def begin(self, source: Address) -> None:
        """Begin to send, once keys are agreed on.

        To be called after our last words were sent: a browser without keys throws away what comes before
        them.
        """
        keys = self._dtls.keys
        if keys is not None and self._srtcp is None and not self.closed:
            self._srtcp = srtcp_of(keys)
            self._started(self, keys, self.address or source)

    def retransmit(self) -> list[bytes]:
        """Handshake datagrams that are due again. Raises BadInput when the handshake has failed."""
        return self._dtls.retransmit()

    def feedback(self, datagram: bytes, now_ns: int) -> list[tuple[Tile | None, Feedback]]:
        """What an SRTCP datagram asks of us, and of which tile. Raises BadInput when it is not this viewer's.

        The viewer keeps reports and estimates; feedback on a source that is none of ours is left out.
        """
        if self._srtcp is None:
            return []
        asked: list[tuple[Tile | None, Feedback]] = []
        reported = False
        for said in parse(self._srtcp.open(datagram)):
            # By how often they come.
            if isinstance(said, ReportBlock):
                tile = self._by_ssrc.get(said.ssrc)
                if tile is not None:
                    tile.reception.heard(said, now_ns, 0 if tile.sender is None else tile.sender.packets)
                    reported = True
            elif isinstance(said, Remb):
                self.available_bps = said.bits_per_second
            elif isinstance(said, Goodbye):
                asked.append((None, said))
            elif said.ssrc in self._by_ssrc:
                asked.append((self._by_ssrc[said.ssrc], said))
        if reported:
            self.adaptation.reported(self._in_order, self.available_bps, now_ns)
        return asked

    def reports(self, now_ns: int, utc_ns: int) -> list[bytes]:
        """The SRTCP sender reports that are due."""
        if self._srtcp is None:
            return []
        found = []
        for tile in self._turns.due(now_ns):
            sender, channel = tile.sender, tile.channel
            if sender is None or channel is None or channel.newest is None:
                continue
            report = report_of(sender, channel.newest, utc_ns)
            if report is not None:
                self._turns.said(tile, channel, now_ns)
                tile.reception.reported(report, now_ns)
                found.append(self._srtcp.seal(report.compound(b"beffroi")))
        return found

    def close(self) -> list[bytes]:
        """End it; the datagrams that tell the other side."""
        for tile in self.tiles.values():
            tile.stop()
        return self._dtls.close()

    def _learn(self, source: Address) -> None:
        if source not in self.addresses and len(self.addresses) >= _MAX_ADDRESSES:
            oldest = next(known for known in self.addresses if known != self.address)
            del self.addresses[oldest]
        self.addresses[source] = None
