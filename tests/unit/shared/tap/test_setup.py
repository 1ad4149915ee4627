"""One side of the tap as settings name it."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import BadInput
from shared.tap import TapSetup, TapSubscriber, open_tap
from shared.tap.keys import make_pair
from tests.support.ports import free_port


class Stopping:
    """Closes at its end what it was given, as a service does."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    def on_stop(self, close: Callable[[], Awaitable[None]]) -> None:
        self._stack.push_async_callback(close)


def test_endpoints_and_keys_are_read(tmp_path: Path) -> None:
    (public, secret), (server, _) = make_pair(), make_pair()
    (tmp_path / "own.key").write_bytes(secret)
    (tmp_path / "server.pub").write_bytes(server)
    setup = TapSetup.read(
        "connect:tcp://10.0.0.1:7001, connect:tcp://10.0.0.1:7002",
        tmp_path / "own.key",
        server_key_file=tmp_path / "server.pub",
        peers_dir=tmp_path,
    )
    assert [endpoint.address for endpoint in setup.endpoints] == [
        "tcp://10.0.0.1:7001",
        "tcp://10.0.0.1:7002",
    ]
    assert setup.keys is not None
    assert (setup.keys.public, setup.keys.server_public, setup.keys.peers_dir) == (public, server, tmp_path)


def test_a_tap_without_a_key_file_has_no_keys_and_stays_on_this_machine() -> None:
    assert TapSetup.read("bind:tcp://127.0.0.1:7001", None).keys is None
    leaving = TapSetup.read("bind:tcp://0.0.0.0:7001", None)
    with pytest.raises(BadInput, match="BEFFROI_TAP_KEY_FILE"):
        TapSubscriber(leaving.endpoints, leaving.keys, SimulatedClock())


@pytest.mark.parametrize("endpoints", ["", " , ", "bind:udp://127.0.0.1:1"])
def test_a_tap_without_an_endpoint_is_refused(endpoints: str) -> None:
    with pytest.raises(BadInput, match="tap endpoint"):
        TapSetup.read(endpoints, None)


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"missing\.key"):
        TapSetup.read("bind:tcp://127.0.0.1:7001", tmp_path / "missing.key")


async def test_an_open_tap_is_closed_by_the_service_s_stop() -> None:
    port = free_port()
    setup = TapSetup.read(f"bind:tcp://127.0.0.1:{port}", None)
    for _ in range(2):  # The second can bind only where the first was closed.
        async with AsyncExitStack() as service:
            stopping = Stopping(service)
            await open_tap(TapSubscriber(setup.endpoints, setup.keys, SimulatedClock()), stopping)
