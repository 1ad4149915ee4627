"""One picture to all senders of its stream: sealed and sent together, chunk by chunk."""

from collections.abc import Callable, Iterable, Sequence

from mux.picture import Picture
from mux.sender import Sender
from mux.wire import Wire


def fan_out(
    wire: Wire,
    picture: Picture,
    senders: Iterable[Sender],
    now_ns: int,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Give every sender the next picture of its stream. `begun` is told once when the first has been sent to.

    What the socket has no room for waits in its sender's queue.
    """
    ready = [sender for sender in senders if sender.takes(picture, now_ns)]
    if not ready:
        return
    # The first is served by itself: what it waited is the delay of the picture.
    _send(wire, picture, ready[:1])
    begun()
    _send(wire, picture, ready[1:])


def _send(wire: Wire, picture: Picture, ready: Sequence[Sender]) -> None:
    for number, chunk in enumerate(picture.chunks):
        if not ready:
            return
        wire.deliver(chunk, [sender.line for sender in ready])
        ready = [sender for sender in ready if sender.delivered(picture, number)]
