"""A simulated camera with a card, and what asks it, as the worker puts it together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ingest.addresses import AddressRules
from ingest.onvif.card_choice import CardChoice
from ingest.onvif.cards import Cards
from ingest.onvif.replay import Replayer
from ingest.ports import CameraAddress
from shared.cards import CardBegin, CardEnd
from shared.clock import SystemClock
from shared.ids import StreamId
from shared.places import HostPort
from shared.spans import Span
from shared.units import AccessUnit
from tests.support.onvif_card import OnvifCard
from tests.support.onvif_soap import Habit, Section

STREAM = StreamId("75056", "place")
S = 1_000_000_000
DAY0 = 1_795_000_000 * S - 1_795_000_000 % 60 * S
"""A full minute of UTC, in 2026."""


class HastyClock(SystemClock):
    """Waits a hundredth of what it is asked to."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 100)


@dataclass(frozen=True, slots=True)
class Bench:
    card: OnvifCard
    cards: Cards
    sought: set[StreamId]
    others: dict[StreamId, CameraAddress]

    async def footage(self, span: Span) -> tuple[list[AccessUnit], CardEnd]:
        """All of a replay but the camera's clock."""
        begin, *items = [item async for item in self.cards.footage(STREAM, span)]
        assert isinstance(begin, CardBegin)
        end = items.pop()
        assert isinstance(end, CardEnd)
        units = [item for item in items if isinstance(item, AccessUnit)]
        assert len(units) == len(items) == end.units
        return units, end


def span(from_s: float, to_s: float) -> Span:
    """A span after DAY0."""
    return Span(DAY0 + int(from_s * S), DAY0 + int(to_s * S))


@asynccontextmanager
async def card_bench(
    *habits: Habit,
    sections: tuple[tuple[int, int], ...] = ((0, 60),),
    account: tuple[str, str] = ("", ""),
    typed: tuple[str, str] | None = None,
    ahead_s: float = 0.0,
    choice: str | None = None,
    silence_s: float = 0.5,
    hasty: bool = True,
    others: dict[StreamId, str] | None = None,
    own: str = "",
) -> AsyncIterator[Bench]:
    """A card with sections (start and length in seconds after DAY0), asked with the account `typed`.

    `own` says which of its ports is that of a service of ours.
    """
    clock = HastyClock() if hasty else SystemClock()
    on_card = [Section(DAY0 + int((start + ahead_s) * S), seconds) for start, seconds in sections]
    async with OnvifCard(
        clock, on_card, habits=frozenset(habits), username=account[0], password=account[1], ahead_s=ahead_s
    ) as card:
        address = CameraAddress(card.url, *(typed or account))
        known = {STREAM: address} | {stream: CameraAddress(url) for stream, url in (others or {}).items()}
        own_port = {"http": card.http_port, "rtsp": card.rtsp_port}.get(own)
        places = [] if own_port is None else [HostPort("127.0.0.1", own_port)]
        rules = AddressRules(places, allow_loopback=True)
        chosen = CardChoice.read((choice or "*=PORT").replace("PORT", str(card.http_port)))
        replayer = Replayer(rules, clock, silence_s=silence_s)
        sought: set[StreamId] = set()
        cards = Cards(chosen, lambda: known, rules, replayer, clock, sought=sought.__contains__)
        yield Bench(card, cards, sought, known)
