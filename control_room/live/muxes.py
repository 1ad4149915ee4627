"""The muxes of this installation: which live, how loaded each is, where the next viewer goes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from control_room.live.mux_client import MuxLate, MuxUntold
from control_room.live.placement import Candidate, MuxHealth, choose
from shared import metrics
from shared.errors import Unavailable
from shared.log import Logger
from shared.messages.live import MuxLoad
from shared.reasons import Reason, why

EVERY_S = 1.0
# A mux that admits hundreds of viewers at once may be late once or twice; one that is stuck stays late.
_LATE_UNTIL_DEAD = 3


@dataclass(frozen=True, slots=True)
class MuxPlace:
    """Where browsers reach a mux, and where this service does. Base URLs without a slash at the end."""

    url: str
    internal_url: str


@dataclass(frozen=True, slots=True)
class MuxStatus:
    """What is known of a mux. `reason` says what is wrong, empty where all is well."""

    url: str
    health: MuxHealth
    reason: str | Reason
    load: MuxLoad | None


class LoadPort(Protocol):
    """See `control_room.live.mux_client.MuxClient`."""

    async def load(self, url: str) -> MuxLoad: ...


class _Followed:
    """A mux, and what it told last. Until it is asked it counts as late: it may serve if no other does."""

    def __init__(self, place: MuxPlace) -> None:
        self.place = place
        self.health = MuxHealth.LATE
        self.reason: str | Reason = why("mux-not-asked", "it was not asked yet")
        self.load: MuxLoad | None = None
        self._late = 0
        self._placed = 0
        self._placed_before = 0

    def told(self, load: MuxLoad) -> None:
        """The mux has answered. Its count has the viewers placed before the question before this one."""
        self.health, self.reason, self.load, self._late = MuxHealth.LIVING, "", load, 0
        self._placed_before, self._placed = self._placed, 0

    def failed(self, error: Unavailable) -> None:
        """The mux has not told its load. One of an older version lives, and is chosen last."""
        if isinstance(error, MuxUntold):
            self._late = 0
        else:
            self._late = self._late + 1 if isinstance(error, MuxLate) else _LATE_UNTIL_DEAD
        self.health = MuxHealth.DEAD if self._late >= _LATE_UNTIL_DEAD else MuxHealth.LATE
        self.reason = error.told

    def place_tiles(self, tiles: int) -> None:
        """Count somebody who was sent there and is not in its own count yet."""
        self._placed += tiles

    @property
    def candidate(self) -> Candidate:
        load = self.load
        if load is None:
            return Candidate(self.place.url, self.health, float(self._placed))
        shown = max(load.viewers, load.tiles) + self._placed + self._placed_before
        full = load.viewers >= load.most_viewers
        return Candidate(self.place.url, self.health, shown / load.most_viewers, full)


class Muxes:
    """Asks every mux each second. Never empty."""

    def __init__(self, places: Sequence[MuxPlace], client: LoadPort, log: Logger) -> None:
        self._client = client
        self._log = log
        self._followed = [_Followed(place) for place in places]
        self._living = metrics.gauge("control_room_muxes_living", "Muxes that answer in time")

    @property
    def places(self) -> list[MuxPlace]:
        return [followed.place for followed in self._followed]

    @property
    def statuses(self) -> list[MuxStatus]:
        """What is known of each, in the order of the settings."""
        return [MuxStatus(one.place.url, one.health, one.reason, one.load) for one in self._followed]

    def place(self, avoid: str | None = None, tiles: int = 1) -> str:
        """The base URL of the mux a new viewer of `tiles` pictures goes to. Raises Unavailable.

        `avoid` is one that the viewer has just lost; it is chosen only where no other is left.
        """
        url = choose([followed.candidate for followed in self._followed], (avoid or "").rstrip("/"))
        next(followed for followed in self._followed if followed.place.url == url).place_tiles(tiles)
        return url

    async def run(self) -> None:
        """Ask for ever."""
        async with asyncio.TaskGroup() as group:
            for followed in self._followed:
                group.create_task(self._follow(followed))

    async def look(self) -> None:
        """Ask each once."""
        await asyncio.gather(*(self._ask(followed) for followed in self._followed))

    async def _follow(self, followed: _Followed) -> None:
        while True:
            await self._ask(followed)
            await asyncio.sleep(EVERY_S)

    async def _ask(self, followed: _Followed) -> None:
        before = followed.health
        try:
            followed.told(await self._client.load(followed.place.internal_url))
        except Unavailable as error:
            followed.failed(error)
        if followed.health is not before:
            self._log.info(
                "mux-health-changed",
                mux=followed.place.url,
                health=followed.health,
                reason=str(followed.reason),
            )
        self._living.set(sum(one.health is MuxHealth.LIVING for one in self._followed))
