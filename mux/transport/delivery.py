"""The two ways a chunk goes to many destinations: one by one in Python, which is the reference, or by the
compiled core in one call. Both send the same datagrams."""

import errno
import os
from collections.abc import Callable, Sequence

from mux.counts import Counts
from mux.rtp.header import RtpFormat
from mux.rtp.layout import Layout
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Keys, Sealer, sealer_of
from mux.transport.core import BAD_JOB, JOB, CompiledSealer, Core, Jobs
from mux.transport.destination import Destination
from mux.transport.stun import Address
from shared.log import Trouble

FULL = frozenset({errno.EAGAIN, errno.ENOBUFS})


def deliver_each(
    chunk: Chunk, destinations: Sequence[Destination], send: Callable[[Layout, Address], bool]
) -> None:
    """Fill and send one destination's packets after the other's; destinations of a shape share a buffer."""
    layouts: dict[tuple[int, int], Layout] = {}
    for destination in destinations:
        layout = layouts.get(destination.shape)
        if layout is None:
            layout = layouts[destination.shape] = Layout(chunk, *destination.shape)
        destination.sealer.fill(layout, destination.index, destination.timestamp)
        destination.full = not send(layout, destination.address)


class CompiledDelivery:
    """Through the compiled core, on one socket. What it cannot do is left to `deliver_each`."""

    def __init__(self, core: Core, socket: int, counts: Counts, trouble: Trouble) -> None:
        self._core = core
        self._socket = socket
        self._counts = counts
        self._trouble = trouble
        self._jobs = Jobs()

    def sealer(self, keys: Keys, rtp: RtpFormat) -> Sealer:
        """A sealer inside the core, where it has the profile."""
        return CompiledSealer(self._core, keys, rtp) if keys.profile.is_gcm else sealer_of(keys, rtp)

    def deliver(
        self, chunk: Chunk, destinations: Sequence[Destination], *, segmented: bool
    ) -> Sequence[Destination]:
        """Seal and send to all destinations; return those that have to be delivered to by Python."""
        self._jobs.hold(len(destinations))
        table, pack, size, at = self._jobs.table, JOB.pack_into, JOB.size, 0
        batch, left = [], []
        for destination in destinations:
            if destination.label is None:
                left.append(destination)
                continue
            pack(table, at, destination.index, destination.timestamp, destination.label, 0, 0, 0)
            destination.full = False
            batch.append(destination)
            at += size
        if not batch:
            return left
        for place, status in self.send(chunk, 0, self._jobs, 0, len(batch), segmented=segmented):
            if status in FULL:
                batch[place].full = True
            elif status != BAD_JOB:
                left.append(batch[place])
        return left

    def send(
        self, chunk: Chunk, time90: int, jobs: Jobs, first: int, count: int, *, segmented: bool
    ) -> list[tuple[int, int]]:
        """Send to jobs of a table; place and status of those not sent. What was lost is counted here."""
        unsent = []
        for place, status, lost, error in self._core.send(
            self._socket, segmented, chunk, time90, jobs, first, count
        ):
            if lost:
                self._counts.send_errors += lost
                self._trouble.count(f"UDP send failed: {os.strerror(error)}")
            if status == BAD_JOB:
                self._counts.send_errors += 1
                self._trouble.count("the compiled core could not seal a picture")
            if status:
                unsent.append((place, status))
        return unsent
