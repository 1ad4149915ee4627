"""A worker publishes to an edge recorder besides: by that one's own key, or without one on this machine."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.errors import BadInput
from shared.tap import Endpoint, Gap, TapKeys, TapPublisher, TapSubscriber
from shared.tap.endpoint import Beside
from shared.tap.keys import make_pair
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.ports import free_port


def server(folder: Path, worker: bytes) -> TapKeys:
    """The keys of a side that is dialled, and knows the worker."""
    folder.mkdir()
    (folder / f"{STREAM.commune}.pub").write_bytes(worker)
    public, secret = make_pair()
    return TapKeys(public, secret, peers_dir=folder)


@pytest.mark.parametrize("keyed", [True, False])
async def test_both_readers_get_every_unit_each_by_its_own_key(tmp_path: Path, keyed: bool) -> None:
    public, secret = make_pair()
    centre = server(tmp_path / "centre", public)
    edge = server(tmp_path / "edge", public) if keyed else None
    ports = free_port(), free_port()
    got: list[list[AccessUnit | Gap]] = [[], []]
    async with AsyncExitStack() as stack:
        for number, keys in enumerate((centre, edge)):
            endpoint = Endpoint.parse(f"bind:tcp://127.0.0.1:{ports[number]}")
            reader = TapSubscriber([endpoint], keys, SystemClock())
            await reader.start()
            stack.push_async_callback(reader.close)
            reader.subscribe(STREAM, got[number].append)
        publisher = TapPublisher(
            [Endpoint.parse(f"connect:tcp://127.0.0.1:{ports[0]}")],
            TapKeys(public, secret, centre.public),
            lambda stream: (),
            beside=Beside(
                Endpoint.parse(f"connect:tcp://127.0.0.1:{ports[1]}"), None if edge is None else edge.public
            ),
        )
        await publisher.start()
        stack.push_async_callback(publisher.close)
        unit = units(1)[0]

        def both() -> bool:
            publisher.publish(unit)
            return all(got)

        await eventually(both, what="a unit at both readers")


@pytest.mark.parametrize(
    ("endpoint", "key"), [("connect:tcp://192.0.2.1:7012", None), ("bind:tcp://127.0.0.1:7012", None)]
)
def test_an_edge_elsewhere_needs_a_key_and_is_dialled(endpoint: str, key: bytes | None) -> None:
    with pytest.raises(BadInput):
        TapPublisher(
            [Endpoint.parse("connect:tcp://127.0.0.1:7002")],
            None,
            lambda stream: (),
            beside=Beside(Endpoint.parse(endpoint), key),
        )
