"""The port through which datagrams leave. `mux.udp` is the real one; tests have their own."""

from typing import Protocol

from mux.layout import Layout
from mux.stun import Address


class Wire(Protocol):
    """Sends without waiting. What the network loses is not told."""

    def send(self, datagram: bytes, address: Address) -> bool:
        """Send one datagram; False when the socket's buffer is full and nothing was sent."""
        ...

    def send_layout(self, layout: Layout, address: Address) -> bool:
        """Send all packets of a filled layout; False when the socket's buffer filled up."""
        ...
