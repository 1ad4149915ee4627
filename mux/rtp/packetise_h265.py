"""H.265 in RTP payloads, single session, in decoding order (RFC 7798): single units, AP and FU."""

from collections.abc import Sequence

from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES, NalFormat, packetise_nals
from shared.codecs.h265 import HEADER_BYTES, PARAMETER_SETS, Nal, nal_type

_AP = 48
_FU = 49
_FORBIDDEN = 0x8000
_FILLER = 38
_LARGEST_SINGLE_TYPE = 47


def packetise_h265(data: bytes, max_bytes: int = MAX_PAYLOAD_BYTES) -> list[bytes]:
    """The RTP payloads of one access unit (Annex B), in order; the last one takes the marker bit.

    Each payload is at most `max_bytes` long. Parameter sets and what else comes before the first slice share
    packets; a NAL unit that is too long becomes fragments of equal size, the last one at most as long. NAL
    units of types that RFC 7798 gives another meaning, delimiters and filler are left out. The list may be
    empty.
    """
    return packetise_nals(data, max_bytes, _FORMAT)


def _ap_header(nals: Sequence[memoryview]) -> bytes:
    """Of an AP (section 4.4.2): the lowest layer and temporal identifier of its units, and the forbidden bit
    if one of them has it."""
    headers = [int.from_bytes(nal[:HEADER_BYTES], "big") for nal in nals]
    layer = min(header & 0x1F8 for header in headers)
    temporal = min(header & 0x7 for header in headers)
    forbidden = _FORBIDDEN if any(header & _FORBIDDEN for header in headers) else 0
    return (forbidden | _AP << 9 | layer | temporal).to_bytes(HEADER_BYTES, "big")


def _fu_header(nal: memoryview) -> bytes:
    """Of FUs (section 4.4.3)."""
    return bytes((nal[0] & 0x81 | _FU << 1, nal[1]))


_FORMAT = NalFormat(
    header_bytes=HEADER_BYTES,
    # One byte behind the header: a unit of a header alone says nothing.
    least_bytes=HEADER_BYTES + 1,
    # A delimiter and filler say nothing to a decoder that gets whole pictures.
    sent=frozenset(range(_LARGEST_SINGLE_TYPE + 1)) - {Nal.AUD, _FILLER},
    sharing=PARAMETER_SETS | {Nal.PREFIX_SEI},
    kind_of=nal_type,
    aggregate_header=_ap_header,
    fragment_header=_fu_header,
)
