"""Senders of one stream that are in step: nothing waits for them, so that a picture is the same for all.

A picture costs them one call of the wire and no Python a sender. Whoever needs something of its own (a
repair, another address, a replay) steps out first, and comes back with a later picture.
"""

from collections.abc import Callable

from mux.counts import Counts
from mux.line import Line
from mux.pace import Pace
from mux.picture import Picture
from mux.progress import Progress
from mux.sender import Sender
from mux.wire import Wire


class Chorus:
    """Senders of the same pace. `left` is told who has stepped out."""

    def __init__(self, wire: Wire, counts: Counts, pace: Pace, left: Callable[[Sender], None]) -> None:
        self._together = wire.together()
        self._counts = counts
        self._left = left
        self._progress = Progress(pace)
        self._by_line: dict[Line, Sender] = {}

    def __len__(self) -> int:
        return len(self._by_line)

    def invite(self, sender: Sender, time90: int) -> bool:
        """Take a sender in that has just sent the picture of a time, if it is in step; whether it is."""
        progress = self._progress
        if not self._by_line:
            progress.last90 = time90
            progress.bucket.copy(sender.bucket)
        if progress.last90 != time90 or not sender.joins(progress, self._leave):
            return False
        self._by_line[sender.line] = sender
        self._together.join(sender.line, sender.time_base)
        return True

    def takes(self, picture: Picture, now_ns: int) -> bool:
        """Take the next picture of the stream. False when there is nobody, or when it cannot leave at once as
        a whole: all have stepped out then."""
        if not self._by_line:
            return False
        bucket = self._progress.bucket
        bucket.refill(now_ns)
        if picture.time90 > self._progress.last90 and bucket.allows_each(picture.chunks):
            self._progress.last90 = picture.time90
            return True
        for sender in list(self._by_line.values()):
            sender.step_out()
        return False

    def send(self, picture: Picture, begun: Callable[[], None]) -> None:
        """Send a picture taken. `begun` is told when the first sender has been sent to."""
        for number, chunk in enumerate(picture.chunks):
            unsent, first = [], 0
            if number == 0:
                # The first is served by itself: what it waited is the delay of the picture.
                unsent, first = self._together.deliver(chunk, picture.time90, 0, 1), 1
                begun()
            rest = len(self._by_line) - first
            if rest:
                unsent = unsent + self._together.deliver(chunk, picture.time90, first, rest)
            for line in unsent:
                sender = self._by_line[line]
                sender.step_out()
                sender.refused(picture, number)
            self._progress.sent(chunk)
            self._counts.packets += len(chunk.packets) * len(self._by_line)
            self._counts.octets += chunk.payload_bytes * len(self._by_line)
            if not self._by_line:
                return

    def _leave(self, sender: Sender) -> None:
        del self._by_line[sender.line]
        self._together.leave(sender.line)
        self._left(sender)
