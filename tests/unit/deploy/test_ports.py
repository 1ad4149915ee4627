import socket
from dataclasses import replace

import pytest

from deploy.ports import Ports, refuse_taken
from shared.errors import BadInput, Conflict
from tests.support.ports import free_port


def test_ports_follow_each_other_from_the_base() -> None:
    ports = Ports.from_base(9000)
    assert (ports.page, ports.mux, ports.status_ingest) == (9000, 9001, 9011)


@pytest.mark.parametrize("base", [0, 80, 65_001, -1])
def test_a_base_that_leaves_no_room_is_refused(base: int) -> None:
    with pytest.raises(BadInput, match="not between"):
        Ports.from_base(base)


def test_a_taken_port_is_named_with_its_purpose() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        ports = Ports(*([number] * 12))
        with pytest.raises(Conflict, match=rf"port {number} \(page\).*--port"):
            refuse_taken(ports, host="127.0.0.1")


def test_a_taken_media_port_is_seen_though_it_is_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        ports = replace(Ports(*[free_port() for _ in range(12)]), media=number)
        with pytest.raises(Conflict, match=rf"port {number} \(media\)"):
            refuse_taken(ports, host="127.0.0.1")
