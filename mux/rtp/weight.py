"""What packets take of a link, in full ones."""

_WIRE_PACKET_BYTES = 1224
WIRE_PACKET_BITS = _WIRE_PACKET_BYTES * 8
"""A full packet with its RTP, SRTP, UDP and IP headers."""

_HEADER_BYTES = 64


def weight_of(payload_bytes: int, packets: int = 1) -> float:
    """What packets take of a link, counted in full packets: the packets of small pictures are light."""
    return (payload_bytes + _HEADER_BYTES * packets) / _WIRE_PACKET_BYTES
