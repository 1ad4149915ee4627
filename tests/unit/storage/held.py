"""Holds over overdue footage."""

from datetime import UTC, datetime, timedelta

from shared.messages.storage import HoldOrder
from storage.index.holds import Hold
from storage.model.deadline import DAY_NS
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, units

DAY_S = 86_400.0
ALL = Hold("h-1", str(STREAM), START_NS, START_NS + DAY_NS, "PV 1")
START = datetime.fromtimestamp(START_NS / 1e9, UTC)


def ordered(id: str = "h-1", hours: float = 24) -> HoldOrder:
    return HoldOrder(id, str(STREAM), START, START + timedelta(hours=hours), "PV 1")


async def overdue(shop: Workshop) -> list[str]:
    """Footage whose day has come; its objects."""
    await shop.record_all(units(250), days=1)
    await shop.clock.advance(2 * DAY_S)
    return shop.objects()
