"""Footage that grows old."""

from tests.unit.storage.workshop import Workshop, units

DAY_S = 86_400.0


async def recorded(shop: Workshop, days: int = 30) -> None:
    """Ten seconds of footage in the store."""
    await shop.record_all(units(250), days=days)


async def days_pass(shop: Workshop, days: float) -> None:
    await shop.clock.advance(days * DAY_S)
