"""The RTP header a viewer gets (RFC 3550 section 5.1), with one optional extension."""

import struct
from dataclasses import dataclass

PLAIN_HEADER = struct.Struct(">BBHII")
EXTENDED_HEADER = struct.Struct(">BBHIIQ")
_VERSION = 0x80
_EXTENSION = 0x10
# "One-byte" profile and one word of elements (RFC 8285 section 4.2).
_ONE_BYTE_EXTENSIONS = 0xBEDE0001 << 32
CLOCK_RATE = 90_000


@dataclass(frozen=True, slots=True)
class PlayoutDelay:
    """How long a viewer's browser may hold pictures back, in steps of 10 ms, both below 4096.

    http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
    """

    least_10ms: int = 0
    most_10ms: int = 0

    def element(self, extension_id: int) -> int:
        """The 32-bit header extension element (RFC 8285 section 4.2)."""
        return extension_id << 28 | 2 << 24 | self.least_10ms << 12 | self.most_10ms


@dataclass(frozen=True, slots=True)
class RtpFormat:
    """The fields that are the same in every packet of one synchronisation source of one viewer."""

    ssrc: int
    payload_type: int
    extension_id: int | None = None
    delay: PlayoutDelay = PlayoutDelay()

    @property
    def packer(self) -> struct.Struct:
        """Packs `(first_byte, marker | payload type, sequence, timestamp, ssrc, *extension)`."""
        return PLAIN_HEADER if self.extension_id is None else EXTENDED_HEADER

    @property
    def first_byte(self) -> int:
        return _VERSION if self.extension_id is None else _VERSION | _EXTENSION

    @property
    def extension(self) -> tuple[int, ...]:
        """What ends the header: the whole extension as one 64-bit number, or nothing."""
        if self.extension_id is None:
            return ()
        return (_ONE_BYTE_EXTENSIONS | self.delay.element(self.extension_id),)

    def header(self, marker: int, index: int, timestamp: int) -> bytes:
        """One header. `index` is the sequence number with its roll-overs, `timestamp` modulo 2**32."""
        return self.packer.pack(
            self.first_byte, marker | self.payload_type, index & 0xFFFF, timestamp, self.ssrc, *self.extension
        )
