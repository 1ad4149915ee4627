"""H.265 in RTP payloads, single session, in decoding order (RFC 7798): single units, AP and FU."""

from mux.packetise import MAX_PAYLOAD_BYTES
from shared.h264 import nal_units
from shared.h265 import HEADER_BYTES, PARAMETER_SETS, Nal, nal_type

_AP = 48
_FU = 49
_FU_START = 0x80
_FU_END = 0x40
_FORBIDDEN = 0x8000
_FILLER = 38
# A delimiter and filler say nothing to a decoder that gets whole pictures.
_LEFT_OUT = frozenset({Nal.AUD, _FILLER})
_SHARING = PARAMETER_SETS | {Nal.PREFIX_SEI}
_LARGEST_SINGLE_TYPE = 47


def packetise_h265(data: bytes, max_bytes: int = MAX_PAYLOAD_BYTES) -> list[bytes]:
    """The RTP payloads of one access unit (Annex B), in order; the last one takes the marker bit.

    Each is at most `max_bytes` long. Parameter sets and what else comes before the first slice share packets;
    a unit that is too long becomes fragments of equal size, the last one at most as long. Units of types that
    RFC 7798 gives another meaning, delimiters and filler are left out; what is left may be nothing.
    """
    payloads: list[bytes] = []
    waiting: list[memoryview] = []
    waiting_bytes = HEADER_BYTES
    for nal in nal_units(data):
        kind = nal_type(nal)
        if len(nal) <= HEADER_BYTES or kind in _LEFT_OUT or kind > _LARGEST_SINGLE_TYPE:
            continue
        small = kind in _SHARING and len(nal) + HEADER_BYTES + 2 <= max_bytes
        if waiting and (not small or waiting_bytes + 2 + len(nal) > max_bytes):
            payloads.append(_aggregated(waiting))
            waiting, waiting_bytes = [], HEADER_BYTES
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
    """An AP (section 4.4.2) of several units, or the only unit itself.

    Its header has the lowest layer and temporal identifier of them, and the forbidden bit if one has it.
    """
    if len(nals) == 1:
        return bytes(nals[0])
    headers = [int.from_bytes(nal[:HEADER_BYTES], "big") for nal in nals]
    layer = min(header & 0x1F8 for header in headers)
    temporal = min(header & 0x7 for header in headers)
    forbidden = _FORBIDDEN if any(header & _FORBIDDEN for header in headers) else 0
    parts = [(forbidden | _AP << 9 | layer | temporal).to_bytes(HEADER_BYTES, "big")]
    for nal in nals:
        parts.append(len(nal).to_bytes(2, "big"))
        parts.append(bytes(nal))
    return b"".join(parts)


def _fragments(nal: memoryview, max_bytes: int) -> list[bytes]:
    """FUs (section 4.4.3) of one unit."""
    kind = nal_type(nal)
    header = bytes((nal[0] & 0x81 | _FU << 1, nal[1]))
    body = nal[HEADER_BYTES:]
    count = -(-len(body) // (max_bytes - HEADER_BYTES - 1))
    size = -(-len(body) // count)
    payloads = []
    for start in range(0, len(body), size):
        flags = kind
        if start == 0:
            flags |= _FU_START
        if start + size >= len(body):
            flags |= _FU_END
        payloads.append(header + bytes((flags,)) + body[start : start + size])
    return payloads
