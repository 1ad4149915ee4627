"""What an export would have, told before it is ordered."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.errors import BadInput
from shared.gap_causes import GapCause
from shared.messages.desk import MissingCause, StreamSurvey, SurveyOrder
from shared.spans import Span
from shared.utc import instant_of
from storage.index.holds import Hold
from storage.model.interruptions import Interruption
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import START
from tests.unit.storage.workshop import Workshop, units, workshop

S = 1_000_000_000
DAY_S = 86_400


def asked(start_s: float = 0, end_s: float = 10, *but_for: str) -> SurveyOrder:
    span = (START + timedelta(seconds=start_s), START + timedelta(seconds=end_s))
    return SurveyOrder((str(STREAM),), *span, but_for)


async def surveyed(shop: Workshop, order: SurveyOrder) -> StreamSurvey:
    (one,) = (await shop.preflight.survey(order)).streams
    return one


async def test_it_tells_size_coverage_codec_and_the_day_these_images_die(tmp_path: Path) -> None:
    async with workshop(tmp_path, utc_ns=START_NS + 60 * S) as shop:
        await shop.record_all(units(125), days=15)
        told = await surveyed(shop, asked())
        sizes = [row.size for row in await shop.rows.everything()]
    assert told.coverage == pytest.approx(0.5, abs=0.01)
    assert told.bytes == pytest.approx(sum(sizes), rel=0.01)
    assert [codec[:5] for codec in told.codecs] == ["avc1."]
    assert told.dies_at == START + timedelta(days=15)


async def test_what_is_missing_says_why(tmp_path: Path) -> None:
    """Past its deadline, not there, and not recorded yet: each gap is cut where its cause changes."""
    async with workshop(tmp_path, utc_ns=START_NS + 60 * S) as shop:
        await shop.record_all(units(50), days=1)
        told = await surveyed(shop, asked(-2 * DAY_S, 120))
    edges = [(one.start, one.end, one.cause) for one in told.missing]
    day_ago, now = instant_of(START_NS + 60 * S - DAY_S * S), instant_of(START_NS + 60 * S)
    assert edges[0] == (START - timedelta(days=2), day_ago, MissingCause.OVER)
    assert edges[1] == (day_ago, START, MissingCause.NONE)
    assert [edge[2] for edge in edges] == [
        MissingCause.OVER,
        MissingCause.NONE,
        MissingCause.NONE,
        MissingCause.TO_COME,
    ]
    assert edges[2][1] == edges[3][0] == now


async def test_what_was_written_down_when_it_happened_is_told(tmp_path: Path) -> None:
    async with workshop(tmp_path, utc_ns=START_NS + 60 * S) as shop:
        await shop.record_all(units(50))
        failed = Interruption(str(STREAM), GapCause.DISK, Span(START_NS + 2 * S, START_NS + 30 * S))
        other = Interruption("59350/cam-other/main", GapCause.CAMERA, Span(START_NS, START_NS + 60 * S))
        await shop.archive.interruptions.change([], [(one, START_NS + DAY_S * S) for one in (failed, other)])
        told = await surveyed(shop, asked(0, 60))
    assert [(one.cause, (one.end - START).total_seconds()) for one in told.missing] == [
        (MissingCause.DISK, 30),
        (MissingCause.NONE, 60),
    ]


async def test_held_images_have_no_day_they_die_on_but_for_the_hold_of_the_asker(tmp_path: Path) -> None:
    async with workshop(tmp_path, utc_ns=START_NS + 60 * S) as shop:
        await shop.record_all(units(50), days=15)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + 60 * S, "PV 1"))
        other = await surveyed(shop, asked())
        own = await surveyed(shop, asked(0, 10, "h-1"))
    assert (other.dies_at, other.held_by) == (None, ("h-1",))
    assert (own.dies_at, own.held_by) == (START + timedelta(days=15), ())


async def test_asking_keeps_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50), days=1)
        await surveyed(shop, asked())
        assert await shop.holds.ids() == set()


async def test_a_range_that_ends_before_it_starts_and_no_stream_at_all_are_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        for wrong in (asked(10, 0), replace(asked(), streams=())):
            with pytest.raises(BadInput):
                await shop.preflight.survey(wrong)
