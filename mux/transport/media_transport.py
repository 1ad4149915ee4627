"""The port through which datagrams leave. `mux.transport.udp` is the real one; tests have their own."""

from collections.abc import Sequence
from typing import Protocol

from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Keys, Sealer
from mux.transport.destination import Line
from mux.transport.lockstep_destinations import Together
from mux.transport.stun import Address


class Wire(Protocol):
    """Sends without waiting. What the network loses is not told."""

    def send(self, datagram: bytes, address: Address) -> bool:
        """Send one datagram; False when the socket's buffer is full and nothing was sent."""
        ...

    def attend(self) -> None:
        """A start or a repair depends on what viewers say next: hand it on at once, for a while."""
        ...

    def sealer(self, keys: Keys, rtp: RtpFormat) -> Sealer:
        """A sealer that this wire delivers with."""
        ...

    def deliver(self, chunk: Chunk, lines: Sequence[Line]) -> None:
        """Seal and send a chunk to each line, and set its `full`."""
        ...

    def together(self) -> Together:
        """Lines of this wire that get the same chunks."""
        ...
