"""The Session and Transport headers of cameras."""

import pytest

from ingest.rtsp.headers import DEFAULT_TIMEOUT_S, session_of, transport_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("abc;timeout=20", ("abc", 20.0)),
        (" abc ; Timeout = 20 ", ("abc", 20.0)),
        ("abc", ("abc", DEFAULT_TIMEOUT_S)),
        ("abc;timeout=soon", ("abc", DEFAULT_TIMEOUT_S)),
        ("abc;timeout=0", ("abc", 2.0)),
        ("", ("", DEFAULT_TIMEOUT_S)),
    ],
)
def test_a_session_has_a_name_and_a_time_out(header: str, expected: tuple[str, float]) -> None:
    assert session_of(header) == expected


def test_what_the_camera_chose_is_read() -> None:
    chosen = transport_of("RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1A2B3C4D")
    assert (chosen.tcp, chosen.channels, chosen.ssrc) == (True, (2, 3), 0x1A2B3C4D)
    udp = transport_of("RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;ssrc=none")
    assert (udp.tcp, udp.channels, udp.server_ports, udp.ssrc) == (False, None, (6000, 6001), None)
