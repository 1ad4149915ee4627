"""Coded pictures to RTP packets (RFC 3550) framed for RTSP's own connection (RFC 2326, section 10.12)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.codecs.h264 import nal_units

MAX_PAYLOAD = 1388
_NTP_EPOCH_S = 2_208_988_800
_HEADER = struct.Struct("!BBHII")


def h264_payloads(data: bytes) -> list[bytes]:
    """RFC 6184 in packetisation mode 1: a NAL unit a packet, those too large as FU-A fragments."""
    payloads: list[bytes] = []
    for nal in nal_units(data):
        if len(nal) <= MAX_PAYLOAD:
            payloads.append(bytes(nal))
            continue
        indicator, kind = (nal[0] & 0xE0) | 28, nal[0] & 0x1F
        for first, last, part in _fragments(nal[1:], MAX_PAYLOAD - 2):
            payloads.append(bytes((indicator, first << 7 | last << 6 | kind)) + part)
    return payloads


def h265_payloads(data: bytes) -> list[bytes]:
    """RFC 7798: single NAL unit packets and fragmentation units (type 49)."""
    payloads: list[bytes] = []
    for nal in nal_units(data):
        if len(nal) <= MAX_PAYLOAD:
            payloads.append(bytes(nal))
            continue
        kind = nal[0] >> 1 & 0x3F
        header = bytes((nal[0] & 0x81 | 49 << 1, nal[1]))
        for first, last, part in _fragments(nal[2:], MAX_PAYLOAD - 3):
            payloads.append(header + bytes((first << 7 | last << 6 | kind,)) + part)
    return payloads


def jpeg_payloads(jpeg: bytes, width: int, height: int, quality: int) -> list[bytes]:
    """RFC 2435, type 1 (4:2:0), of a JPEG made with the standard tables of `quality`: its scan is sent."""
    start = jpeg.index(b"\xff\xda")
    scan = jpeg[start + 2 + int.from_bytes(jpeg[start + 2 : start + 4], "big") : -2]
    payloads: list[bytes] = []
    for offset in range(0, len(scan), MAX_PAYLOAD - 8):
        header = struct.pack("!IBBBB", offset, 1, quality, width // 8, height // 8)
        payloads.append(header + scan[offset : offset + MAX_PAYLOAD - 8])
    return payloads


def mpeg4_payloads(data: bytes) -> list[bytes]:
    """RFC 6416, section 5: one picture's byte stream, its headers in front, cut into packets."""
    return [data[start : start + MAX_PAYLOAD] for start in range(0, len(data), MAX_PAYLOAD)]


def _fragments(body: memoryview, size: int) -> Iterator[tuple[int, int, memoryview]]:
    for start in range(0, len(body), size):
        yield int(start == 0), int(start + size >= len(body)), body[start : start + size]


class RtpStream:
    """Numbers the packets of one stream and tells its reports. Even channel media, the next one RTCP."""

    def __init__(self, ssrc: int, payload_type: int, first_sequence: int, channel: int = 0) -> None:
        self._ssrc, self._payload_type = ssrc, payload_type
        self._sequence = first_sequence
        self._channel = channel
        self._packets = self._octets = 0

    def picture(self, payloads: Sequence[bytes], time90: int) -> bytes:
        """The picture's packets, each behind its `$` frame, the last one marked."""
        parts: list[bytes] = []
        last = len(payloads) - 1
        for index, payload in enumerate(payloads):
            parts.append(
                struct.pack(
                    "!BBHBBHII",
                    0x24,
                    self._channel,
                    12 + len(payload),
                    0x80,
                    self._payload_type | (0x80 if index == last else 0),
                    self._sequence,
                    time90 & 0xFFFF_FFFF,
                    self._ssrc,
                )
            )
            parts.append(payload)
            self._sequence = (self._sequence + 1) & 0xFFFF
            self._octets += len(payload)
        self._packets += len(payloads)
        return b"".join(parts)

    def sender_report(self, utc_ns: int, time90: int) -> bytes:
        """A sender report (RFC 3550, section 6.4.1) with a CNAME, which pairs UTC with media time."""
        seconds, rest_ns = divmod(utc_ns, 1_000_000_000)
        report = struct.pack(
            "!BBHIIIIII",
            0x80,
            200,
            6,
            self._ssrc,
            (seconds + _NTP_EPOCH_S) & 0xFFFF_FFFF,
            (rest_ns << 32) // 1_000_000_000,
            time90 & 0xFFFF_FFFF,
            self._packets & 0xFFFF_FFFF,
            self._octets & 0xFFFF_FFFF,
        )
        name = struct.pack("!IBB", self._ssrc, 1, 9) + b"simulated" + b"\0"
        name += b"\0" * (-len(name) % 4)
        description = struct.pack("!BBH", 0x81, 202, len(name) // 4) + name
        packet = report + description
        return struct.pack("!BBH", 0x24, self._channel + 1, len(packet)) + packet


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One media packet without contributing sources. `extension` is its header extension, whole."""

    payload_type: int
    marker: bool
    sequence: int
    time90: int
    ssrc: int
    payload: bytes
    extension: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> "RtpPacket":
        _, kind, sequence, time90, ssrc = _HEADER.unpack_from(data)
        return cls(kind & 0x7F, bool(kind & 0x80), sequence, time90, ssrc, data[12:])

    @property
    def data(self) -> bytes:
        kind = self.payload_type | (0x80 if self.marker else 0)
        sequence, time90 = self.sequence & 0xFFFF, self.time90 & 0xFFFF_FFFF
        flags = 0x90 if self.extension else 0x80
        return _HEADER.pack(flags, kind, sequence, time90, self.ssrc) + self.extension + self.payload


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes to a client: a packet for a channel, or, with channel None, bytes that belong to nothing."""

    channel: int | None
    data: bytes

    @property
    def wire(self) -> bytes:
        """As it is written on the RTSP connection."""
        if self.channel is None:
            return self.data
        return struct.pack("!BBH", 0x24, self.channel, len(self.data)) + self.data


def split(packets: bytes) -> list[bytes]:
    """The packets of a feed's picture, without their frames."""
    found: list[bytes] = []
    start = 0
    while start < len(packets):
        size = int.from_bytes(packets[start + 2 : start + 4], "big")
        found.append(packets[start + 4 : start + 4 + size])
        start += 4 + size
    return found
