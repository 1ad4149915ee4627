"""A socket of the tap is not opened where it would be open to everybody, or closed to everybody."""

from pathlib import Path

import pytest
import zmq

from shared.errors import BadInput
from shared.tap import Endpoint, TapKeys, TapPublisher
from shared.tap.keys import make_pair


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
