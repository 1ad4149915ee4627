import socket
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.ports import MOST_MUXES, Ports, refuse_taken
from shared.errors import BadInput, Conflict
from tests.support.ports import free_port


def test_ports_follow_each_other_from_the_base() -> None:
    ports = Ports.from_base(9000)
    assert (ports.page, ports.muxes[0].http, ports.status_ingest) == (9000, 9001, 9011)


@given(st.integers(1024, 65_000), st.integers(1, MOST_MUXES))
def test_no_two_services_share_a_port_however_many_muxes_there_are(base: int, muxes: int) -> None:
    ports = Ports.from_base(base, muxes)
    numbers = [number for _, number in ports.named()]
    assert sorted(numbers) == list(range(base, base + 12 + 4 * (muxes - 1)))
    assert ports.status_ingest == max(numbers)
    assert ports.muxes[0] == Ports.from_base(base).muxes[0]


@pytest.mark.parametrize("muxes", [0, -1, MOST_MUXES + 1])
def test_a_number_of_muxes_that_makes_no_sense_is_refused(muxes: int) -> None:
    with pytest.raises(BadInput, match="not between 1 and 16"):
        Ports.from_base(9000, muxes)


@pytest.mark.parametrize("base", [0, 80, 65_001, -1])
def test_a_base_that_leaves_no_room_is_refused(base: int) -> None:
    with pytest.raises(BadInput, match="not between"):
        Ports.from_base(base)


def free_ports() -> Ports:
    """Ports nobody has, in no order."""
    ports = Ports.from_base(9000)
    mux = replace(ports.muxes[0], http=free_port(), media=free_port(), tap=free_port(), status=free_port())
    return replace(
        ports,
        page=free_port(),
        storage=free_port(),
        redis=free_port(),
        tap_storage=free_port(),
        simulator=free_port(),
        status_control=free_port(),
        status_storage=free_port(),
        status_ingest=free_port(),
        muxes=(mux,),
    )


def test_a_taken_port_is_named_with_its_purpose() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(Conflict, match=rf"port {number} \(page\).*--port"):
            refuse_taken(replace(free_ports(), page=number), host="127.0.0.1")


def test_a_taken_media_port_is_seen_though_it_is_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        ports = free_ports()
        ports = replace(ports, muxes=(replace(ports.muxes[0], media=number),))
        with pytest.raises(Conflict, match=rf"port {number} \(media of mux 1\)"):
            refuse_taken(ports, host="127.0.0.1")
