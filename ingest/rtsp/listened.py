"""Whose packets are the camera's: of which payload type and which sender (RFC 3550)."""

from ingest.ports import SourceCounts
from ingest.rtsp.doubt import Doubt
from ingest.rtsp.senders import Change, Ours, Senders

_OTHER_TYPE_IN_A_ROW = 50


class Listened:
    """`ssrc` is the sender that is listened to, None until one is heard; its packets are of `payload_type`.

    The first sender is ours, until the announced one comes, or another turns out to be the camera.
    """

    __slots__ = ("_counts", "_doubt", "_other_type", "_senders", "payload_type", "ssrc")

    def __init__(self, payload_type: int, doubt: Doubt, counts: SourceCounts) -> None:
        self.payload_type, self._doubt, self._counts = payload_type, doubt, counts
        self.ssrc: int | None = None
        self._senders = Senders(counts)
        self._other_type = 0

    @property
    def announced(self) -> int | None:
        """The sender that is still waited for."""
        return self._doubt.announced

    @property
    def alone(self) -> bool:
        """Whether nobody else is heard or waited for."""
        return self.ssrc is not None and self._doubt.announced is None and self._senders.alone

    def accepts_type(self, payload_type: int) -> bool:
        """False for another payload type, until nothing but that one comes: some descriptions are wrong."""
        self._counts.foreign += 1
        self._other_type += self.ssrc is None
        if self.ssrc is not None or self._other_type < _OTHER_TYPE_IN_A_ROW:
            return False
        self.payload_type = payload_type
        return True

    def first(self, ssrc: int, now_ns: int) -> None:
        """Somebody is heard for the first time."""
        self.ssrc = ssrc
        if ssrc == self._doubt.announced:
            self._doubt.announced = None
        self._doubt.begins(now_ns)

    def other(self, sender: int, sequence: int, packet: bytes, ours: Ours, *, ended: bool) -> Change:
        """What becomes of a packet of another sender than ours; `ended` is whether that said goodbye."""
        if sender == self._doubt.announced:
            self._senders.drop()
            return Change.ANEW
        return self._senders.other(sender, sequence, packet, ours, ended=ended)

    def held(self) -> list[bytes]:
        """The packets that were held, in order; none is held afterwards."""
        return self._senders.release()

    def change(self, ssrc: int) -> None:
        """Listen to this sender from now on."""
        self.ssrc = ssrc
        self._doubt.ends()
        self._counts.senders += 1
