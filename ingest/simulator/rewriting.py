"""What a strange camera makes of the packets of one picture: other payloads, other extensions."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.simulator.rtp import RtpPacket
from shared.codecs.h264 import Nal

Rewrite = Callable[[Sequence[RtpPacket]], list[RtpPacket]]

_FU, _PACI = 49, 50
_H265_HEADER_BYTES = 2
_SIZE_AT, _UNITS = 6, 8
_SOF = struct.Struct("!BBHBHHB9s")
_COMPONENTS = bytes((1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1))


def without_points(packets: Sequence[RtpPacket]) -> list[RtpPacket]:
    """H.264 without SEI, and so without recovery points."""
    return [packet for packet in packets if packet.payload[0] & 0x1F != Nal.SEI]


def with_size_extended(packets: Sequence[RtpPacket]) -> list[RtpPacket]:
    """Motion JPEG that tells its size in the header extension of the first packet alone (ONVIF)."""
    width, height = (_UNITS * packets[0].payload[_SIZE_AT + place] for place in (0, 1))
    told = _SOF.pack(0xFF, 0xC0, 17, 8, height, width, 3, _COMPONENTS)
    told += b"\xff" * (-len(told) % 4)
    unsized = [
        replace(packet, payload=packet.payload[:_SIZE_AT] + b"\0\0" + packet.payload[_SIZE_AT + 2 :])
        for packet in packets
    ]
    extension = struct.pack("!HH", 0xFFD8, len(told) // 4) + told
    return [replace(unsized[0], extension=extension), *unsized[1:]]


def numbered(packets: Sequence[RtpPacket]) -> list[RtpPacket]:
    """H.265 with decoding order numbers (RFC 7798, section 4.4): those of the packets."""
    return [replace(packet, payload=with_order_number(packet.payload, packet.sequence)) for packet in packets]


def with_order_number(payload: bytes, number: int) -> bytes:
    """An H.265 payload with a decoding order number, where it has one: not in the middle of a fragmented
    unit."""
    at = _H265_HEADER_BYTES
    if payload[0] >> 1 & 0x3F == _FU:
        if not payload[at] & 0x80:
            return payload
        at += 1
    return payload[:at] + (number & 0xFFFF).to_bytes(2, "big") + payload[at:]


def in_paci(packets: Sequence[RtpPacket]) -> list[RtpPacket]:
    """H.265 in PACI packets (section 4.4.4)."""
    return [replace(packet, payload=paci(packet.payload)) for packet in packets]


def paci(payload: bytes, extra: bytes = b"") -> bytes:
    """An H.265 payload in a PACI packet with so much about its content, 31 bytes at most."""
    told = (payload[0] >> 7) << 15 | (payload[0] >> 1 & 0x3F) << 9 | len(extra) << 4
    header = bytes((_PACI << 1 | payload[0] & 1, payload[1]))
    return header + told.to_bytes(2, "big") + extra + payload[_H265_HEADER_BYTES:]
