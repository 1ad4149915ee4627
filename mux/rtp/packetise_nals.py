"""What H.264 and H.265 share in RTP: small units in one packet, and long ones in fragments of equal size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.codecs.h264 import nal_units

MAX_PAYLOAD_BYTES = 1160
"""Leaves room for the RTP header (20), an RTX sequence number (2) and an SRTP tag (16) in 1200 bytes."""

_SIZE_BYTES = 2
_START = 0x80
_END = 0x40


@dataclass(frozen=True, slots=True)
class NalFormat:
    """How a codec's payloads are made. The headers of NAL units and of payloads have `header_bytes` each.

    NAL units of the types in `sent` and of at least `least_bytes` are sent; those in `sharing` share packets.
    """

    header_bytes: int
    least_bytes: int
    sent: frozenset[int]
    sharing: frozenset[int]
    kind_of: Callable[[memoryview], int]
    aggregate_header: Callable[[Sequence[memoryview]], bytes]
    fragment_header: Callable[[memoryview], bytes]


def packetise_nals(data: bytes, max_bytes: int, form: NalFormat) -> list[bytes]:
    """The RTP payloads of one access unit (Annex B), in order, each at most `max_bytes` long.

    NAL units of the sharing types go into one packet where they follow each other and fit; a NAL unit that is
    too long becomes fragments of equal size, the last one at most as long. The list may be empty.
    """
    header_bytes, least_bytes = form.header_bytes, form.least_bytes
    payloads: list[bytes] = []
    waiting: list[memoryview] = []
    waiting_bytes = header_bytes
    for nal in nal_units(data):
        kind = form.kind_of(nal)
        if kind not in form.sent or len(nal) < least_bytes:
            continue
        small = kind in form.sharing and header_bytes + _SIZE_BYTES + len(nal) <= max_bytes
        if waiting and (not small or waiting_bytes + _SIZE_BYTES + len(nal) > max_bytes):
            payloads.append(_aggregated(waiting, form))
            waiting, waiting_bytes = [], header_bytes
        if small:
            waiting.append(nal)
            waiting_bytes += _SIZE_BYTES + len(nal)
        elif len(nal) <= max_bytes:
            payloads.append(bytes(nal))
        else:
            payloads += _fragments(nal[header_bytes:], kind, form.fragment_header(nal), max_bytes)
    if waiting:
        payloads.append(_aggregated(waiting, form))
    return payloads


def _aggregated(nals: list[memoryview], form: NalFormat) -> bytes:
    """Several units in one payload, or the only unit itself."""
    if len(nals) == 1:
        return bytes(nals[0])
    parts: list[bytes | memoryview] = [form.aggregate_header(nals)]
    for nal in nals:
        parts.append(len(nal).to_bytes(_SIZE_BYTES, "big"))
        parts.append(nal)
    return b"".join(parts)


def _fragments(body: memoryview, kind: int, header: bytes, max_bytes: int) -> list[bytes]:
    """The fragments of a NAL unit that does not fit into one packet: at least two."""
    count = -(-len(body) // (max_bytes - len(header) - 1))
    size = -(-len(body) // count)
    first, middle, last = (header + bytes((kind | flags,)) for flags in (_START, 0, _END))
    last_at = (len(body) - 1) // size * size
    payloads = [first + body[:size]]
    payloads += [middle + body[at : at + size] for at in range(size, last_at, size)]
    payloads.append(last + body[last_at:])
    return payloads
