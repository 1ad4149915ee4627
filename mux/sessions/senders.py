"""Lets a viewer's tiles begin to send once keys are agreed on."""

from random import Random

from mux.counts import Counts
from mux.fanout.pacer import Pacer
from mux.fanout.sender import Sender
from mux.rtp.header import RtpFormat
from mux.rtp.srtp import Keys
from mux.sessions.viewer import Viewer
from mux.transport.media_transport import MediaTransport
from mux.transport.stun import Address


class Senders:
    """Makes them. `random` need not be secret."""

    def __init__(self, transport: MediaTransport, pacer: Pacer, counts: Counts, random: Random) -> None:
        self._transport = transport
        self._pacer = pacer
        self._counts = counts
        self._random = random

    def begin(self, viewer: Viewer, keys: Keys, address: Address) -> None:
        """Give each tile of a viewer its sender."""
        self._counts.handshakes += 1

        def make(primary: RtpFormat, rtx: RtpFormat | None) -> Sender:
            return Sender(
                keys=keys,
                primary=primary,
                rtx=rtx,
                transport=self._transport,
                address=address,
                pacer=self._pacer,
                bucket=viewer.adaptation.bucket,
                counts=self._counts,
                random=self._random,
            )

        for tile in viewer.tiles.values():
            tile.begin(make)
