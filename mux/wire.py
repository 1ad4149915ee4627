"""The port through which datagrams leave. `mux.udp` is the real one; tests have their own."""

from collections.abc import Sequence
from typing import Protocol

from mux.line import Line
from mux.picture import Chunk
from mux.rtp import RtpFormat
from mux.srtp import Keys, Sealer
from mux.stun import Address
from mux.together import Together


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
