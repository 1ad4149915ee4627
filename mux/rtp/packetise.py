"""H.264 in RTP payloads, packetisation mode 1 (RFC 6184): single units, STAP-A and FU-A."""

from collections.abc import Sequence

from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES, NalFormat, packetise_nals
from shared.codecs.h264 import Nal, nal_type

_STAP_A = 24
_FU_A = 28
_NRI = 0x60
_FILLER = 12
_LARGEST_SINGLE_TYPE = 23


def packetise(data: bytes, max_bytes: int = MAX_PAYLOAD_BYTES) -> list[bytes]:
    """The RTP payloads of one access unit (Annex B), in order; the last one takes the marker bit.

    Each payload is at most `max_bytes` long. Small NAL units before the first slice share STAP-A packets; a
    NAL unit that is too long becomes FU-A fragments of equal size, the last one at most as long. NAL units of
    types that RFC 6184 gives another meaning, delimiters and filler are left out. The list may be empty.
    """
    return packetise_nals(data, max_bytes, _FORMAT)


def _stap_header(nals: Sequence[memoryview]) -> bytes:
    """Of a STAP-A (section 5.7.1): as important as the most important of its units."""
    return bytes((max(nal[0] & _NRI for nal in nals) | _STAP_A,))


def _fu_header(nal: memoryview) -> bytes:
    """The indicator of FU-A packets (section 5.8)."""
    return bytes((nal[0] & _NRI | _FU_A,))


_FORMAT = NalFormat(
    header_bytes=1,
    least_bytes=1,
    # An access unit delimiter and filler say nothing to a decoder that gets whole pictures.
    sent=frozenset(range(1, _LARGEST_SINGLE_TYPE + 1)) - {Nal.AUD, _FILLER},
    sharing=frozenset({Nal.SEI, Nal.SPS, Nal.PPS}),
    kind_of=nal_type,
    aggregate_header=_stap_header,
    fragment_header=_fu_header,
)
