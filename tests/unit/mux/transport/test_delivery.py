"""One chunk to many destinations, each with its own path."""

import errno
import socket

from mux.rtp.picture import Chunk
from mux.transport.core import Core, Jobs
from tests.unit.mux.fakes import arrived
from tests.unit.mux.transport.sending import EXTENDED, NOBODY, PLAIN, Sending, chunk_of


def test_what_one_viewers_path_refuses_does_not_stop_the_others(core: Core, receiver: socket.socket) -> None:
    for segmentation in (True, False):
        sending = Sending(core, segmentation=segmentation)
        destinations = [
            sending.destination(EXTENDED, receiver.getsockname(), 1),
            sending.destination(EXTENDED, NOBODY),
            sending.destination(PLAIN, receiver.getsockname(), 100),
        ]
        sending.transport.deliver(chunk_of([b"one" * 300, b"two" * 300]), destinations)
        assert len(arrived(receiver)) == 4
        assert sending.counts.send_errors == 2
        assert sending.transport.segmentation is segmentation
        assert not any(destination.full for destination in destinations)
        sending.transport.shut()


class FullCore(Core):
    """A core whose socket has no room."""

    def send(
        self, socket: int, segmented: bool, chunk: Chunk, time90: int, jobs: Jobs, first: int, count: int
    ) -> list[tuple[int, int, int, int]]:
        return [(place, errno.EAGAIN, 0, 0) for place in range(first, first + count)]


def test_a_full_socket_is_said_on_the_line(core: Core) -> None:
    sending = Sending(FullCore.load())
    destination = sending.destination(EXTENDED, NOBODY)
    sending.transport.deliver(chunk_of([b"x"]), [destination])
    assert destination.full
    sending.transport.shut()
