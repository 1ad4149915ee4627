"""Destinations in step, by both media transports."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mux.counts import Counts
from mux.transport.core import Core
from mux.transport.udp import UdpTransport
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.log import Trouble, get_logger
from tests.unit.mux.fakes import arrived
from tests.unit.mux.fanout.in_step import ACTS, VIEWERS, Rig, recorded


@pytest.fixture
def receivers() -> Iterator[list[socket.socket]]:
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(VIEWERS)]
    for one in made:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        one.bind(("127.0.0.1", 0))
        one.setblocking(False)
    yield made
    for one in made:
        one.close()


def sent_by_udp(
    core: Core | None, receivers: list[socket.socket], acts: list[tuple[str, int, int, bool]]
) -> list[list[bytes]]:
    trouble = Trouble(get_logger("test"), "udp-trouble", SystemClock())
    transport = UdpTransport("127.0.0.1", 0, counts=Counts(), trouble=trouble, core=core)
    Rig(transport, [one.getsockname() for one in receivers]).play(acts)
    transport.shut()
    return [arrived(one) for one in receivers]


@given(st.lists(ACTS, min_size=2, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
def test_both_wires_send_to_those_in_step_what_the_reference_sends(
    receivers: list[socket.socket], acts: list[tuple[str, int, int, bool]]
) -> None:
    expected = recorded([one.getsockname() for one in receivers], acts, alone=True)
    assert sent_by_udp(None, receivers, acts) == expected
    try:
        core = Core.load()
    except Unavailable as error:
        pytest.skip(f"no compiled core here: {error.detail}")
    assert sent_by_udp(core, receivers, acts) == expected
