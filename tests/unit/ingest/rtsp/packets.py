"""RTP packets for tests, and a receiver that notes what comes out."""

import struct

from ingest.ports import Packet, Pictures, SourceCounts
from ingest.rtsp.core import Core
from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.receiver import Receiver
from shared.clock import SimulatedClock

SSRC = 0x1234_5678
IDR, SLICE, REST = b"\x65\x88key", b"\x41\x9anon", b"\x41\x1amore"
"""The head of a key picture, that of another one, and a slice that is no head."""


def rtp(
    payload: bytes,
    sequence: int,
    time32: int,
    *,
    marker: bool = False,
    ssrc: int = SSRC,
    kind: int = 96,
    flags: int = 0x80,
) -> bytes:
    head = struct.pack("!BBHII", flags, kind | marker << 7, sequence & 0xFFFF, time32 & 0xFFFF_FFFF, ssrc)
    return head + payload


def sender_report(utc_ns: int, time32: int, ssrc: int = SSRC) -> bytes:
    seconds, rest_ns = divmod(utc_ns, 1_000_000_000)
    seconds = (seconds + 2_208_988_800) & 0xFFFF_FFFF
    # Rounded up, so that what is read back is not a nanosecond less.
    fraction = -(-(rest_ns << 32) // 1_000_000_000)
    return struct.pack("!BBHIIIIII", 0x80, 200, 6, ssrc, seconds, fraction, time32, 0, 0)


class Rig:
    """A receiver, the pictures it gave, and how often it lost its place."""

    def __init__(
        self,
        depacketiser: Depacketiser | None = None,
        announced: int | None = None,
        core: Core | None = None,
    ) -> None:
        self.clock = SimulatedClock()
        self.counts = SourceCounts()
        self.pictures: list[Packet] = []
        self.losses = self.together = 0
        self.receiver = Receiver(
            96,
            90_000,
            depacketiser or H264Depacketiser(),
            self.pictures.append,
            self._together,
            self._lost,
            self.counts,
            self.clock,
            announced,
            core,
        )

    def take(self, *packets: bytes) -> None:
        """Let packets arrive, together."""
        self.receiver.arrived()
        for packet in packets:
            self.receiver.packet(memoryview(packet), 0, len(packet))

    def _together(self, pictures: Pictures) -> None:
        self.together += 1
        self.pictures += pictures.packets()

    def _lost(self) -> None:
        self.losses += 1
