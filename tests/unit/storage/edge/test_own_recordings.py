"""The edge's own index as a source: it keeps the contract, and gives nothing past its deadline."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.spans import Span
from storage.edge.own_recordings import OwnRecordings
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.edge.source_contract import FilledSource, SourceContract, fetched
from tests.unit.storage.workshop import Workshop, units, workshop

S = 1_000_000_000


@dataclass(frozen=True)
class Own(FilledSource):
    shop: Workshop


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Own]:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(150))
        await shop.record_all(units(100, start_ns=START_NS + 60 * S))
        own = OwnRecordings(shop.archive.shown, shop.object_file, shop.clock)
        yield Own(own, Span(START_NS, START_NS + 6 * S), Span(START_NS + 60 * S, START_NS + 64 * S), shop)


class TestOwnRecordings(SourceContract):
    pass


async def test_what_is_past_its_deadline_is_not_there_destroyed_or_not(filled: Own) -> None:
    await filled.shop.clock.advance(31 * 86_400)
    assert list(await filled.source.ranges(STREAM, START_NS, START_NS + 100 * S)) == []
    assert await fetched(filled.source, STREAM, filled.both) == []


async def test_what_was_destroyed_between_two_files_is_left_out(filled: Own) -> None:
    keys = [file.key for file in await fetched(filled.source, STREAM, filled.first)]
    filled.shop.object_file(keys[0]).unlink()
    assert [file.key for file in await fetched(filled.source, STREAM, filled.first)] == keys[1:]
