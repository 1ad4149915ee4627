"""The current group of pictures of a stream, in packets: viewers who join or cannot decode start with it."""

from mux.rtp.picture import Picture

BUDGET_BYTES = 8 << 20


class PictureGroup:
    """The pictures from the last key picture on; one that outgrows its budget is given up until the next."""

    __slots__ = ("_budget_bytes", "_bytes", "pictures")

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._bytes = 0
        self.pictures: list[Picture] = []

    def append(self, picture: Picture) -> None:
        """Take the next picture."""
        if picture.key:
            self.pictures, self._bytes = [], 0
        elif not self.pictures:
            return
        self.pictures.append(picture)
        self._bytes += picture.payload_bytes
        if self._bytes > self._budget_bytes:
            self.break_off()

    def break_off(self) -> None:
        """Something is missing: nothing can start here before the next key picture."""
        self.pictures, self._bytes = [], 0
