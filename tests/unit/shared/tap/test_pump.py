"""A socket of the tap is not opened where it would be open to everybody, or closed to everybody."""

import asyncio
from pathlib import Path

import pytest
import zmq

from shared.errors import BadInput
from shared.tap import Endpoint, TapKeys, TapPublisher
from shared.tap.keys import make_pair
from shared.tap.pump import Pump
from tests.support.eventually import eventually
from tests.support.ports import free_port


def _publisher(endpoints: str, keys: TapKeys | None) -> TapPublisher:
    return TapPublisher(Endpoint.parse_list(endpoints), keys, lambda _stream: ())


@pytest.mark.parametrize(
    "address", ["10.1.2.3:7001", "0.0.0.0:7001", "*:7001", "[::]:7001", "tap.example.org:7001"]
)
def test_a_tap_that_leaves_the_machine_needs_keys(address: str) -> None:
    with pytest.raises(BadInput, match="CURVE"):
        _publisher(f"connect:tcp://{address}", None)


@pytest.mark.parametrize("address", ["127.0.0.1:7001", "[::1]:7001", "localhost:7001"])
def test_a_tap_within_the_machine_needs_none(address: str) -> None:
    _publisher(f"connect:tcp://{address}", None)


def test_whoever_dials_with_keys_must_know_the_server_s() -> None:
    with pytest.raises(BadInput, match="server's public key"):
        _publisher("connect:tcp://10.1.2.3:7001", TapKeys(*make_pair()))


def test_whoever_is_dialled_with_keys_must_know_its_peers() -> None:
    with pytest.raises(BadInput, match="folder of its peers"):
        _publisher("bind:tcp://0.0.0.0:7001", TapKeys(*make_pair()))


def test_with_keys_nobody_binds_and_dials_at_once(tmp_path: Path) -> None:
    keys = TapKeys(*make_pair(), server_public=zmq.curve_public(make_pair()[1]), peers_dir=tmp_path)
    with pytest.raises(BadInput, match="bind or all dial"):
        _publisher("bind:tcp://0.0.0.0:7001,connect:tcp://10.1.2.3:7001", keys)


async def test_who_can_wait_is_woken_once_for_the_messages_of_a_moment() -> None:
    port, came, drained = free_port(), list[bytes](), list[int]()
    endpoint = Endpoint.parse_list(f"bind:tcp://127.0.0.1:{port}")
    pump = Pump(zmq.PULL, endpoint, None, lambda frames: came.append(frames[0].bytes), patience_s=0.5)
    drain = pump._drain

    def counted() -> None:
        drained.append(len(came))
        drain()

    pump._drain = counted  # type: ignore[method-assign]  # to count
    await pump.start()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    with context, context.socket(zmq.PUSH) as sender:
        sender.connect(f"tcp://127.0.0.1:{port}")
        for number in range(10):
            sender.send(bytes([number]))
            await asyncio.sleep(0.005)
        await eventually(lambda: len(came) == 10, what="all messages")
    await pump.close()
    assert came == [bytes([number]) for number in range(10)]
    assert len(drained) <= 4
