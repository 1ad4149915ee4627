"""A media transport by the core, or by Python, and destinations for it."""

from collections.abc import Sequence

from mux.counts import Counts
from mux.rtp.header import RtpFormat
from mux.rtp.picture import Chunk
from mux.rtp.srtp import AES_128_GCM, Keys
from mux.transport.core import Core
from mux.transport.destination import Destination
from mux.transport.udp import UdpTransport
from shared.clock import SystemClock
from shared.log import Trouble, get_logger

KEYS = Keys(AES_128_GCM, bytes(28), bytes(range(28)))
EXTENDED, PLAIN = RtpFormat(0xDEADBEEF, 102, 5), RtpFormat(0x12345678, 96)
NOBODY = ("198.51.100.1", 9)


class Sending:
    """A transport by the core, or by Python, with its counts."""

    def __init__(self, core: Core | None, *, segmentation: bool = True) -> None:
        self.counts = Counts()
        trouble = Trouble(get_logger("test"), "udp-trouble", SystemClock())
        self.transport = UdpTransport(
            "127.0.0.1", 0, counts=self.counts, trouble=trouble, segmentation=segmentation, core=core
        )

    def destination(
        self, rtp: RtpFormat, address: tuple[str, int], index: int = 0, keys: Keys = KEYS
    ) -> Destination:
        return Destination(self.transport.sealer(keys, rtp), rtp, keys.profile.tag_bytes, address, index)


def chunk_of(payloads: Sequence[bytes]) -> Chunk:
    packets = [(0, payload) for payload in payloads[:-1]] + [(0x80, payloads[-1])]
    return Chunk.of(packets)
