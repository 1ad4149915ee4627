"""What is being sent to one tile, measured about once a second."""

from mux.fanout.sender import Sender

BACKLOG_PACKETS = 256
"""About a second of 2 Mb/s."""


class Meter:
    """Rates of one sender. `untold_packets` are those measured and not taken yet."""

    __slots__ = ("_at_ns", "_octets", "_packets", "backlog_ns", "bitrate_kbps", "untold_packets")

    def __init__(self) -> None:
        self.bitrate_kbps: float | None = None
        self.untold_packets = 0
        self.backlog_ns: int | None = None
        """Since when more than BACKLOG_PACKETS have been waiting at each measurement."""
        self._packets = 0
        self._octets = 0
        self._at_ns: int | None = None

    def measure(self, sender: Sender, now_ns: int) -> None:
        """Look at the sender's counts."""
        self.untold_packets += sender.packets - self._packets
        if self._at_ns is not None and now_ns > self._at_ns:
            self.bitrate_kbps = (sender.octets - self._octets) * 8e6 / (now_ns - self._at_ns)
        self._packets, self._octets = sender.packets, sender.octets
        self._at_ns = now_ns
        if sender.queued_packets <= BACKLOG_PACKETS:
            self.backlog_ns = None
        elif self.backlog_ns is None:
            self.backlog_ns = now_ns

    def take_packets(self) -> int:
        """The packets measured since the last call."""
        taken, self.untold_packets = self.untold_packets, 0
        return taken

    def restart(self) -> None:
        """Another camera is sent from now on."""
        self.bitrate_kbps = None
        self.backlog_ns = None
        self._at_ns = None
