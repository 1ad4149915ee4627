"""H.264 in RTP payloads, packetisation mode 1 (RFC 6184): single units, STAP-A and FU-A."""

from shared.h264 import Nal, nal_type, nal_units

MAX_PAYLOAD_BYTES = 1160
"""Leaves room for the RTP header (20), an RTX sequence number (2) and an SRTP tag (16) in 1200 bytes."""

_STAP_A = 24
_FU_A = 28
_FU_START = 0x80
_FU_END = 0x40
_NRI = 0x60
_FILLER = 12
# An access unit delimiter and filler say nothing to a decoder that gets whole pictures.
_LEFT_OUT = frozenset({Nal.AUD, _FILLER})
_LARGEST_SINGLE_TYPE = 23


def packetise(data: bytes, max_bytes: int = MAX_PAYLOAD_BYTES) -> list[bytes]:
    """The RTP payloads of one access unit (Annex B), in order; the last one takes the marker bit.

    Each is at most `max_bytes` long. Small units before the first slice share STAP-A packets; a unit that is
    too long becomes FU-A fragments of equal size, the last one at most as long. Units of types that RFC 6184
    gives another meaning, delimiters and filler are left out; what is left may be nothing.
    """
    payloads: list[bytes] = []
    waiting: list[memoryview] = []
    waiting_bytes = 1
    for nal in nal_units(data):
        kind = nal_type(nal)
        if kind in _LEFT_OUT or not 0 < kind <= _LARGEST_SINGLE_TYPE:
            continue
        small = Nal.SEI <= kind <= Nal.PPS and len(nal) + 3 <= max_bytes
        if waiting and (not small or waiting_bytes + 2 + len(nal) > max_bytes):
            payloads.append(_aggregated(waiting))
            waiting, waiting_bytes = [], 1
        if small:
            waiting.append(nal)
            waiting_bytes += 2 + len(nal)
        elif len(nal) <= max_bytes:
            payloads.append(bytes(nal))
        else:
            payloads.extend(_fragments(nal, max_bytes))
    if waiting:
        payloads.append(_aggregated(waiting))
    return payloads


def _aggregated(nals: list[memoryview]) -> bytes:
    """A STAP-A (section 5.7.1) of several units, or the only unit itself."""
    if len(nals) == 1:
        return bytes(nals[0])
    importance = max(nal[0] & _NRI for nal in nals)
    parts = [bytes((importance | _STAP_A,))]
    for nal in nals:
        parts.append(len(nal).to_bytes(2, "big"))
        parts.append(bytes(nal))
    return b"".join(parts)


def _fragments(nal: memoryview, max_bytes: int) -> list[bytes]:
    """FU-A packets (section 5.8) of one unit."""
    indicator = (nal[0] & _NRI) | _FU_A
    kind = nal[0] & 0x1F
    body = nal[1:]
    count = -(-len(body) // (max_bytes - 2))
    size = -(-len(body) // count)
    payloads = []
    for start in range(0, len(body), size):
        flags = kind
        if start == 0:
            flags |= _FU_START
        if start + size >= len(body):
            flags |= _FU_END
        payloads.append(bytes((indicator, flags)) + body[start : start + size])
    return payloads
