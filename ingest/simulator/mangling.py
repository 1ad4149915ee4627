"""What happens to a camera's packets on their way to one client.

A feed's picture comes in as RTP packets and goes out as frames, numbered anew, so that what a fault adds or
takes away (`ingest/simulator/media_faults.py`) does not also look like loss.
"""

import random
import struct
from collections.abc import Sequence
from dataclasses import replace

from ingest.simulator.rtp import Frame, RtpPacket, split

MEDIA, REPORTS, NOBODYS = 0, 1, 4
"""Channels: of the pictures, of their reports, and one that was never set up."""

FU_A = 28

Packets = list[RtpPacket]


class Mangling:
    """Plays a camera's pictures as they are. `elapsed_s` counts from the session's first picture."""

    def __init__(self, after_s: float = 1.0) -> None:
        self.after_s = after_s
        self.random = random.Random(7)
        self._sequence: int | None = None
        self.ssrc = self.random.getrandbits(32)

    def picture(self, key: bool, packets: bytes, elapsed_s: float) -> list[Frame]:
        """The frames of a picture."""
        read = [RtpPacket.parse(packet) for packet in split(packets)]
        if self._sequence is None:
            self._sequence = read[0].sequence
        return self.around(
            [self._numbered(packet) for packet in self.change(read, key, elapsed_s)], elapsed_s
        )

    def report(self, packet: bytes) -> list[Frame]:
        """The frames of a sender report, which comes framed."""
        return [Frame(REPORTS, self.change_report(self._signed(packet[4:])))]

    def before_play(self) -> list[Frame]:
        """What is sent before PLAY is answered."""
        return []

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        """The picture's packets as the camera sends them."""
        return packets

    def around(self, frames: list[Frame], elapsed_s: float) -> list[Frame]:
        """The picture's frames with whatever comes between them."""
        return frames

    def change_report(self, report: bytes) -> bytes:
        return report

    def _signed(self, report: bytes) -> bytes:
        """The report and its description under our source's name."""
        ssrc = struct.pack("!I", self.ssrc)
        return report[:4] + ssrc + report[8:32] + ssrc + report[36:]

    def _numbered(self, packet: RtpPacket) -> Frame:
        assert self._sequence is not None
        numbered = replace(packet, sequence=self._sequence, ssrc=self.ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        return Frame(MEDIA, numbered.data)


def at_time(packets: Sequence[RtpPacket], time90: int) -> Packets:
    """The packets at another time."""
    return [replace(packet, time90=time90 & 0xFFFF_FFFF) for packet in packets]


def joined(packets: Sequence[RtpPacket]) -> Packets:
    """The packets with fragmented NAL units (FU-A) put together again."""
    whole: Packets = []
    for packet in packets:
        payload = packet.payload
        if payload[0] & 0x1F != FU_A:
            whole.append(packet)
        elif payload[1] & 0x80:
            header = bytes((payload[0] & 0xE0 | payload[1] & 0x1F,))
            whole.append(replace(packet, payload=header + payload[2:]))
        else:
            whole[-1] = replace(packet, payload=whole[-1].payload + payload[2:])
    return whole


def swapped(frames: Sequence[Frame]) -> list[Frame]:
    """Neighbours in each other's place."""
    found: list[Frame] = []
    for index in range(0, len(frames), 2):
        found += reversed(frames[index : index + 2])
    return found
