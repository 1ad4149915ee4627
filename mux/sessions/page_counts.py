"""What only the browser can count."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What the page says of one tile, by the browser's own counts since its beginning."""

    freezes: int = 0
    freeze_ms: float = 0.0
    first_frame_ms: float | None = None
    dropped: int = 0
