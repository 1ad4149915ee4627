"""Where a viewer's packets of one source go: its address, its keys and the numbers of the next packet."""

from mux.rtp.header import RtpFormat
from mux.rtp.srtp import Sealer
from mux.transport.core import CompiledSealer
from mux.transport.stun import Address


class Destination:
    """What a media transport needs to deliver a chunk to a viewer, and where it says that it could not.

    `index` is the 48-bit index of the chunk's first packet and `timestamp` its RTP timestamp. After a
    delivery `full` says that the socket's buffer had no room: the same chunk is to be delivered again.
    `label` is what the compiled core knows the destination by, None where another seals.
    """

    __slots__ = ("_address", "full", "index", "label", "sealer", "shape", "timestamp")

    def __init__(self, sealer: Sealer, rtp: RtpFormat, tag_bytes: int, address: Address, index: int) -> None:
        self.sealer = sealer
        self.shape = (rtp.packer.size, tag_bytes)
        self.index = index
        self.timestamp = 0
        self.full = False
        self.address = address

    @property
    def address(self) -> Address:
        return self._address

    @address.setter
    def address(self, address: Address) -> None:
        self._address = address
        self.label = self.sealer.label(address) if isinstance(self.sealer, CompiledSealer) else None
