"""The port through which datagrams leave. `mux.transport.udp` is the real one; tests have their own."""

from collections.abc import Sequence
from typing import Protocol

from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Keys, Sealer
from mux.transport.destination import Destination
from mux.transport.lockstep_destinations import LockstepDestinations
from mux.transport.stun import Address


class MediaTransport(Protocol):
    """Sends without waiting. What the network loses is not told."""

    def send(self, datagram: bytes, address: Address) -> bool:
        """Send one datagram; False when the socket's buffer is full and nothing was sent."""
        ...

    def attend(self) -> None:
        """A start or a retransmission depends on what viewers say next: hand it on at once, for a while."""
        ...

    def sealer(self, keys: Keys, rtp: RtpFormat) -> Sealer:
        """A sealer that this transport delivers with."""
        ...

    def deliver(self, chunk: Chunk, destinations: Sequence[Destination]) -> None:
        """Seal and send a chunk to each destination, and set its `full`."""
        ...

    def lockstep(self) -> LockstepDestinations:
        """Destinations of this transport that get the same chunks, none yet."""
        ...
