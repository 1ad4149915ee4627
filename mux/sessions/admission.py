"""Letting a viewer in: its payload types, sources, credentials and tiles, and our answer."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from mux.counts import Counts
from mux.rtp.srtp import Keys
from mux.sdp.agreed_headers import Headers
from mux.sdp.answer import Answer, Credentials, choose_formats, some_sources
from mux.sdp.offer import Offer
from mux.sessions.adaptation import Adaptation, PlayoutBounds
from mux.sessions.tile import Tile
from mux.sessions.viewer import Identity, Viewer
from mux.streams.channels import Channels
from mux.transport.dtls import DtlsEndpoint, DtlsRole
from mux.transport.stun import Address
from shared.clock import Clock
from shared.errors import BeffroiError
from shared.tickets import Ticket

_UFRAG_BYTES = 6
_PASSWORD_BYTES = 18
_ID_BYTES = 12


@dataclass(frozen=True, slots=True)
class Admitted:
    """A viewer let in: the name of its WHEP session, our SDP answer, and the tag of its ICE session."""

    id: str
    answer: str
    etag: str


def etag_of(credentials: Credentials) -> str:
    """The strong entity tag of an ICE session (RFC 9725 section 4.3.1)."""
    return f'"{credentials.ufrag}"'


class Admission:
    """Makes viewers. `public` is the address browsers reach; `random` need not be secret, `secret` must."""

    def __init__(
        self,
        *,
        public: Address,
        dtls: DtlsEndpoint,
        channels: Channels,
        clock: Clock,
        random: Random,
        secret: Callable[[int], str],
        bounds: PlayoutBounds,
        counts: Counts,
    ) -> None:
        self.public = public
        self._dtls = dtls
        self._channels = channels
        self._clock = clock
        self._random = random
        self._secret = secret
        self._bounds = bounds
        self._counts = counts

    def credentials(self) -> Credentials:
        """New ones of ours, for an ICE session."""
        return Credentials(self._secret(_UFRAG_BYTES), self._secret(_PASSWORD_BYTES))

    def make(
        self,
        ticket: Ticket,
        offer: Offer,
        *,
        profile_idc: int | None,
        wall: bool,
        started: Callable[[Viewer, Keys, Address], None],
        refused: Callable[[str, BeffroiError], None],
    ) -> tuple[Viewer, Admitted]:
        """A viewer whose tiles are empty. `refused` is told, with its name, when a tile cannot be shown."""
        formats = choose_formats(offer, profile_idc)
        sources = some_sources(
            len(offer.videos),
            rtx=formats[0].rtx_payload_type is not None,
            pick=lambda: self._random.randrange(1 << 32),
        )
        credentials = self.credentials()
        id = self._secret(_ID_BYTES)
        headers = Headers(formats, offer.playout_delay_id)

        role = DtlsRole.SERVER if offer.speaks_first else DtlsRole.CLIENT
        adaptation = Adaptation(self._bounds, self._counts)

        def tile_refused(tile: Tile, error: BeffroiError) -> None:
            refused(id, error)

        tiles = [
            Tile(mid, its, headers, adaptation.delay, self._channels, self._clock, tile_refused)
            for mid, its in zip(offer.mids, sources, strict=True)
        ]
        viewer = Viewer(
            Identity(id, ticket.id, ticket.session, ticket.subject),
            ticket,
            credentials,
            offer.ice,
            self._dtls.session(offer.fingerprints, role),
            tiles,
            adaptation,
            started,
            self._clock.monotonic_ns(),
            wall=wall,
        )
        answer = Answer(offer, formats, tuple(sources), credentials, self._dtls.fingerprint, self.public)
        return viewer, Admitted(id, answer.render(), etag_of(credentials))
