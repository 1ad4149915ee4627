"""What packets take of a link."""

import pytest

from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES
from mux.rtp.weight import weight_of


def test_small_packets_weigh_what_they_are() -> None:
    assert weight_of(MAX_PAYLOAD_BYTES) == pytest.approx(1.0)
    assert weight_of(100) < 0.15
    assert weight_of(300, 3) == pytest.approx(3 * weight_of(100))
