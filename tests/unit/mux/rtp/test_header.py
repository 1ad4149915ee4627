"""The RTP header a viewer gets."""

from tests.unit.mux.rtp.test_srtp import WITH_DELAY


def test_the_header_carries_the_playout_delay() -> None:
    header = WITH_DELAY.header(0, 1, 2)
    assert header[12:] == bytes.fromhex("bede0001 52 00a032")
