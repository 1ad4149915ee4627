"""What the payloads of H.264 and H.265 have in common."""

from hypothesis import given
from hypothesis import strategies as st

from mux.rtp.packetise import packetise
from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES
from shared.codecs.h264 import START_CODE
from tests.unit.mux.rtp.test_packetise import _nals, nal


@given(_nals, st.integers(40, 1200))
def test_no_payload_is_longer_than_allowed(nals: list[bytes], most: int) -> None:
    data = b"".join(START_CODE + one for one in nals)
    assert all(0 < len(payload) <= most for payload in packetise(data, most))


def test_fragments_are_equal_but_for_the_last_which_is_not_longer() -> None:
    sizes = [len(payload) for payload in packetise(START_CODE + nal(1, 2, bytes(5000)))]
    assert len(set(sizes[:-1])) == 1
    assert sizes[-1] <= sizes[0]


def test_a_unit_of_just_the_allowed_size_is_sent_whole() -> None:
    whole = nal(1, 2, bytes(MAX_PAYLOAD_BYTES - 1))
    assert packetise(START_CODE + whole) == [whole]
