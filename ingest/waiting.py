"""The bounded queue between a camera's client and its streamer, and what it drops when it is full."""

from collections import deque
from dataclasses import replace

from ingest.ports import Packet

MAX_WAITING = 128
"""Ten seconds of usual video: a loop that is later than that is lost anyway."""


class WaitingPackets:
    """A queue that never grows beyond `limit`.

    A packet that does not fit is dropped and counted; the next one that fits has a `gap` before it. `lost` is
    whether something is missing before it.
    """

    def __init__(self, limit: int = MAX_WAITING) -> None:
        self._limit = limit
        self._packets: deque[Packet] = deque()
        self.lost = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._packets)

    def put(self, packet: Packet) -> None:
        if len(self._packets) >= self._limit:
            self.lost = True
            self.dropped += 1
            return
        self._packets.append(self.passing(packet))

    def passing(self, packet: Packet) -> Packet:
        """The packet as it is taken by who waits for it, with the gap before it."""
        if not self.lost:
            return packet
        self.lost = False
        return replace(packet, gap=True)

    def lose(self) -> None:
        """Something is missing before the next packet."""
        self.lost = True

    def take(self) -> Packet:
        """The oldest packet. There must be one."""
        return self._packets.popleft()

    def clear(self) -> None:
        self._packets.clear()
