"""What an edge keeps is bounded by days and bytes: the oldest that no hold keeps gives way, and is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.edge.ring import Ring
from storage.index.holds import Hold
from storage.index.ring import RingRows
from storage.metrics import EdgeMetrics
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, units, workshop

S = 1_000_000_000


@dataclass
class Full:
    """An edge with segments that start at 0, 2 and 6 s, all of which the centre may lack, or none."""

    shop: Workshop
    needed: bool = True

    def ring(self, limit_bytes: int, days: int = 7) -> Ring:
        return Ring(
            RingRows(self.shop.database),
            self.shop.rows,
            asyncio.Lock(),
            self.shop.clock,
            EdgeMetrics(),
            limit_bytes=limit_bytes,
            days=days,
            needed=lambda key: self.needed,
        )

    async def starts(self) -> list[float]:
        """When what is left starts, in seconds, once retention has run."""
        await self.shop.retention.run_once()
        return [(one.start_ns - START_NS) / S for one in await self.shop.rows.everything()]

    async def size(self) -> int:
        return sum(one.size for one in await self.shop.rows.everything())


@pytest.fixture
async def full(tmp_path: Path) -> AsyncIterator[Full]:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        yield Full(shop)


async def test_a_full_edge_drops_its_oldest_and_says_so(full: Full) -> None:
    ring = full.ring(await full.size() - 1)
    await ring.once()
    assert await full.starts() == [2, 6]
    assert "gave up its 1 oldest" in (ring.health() or "")
    await full.shop.clock.advance(601)
    assert ring.health() is None


async def test_what_the_centre_has_gives_way_without_a_word(full: Full) -> None:
    full.needed = False
    ring = full.ring(1)
    await ring.once()
    assert (await full.starts(), ring.health(), ring.dropped) == ([], None, 3)


async def test_what_a_hold_keeps_stays_and_a_ring_full_of_it_says_so(full: Full) -> None:
    await full.shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + 3 * S, "PV 1"))
    ring = full.ring(1)
    await ring.once()
    assert await full.starts() == [0, 2]
    assert "held" in (ring.health() or "")


async def test_what_is_older_than_the_days_of_the_edge_goes_though_its_deadline_is_later(full: Full) -> None:
    ring = full.ring(1 << 40, days=2)
    await ring.once()
    assert await full.starts() == [0, 2, 6]
    await full.shop.clock.advance(2 * 86_400 + 4)
    await ring.once()
    assert await full.starts() == [6]
