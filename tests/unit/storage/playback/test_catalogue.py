"""What footage there is, finished and growing."""

from pathlib import Path

from shared.gap_causes import GapCause
from shared.spans import Span
from shared.tap.reassembly import Gap
from shared.tickets import Action
from storage.model.deadline import DAY_NS
from storage.model.interruptions import Interruption
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.playing import SECOND_NS, at, media, times
from tests.unit.storage.workshop import policy, units, workshop


async def test_what_is_listed_is_what_was_recorded(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        listed = (await shop.get(f"/recordings/{STREAM}", token, **{"from": at(-5), "to": at(15)})).json()
    assert [(one["from"], one["to"], one["run"]) for one in listed["ranges"]] == [(at(0), at(10), 1)]


async def test_the_list_tells_its_gaps(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path, utc_ns=START_NS + 60 * SECOND_NS) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        cut = Interruption(
            str(STREAM), GapCause.LINK, Span(START_NS + 3 * SECOND_NS, START_NS + 5 * SECOND_NS)
        )
        await shop.archive.interruptions.change([], [(cut, START_NS + DAY_NS)])
        token = shop.token(Action.PLAYBACK, str(STREAM))
        listed = (await shop.get(f"/recordings/{STREAM}", token, **{"from": at(0), "to": at(12)})).json()
    assert listed["gaps"] == [
        {"from": at(2), "to": at(6), "cause": "link"},
        {"from": at(10), "to": at(12), "cause": "unknown"},
    ]


async def test_the_growing_segment_plays(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(60))
        found = times(await media(shop, 0, 10))
    assert len(found) >= 48


async def test_the_list_says_that_recording_goes_on(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(60))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        listed = (await shop.get(f"/recordings/{STREAM}", token, **{"from": at(0), "to": at(90)})).json()
    assert (listed["recording"], listed["gaps"]) == (True, [])
