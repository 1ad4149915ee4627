"""Where a viewer's packets go."""

import socket

from mux.transport.core import Core
from tests.unit.mux.fakes import arrived
from tests.unit.mux.transport.sending import EXTENDED, NOBODY, Sending, chunk_of


def test_a_line_that_moves_is_sent_to_where_it_is(core: Core, receiver: socket.socket) -> None:
    sending = Sending(core)
    destination = sending.destination(EXTENDED, NOBODY)
    destination.address = receiver.getsockname()
    sending.transport.deliver(chunk_of([b"x"]), [destination])
    assert len(arrived(receiver)) == 1
    sending.transport.shut()
