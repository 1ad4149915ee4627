"""The socket, with and without segmentation by the kernel."""

import socket

import pytest

from mux.counts import Counts
from mux.rtp.layout import Layout, Run
from mux.rtp.picture import Chunk
from mux.transport.udp import UdpTransport, resolve_host
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.log import Trouble, get_logger
from tests.support.eventually import eventually

SIZES = [40, 1100, 1100, 1100, 700]


@pytest.fixture
def receiver() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(2)
    return made


def transport_of(counts: Counts, *, segmentation: bool = True) -> UdpTransport:
    trouble = Trouble(get_logger("test"), "udp-trouble", SystemClock())
    return UdpTransport("127.0.0.1", 0, counts=counts, trouble=trouble, segmentation=segmentation)


def filled() -> tuple[Layout, list[bytes]]:
    layout = Layout(Chunk.of([(0, bytes(size)) for size in SIZES]), 20, 16)
    packets = []
    for number, (_, _, _, header, body) in enumerate(layout.slots):
        header[:] = bytes([number]) * len(header)
        body[:] = bytes([number]) * len(body)
        packets.append(bytes(header) + bytes(body))
    return layout, packets


@pytest.mark.parametrize("segmentation", [True, False])
async def test_a_layout_arrives_as_its_packets(receiver: socket.socket, segmentation: bool) -> None:
    transport, (layout, packets) = transport_of(Counts(), segmentation=segmentation), filled()
    assert transport.send_layout(layout, receiver.getsockname())
    assert [receiver.recv(2048) for _ in packets] == packets
    transport.close()
    receiver.close()


async def test_refused_segmentation_is_given_up_and_every_packet_still_sent(receiver: socket.socket) -> None:
    transport = transport_of(Counts())
    data = memoryview(bytes(70 * 100))
    layout, _ = filled()
    # More segments than the kernel takes: it refuses with EINVAL, as it does where a card cannot do it.
    layout.runs[:] = [Run(data, 100, 600)]
    layout.runs[0] = Run(memoryview(bytes(6000)), 10, 600)
    assert transport.send_layout(layout, receiver.getsockname())
    assert not transport.segmentation
    assert {len(receiver.recv(2048)) for _ in range(200)} == {10}
    transport.close()
    receiver.close()


async def test_what_the_network_refuses_is_counted_and_not_raised() -> None:
    counts = Counts()
    transport = transport_of(counts)
    # A socket bound to loopback cannot reach anything else.
    assert transport.send(b"x", ("198.51.100.1", 9))
    assert counts.send_errors == 1
    assert transport.segmentation
    transport.close()


async def test_datagrams_come_in_with_their_source(receiver: socket.socket) -> None:
    transport = transport_of(Counts())
    got: list[tuple[bytes, tuple[str, int]]] = []
    transport.listen(lambda datagram, source, _: got.append((datagram, source)), SystemClock())
    receiver.sendto(b"hello", transport.address)
    await eventually(lambda: got, what="the datagram")
    assert got == [(b"hello", receiver.getsockname())]
    transport.close()
    receiver.close()


async def test_a_taken_port_is_told_in_a_sentence(receiver: socket.socket) -> None:
    host, port = receiver.getsockname()
    with pytest.raises(Unavailable, match=f"cannot use UDP {host}:{port}"):
        UdpTransport(host, port, counts=Counts(), trouble=Trouble(get_logger("t"), "t", SystemClock()))
    receiver.close()


def test_an_address_is_taken_as_it_is() -> None:
    assert resolve_host("127.0.0.1") == "127.0.0.1"


def test_auto_finds_an_address_of_this_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((resolve_host("auto"), 0))


def test_a_name_of_nothing_is_told_in_a_sentence() -> None:
    with pytest.raises(Unavailable, match="BEFFROI_UDP_HOST"):
        resolve_host("no-such-host.invalid")
