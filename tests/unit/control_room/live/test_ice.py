"""What browsers are told of STUN and TURN."""

import hmac
from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from control_room.live.ice import TURN_S, IceServers
from shared.clock import SimulatedClock

SECRET = "shared-with-the-turn-server"
TURN = ["turn:turn.test:3478?transport=udp", "turns:turn.test:5349"]


def test_without_servers_there_is_nothing_to_tell() -> None:
    assert IceServers([], [], "", SimulatedClock(0)).of("p-1") == ()


def test_stun_needs_no_credentials() -> None:
    (server,) = IceServers(["stun:stun.test"], [], "", SimulatedClock(0)).of("p-1")
    assert (server.urls, server.username, server.credential) == (("stun:stun.test",), "", "")


@given(st.text(min_size=1), st.integers(0, 4_000_000_000))
def test_a_turn_password_is_the_one_the_turn_server_computes(person: str, now_s: int) -> None:
    (server,) = IceServers([], TURN, SECRET, SimulatedClock(now_s * 10**9)).of(person)
    expiry, _, name = server.username.partition(":")
    assert int(expiry) == now_s + TURN_S
    assert (
        server.credential
        == b64encode(hmac.digest(SECRET.encode(), server.username.encode(), "sha1")).decode()
    )
    assert name.isalnum()
    assert len(name) == 16


def test_the_turn_server_learns_a_pseudonym_that_is_the_same_for_one_person() -> None:
    servers = IceServers([], TURN, SECRET, SimulatedClock(0))
    first, again, other = (servers.of(person)[0].username for person in ("p-one", "p-one", "p-two"))
    assert first == again != other
    assert "p-one" not in first


def test_a_turn_password_is_in_no_text_of_a_server() -> None:
    (server,) = IceServers([], TURN, SECRET, SimulatedClock(0)).of("p-1")
    assert server.credential not in repr(server)
