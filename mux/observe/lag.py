"""Whether this process keeps up: how late its event loop has been lately."""

LATE_NS = 500_000_000
"""A tick this late means that pictures waited as long."""

REMEMBERED_NS = 5_000_000_000


class Lag:
    """The last time the loop was late."""

    __slots__ = ("_late_ns",)

    def __init__(self) -> None:
        self._late_ns: int | None = None

    def note(self, behind_ns: int, now_ns: int) -> None:
        """A tick came `behind_ns` after its time."""
        if behind_ns >= LATE_NS:
            self._late_ns = now_ns

    def late(self, now_ns: int) -> bool:
        """Whether it was late within the last REMEMBERED_NS."""
        return self._late_ns is not None and now_ns - self._late_ns < REMEMBERED_NS
