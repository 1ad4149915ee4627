"""Which tiles of a wall show the sub stream, when the viewer's link does not take all main streams.

The tile that saves the most bits for each pixel it is shown in goes down first: a small tile with a large
stream loses next to nothing that can be seen. Tiles come up again in the opposite order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_UNKNOWN_PIXELS = 1280 * 720
_ROOM_TO_RETURN = 0.85


@dataclass(frozen=True, slots=True)
class Demand:
    """A tile that fits the main stream: what main and sub need, and its device pixels (0: unknown)."""

    mid: str
    main_bps: float
    sub_bps: float
    pixels: int = 0

    @property
    def saving_bps(self) -> float:
        """What it gives back when it goes down."""
        return max(0.0, self.main_bps - self.sub_bps)

    @property
    def order(self) -> tuple[float, str]:
        """The greater, the sooner it goes down."""
        return self.saving_bps / (self.pixels or _UNKNOWN_PIXELS), self.mid


def limited(
    demands: Sequence[Demand], fixed_bps: float, capacity_bps: float | None, before: frozenset[str]
) -> frozenset[str]:
    """The mids of the tiles that are to show the sub stream; none without a known capacity.

    `fixed_bps` is what the tiles outside `demands` need; `before` are the mids of the tiles that are down. A
    tile comes up only where that leaves some room, so that the border is not crossed back and forth.
    """
    if capacity_bps is None:
        return frozenset()
    by_order = sorted(demands, key=lambda one: one.order, reverse=True)
    down = {one.mid for one in by_order if one.mid in before}
    needed_bps = fixed_bps + sum(one.sub_bps if one.mid in down else one.main_bps for one in demands)
    for one in by_order:
        if needed_bps <= capacity_bps:
            break
        if one.mid not in down and one.saving_bps:
            down.add(one.mid)
            needed_bps -= one.saving_bps
    for one in reversed(by_order):
        returns = one.mid in before and needed_bps + one.saving_bps <= capacity_bps * _ROOM_TO_RETURN
        if returns:
            down.discard(one.mid)
            needed_bps += one.saving_bps
    return frozenset(down)
