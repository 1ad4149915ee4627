"""Pictures of a sender that was not announced: kept back for a moment, for the announced one to come."""

from collections.abc import Callable

from ingest.ports import Packet

DOUBT_NS = 1_000_000_000
"""So long pictures are kept back: some cameras announce another sender than they are."""

_MAX_DOUBTFUL = 64


class Doubt:
    """Gives pictures to `give`: at once but while `announced`, an SSRC, has not been heard.

    `gave` is whether any was given.
    """

    def __init__(self, announced: int | None, give: Callable[[Packet], None]) -> None:
        self.announced, self._give = announced, give
        self.gave = False
        self._since_ns = 0
        self._kept: list[Packet] = []

    def begins(self, now_ns: int) -> None:
        """Another sender than the announced one is heard first."""
        self._since_ns = now_ns

    def ends(self) -> None:
        """The sender is known from now on; what was kept back is somebody else's."""
        self.announced = None
        self._kept.clear()

    def take(self, picture: Packet, now_ns: int) -> None:
        if self.announced is None:
            self.gave = True
            self._give(picture)
            return
        self._kept.append(picture)
        if now_ns - self._since_ns >= DOUBT_NS or len(self._kept) >= _MAX_DOUBTFUL:
            self.announced = None
            self.gave = True
            for kept in self._kept:
                self._give(kept)
            self._kept.clear()
