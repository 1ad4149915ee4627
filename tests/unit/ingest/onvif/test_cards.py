"""Footage of cameras' cards over real sockets: an honest device first, then what people report of others."""

from contextlib import aclosing
from itertools import pairwise

import pytest

from ingest.onvif import device, replay
from ingest.onvif.card_units import MOST_LEAD_NS
from ingest.onvif.refused import CardBusy, NoCard
from ingest.ports import ForbiddenAddress, InvalidStream, NoAnswer, NotRtsp, Refused, SourceError, Unreachable
from shared.cards import CARD_RUN, CardEnd
from shared.codecs.h264 import nal_units
from shared.errors import NotFound, TooManyRequests
from shared.ids import StreamId, StreamKind
from shared.spans import Span
from shared.units import UtcSource
from tests.support.eventually import eventually
from tests.support.onvif_card import FPS, GROUP_S
from tests.support.onvif_soap import Habit
from tests.unit.ingest.onvif.card_bench import DAY0, STREAM, S, card_bench, span

ACCOUNT = ("viewer", "a pass/word")
GROUP = FPS * GROUP_S


async def test_a_card_tells_what_it_has() -> None:
    async with card_bench(sections=((0, 20), (40, 20)), account=ACCOUNT) as bench:
        told = await bench.cards.recorded(STREAM, span(10, 90))
        assert told.spans == (span(10, 20), span(40, 60))
        assert (told.clock_ahead_ns, told.clock_wrong_ns <= S) == (0, True)


async def test_a_replay_gives_the_groups_of_the_span_as_they_were_taken() -> None:
    async with card_bench(account=ACCOUNT) as bench:
        units, end = await bench.footage(span(10.3, 30))
        on_card = [one for one in bench.card.pictures() if 12 * S <= one.utc_ns - DAY0 < 30 * S]
        assert [unit.utc_ns for unit in units] == [one.utc_ns for one in on_card]
        assert [slices(unit.data) for unit in units] == [slices(one.data) for one in on_card]
        assert units[0].key
        assert (end.complete, end.repeated, end.unusable, end.why) == (True, 0, 0, None)
        assert {unit.utc_source for unit in units} == {UtcSource.CARD}
        assert [unit.seq for unit in units] == list(range(len(units)))
        assert all(0 < unit.utc_uncertainty_ns <= S for unit in units)
        (play,) = bench.card.seen.plays
        assert (play["require"], play["rate-control"], play["immediate"]) == ("onvif-replay", "no", "yes")
        assert bench.card.seen.requires == ["SETUP", "PLAY"]


async def test_spans_that_touch_have_each_group_once() -> None:
    async with card_bench() as bench:
        first, _ = await bench.footage(span(9, 20))
        second, _ = await bench.footage(span(20, 31))
        times = [unit.utc_ns for unit in first + second]
        assert times == [one.utc_ns for one in bench.card.pictures() if 10 * S <= one.utc_ns - DAY0 < 32 * S]
        assert len({unit.run for unit in first + second}) == 1
        assert first[0].run >= CARD_RUN


async def test_a_clock_that_is_wrong_by_an_hour_is_told_and_taken_off() -> None:
    async with card_bench(Habit.GUARDS_ITS_CLOCK, account=ACCOUNT, ahead_s=3661.7, hasty=False) as bench:
        units, end = await bench.footage(span(10, 20))
        assert end.complete
        told = await bench.cards.recorded(STREAM, span(10, 20))
        assert abs(told.clock_ahead_ns - 3_661_700_000_000) <= told.clock_wrong_ns < S // 3
        inside = [one for one in bench.card.pictures() if 3671.7 * S <= one.utc_ns - DAY0 < 3681.7 * S]
        assert abs(len(units) - len(inside)) <= GROUP
        shift_ns = {one.utc_ns for one in bench.card.pictures()}
        assert all(unit.utc_ns + told.clock_ahead_ns in shift_ns for unit in units)
        again, _ = await bench.footage(span(10, 20))
        assert [unit.utc_ns for unit in again] == [unit.utc_ns for unit in units]


async def test_the_end_of_what_is_recorded_is_no_fault() -> None:
    async with card_bench() as bench:
        units, end = await bench.footage(span(55, 90))
        assert (len(units), end.complete) == (2 * GROUP, True)


async def test_a_hole_in_the_recording_is_passed_over() -> None:
    async with card_bench(sections=((0, 20), (40, 20))) as bench:
        units, end = await bench.footage(span(14, 45))
        assert end.complete
        gaps = [(a.utc_ns, b.utc_ns) for a, b in pairwise(units) if b.utc_ns - a.utc_ns > S]
        assert gaps == [(DAY0 + 20 * S - S // FPS, DAY0 + 40 * S)]
        assert next(unit for unit in units if unit.utc_ns >= DAY0 + 40 * S).key


@pytest.mark.parametrize(
    "habit",
    [
        Habit.SAYS_BYE,
        Habit.EXTENSION_ON_KEYS,
        Habit.HTTP_DIGEST,
        Habit.NEVER_COMPLETED,
        Habit.NO_EVENTS,
        Habit.NAMES_OTHER_HOST,
        Habit.REPEATS_GROUPS,
    ],
)
async def test_what_some_devices_do_otherwise_changes_nothing(habit: Habit) -> None:
    async with card_bench(habit, account=ACCOUNT) as bench:
        assert (await bench.cards.recorded(STREAM, span(0, 60))).spans == (span(0, 60),)
        units, end = await bench.footage(span(50, 60))
        assert [unit.utc_ns - DAY0 for unit in units] == [50 * S + n * S // FPS for n in range(10 * FPS)]
        assert end.complete
        # The group before is where the card begins, or the span's own.
        assert end.repeated == (len(units) if habit is Habit.REPEATS_GROUPS else 0)


async def test_a_clock_of_whole_seconds_still_tells_pictures_apart() -> None:
    async with card_bench(Habit.WHOLE_SECONDS) as bench:
        units, _ = await bench.footage(span(10, 20))
        assert [unit.utc_ns - DAY0 for unit in units] == [10 * S + n * S // FPS for n in range(10 * FPS)]
        assert units[-1].utc_uncertainty_ns > S * 4 // 5


@pytest.mark.parametrize(
    ("habit", "error", "code"),
    [
        (Habit.NO_EXTENSION, InvalidStream, "card-untimed"),
        (Habit.IGNORES_RANGE, InvalidStream, "card-astray"),
        (Habit.NO_SEARCH, NoCard, "card-none"),
        (Habit.SEVERAL_RECORDINGS, NoCard, "card-several-recordings"),
        (Habit.BUSY, CardBusy, "card-busy"),
        (Habit.NO_REPLAY_TAG, NoCard, "card-no-replay"),
        (Habit.ENTITY_BOMB, SourceError, ""),
        (Habit.HUGE, NotRtsp, "card-senseless"),
        (Habit.DEEP, SourceError, ""),
        (Habit.PACKED, SourceError, "card-no-service"),
        (Habit.NUMBERS, NotRtsp, "card-senseless"),
        (Habit.REDIRECTS, NotRtsp, "card-senseless"),
    ],
)
async def test_a_device_that_cannot_be_believed_gives_nothing_and_is_told_why(
    habit: Habit, error: type[SourceError], code: str
) -> None:
    async with card_bench(habit, sections=((0, 200),)) as bench:
        with pytest.raises(error) as raised:
            await bench.footage(span(100, 110))
        assert raised.value.reason.code == code or not code
        with pytest.raises(SourceError):
            await bench.footage(span(100, 110))


async def test_a_card_that_replays_what_is_live_gives_nothing() -> None:
    async with card_bench(Habit.PLAYS_NOW, sections=((0, 60),)) as bench:
        units, end = await bench.footage(span(-100_000, -99_990))
        assert (units, end.units) == ([], 0)


async def test_what_a_card_claims_and_has_not_is_not_made_up() -> None:
    async with card_bench(Habit.CLAIMS_MORE) as bench:
        assert (await bench.cards.recorded(STREAM, span(100, 200))).spans == (span(100, 200),)
        units, end = await bench.footage(span(100, 200))
        assert (units, end.complete) == ([], False)
        assert end.why is not None
        assert end.why.code == "card-absent"


@pytest.mark.parametrize("habit", [Habit.HANGS_UP, Habit.GOES_SILENT])
async def test_a_replay_that_stops_in_the_middle_says_so_behind_what_came(habit: Habit) -> None:
    async with card_bench(habit) as bench:
        units, end = await bench.footage(span(10, 50))
        # What the camera cut off in the middle of its connection may lack its last picture.
        assert len(units) in (2 * FPS - 1, 2 * FPS)
        assert not end.complete
        assert end.why is not None
        assert end.why.code == "card-silent"


@pytest.mark.parametrize("habits", [(), (Habit.HTTP_DIGEST,)])
async def test_a_wrong_password_is_refused_and_not_tried_again_at_once(habits: tuple[Habit, ...]) -> None:
    async with card_bench(*habits, account=ACCOUNT, typed=("viewer", "other")) as bench:
        with pytest.raises(Refused) as raised:
            await bench.cards.recorded(STREAM, span(0, 10))
        assert "other" not in str(raised.value)
        asked = len(bench.card.seen.operations)
        for _ in range(3):
            with pytest.raises(Refused):
                await bench.footage(span(0, 10))
        assert len(bench.card.seen.operations) == asked


async def test_a_card_that_answers_drop_by_drop_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_CALL_S", 0.4)
    async with card_bench(Habit.SLOW) as bench:
        with pytest.raises(NoAnswer):
            await bench.cards.recorded(STREAM, span(0, 10))


async def test_nothing_but_the_cameras_own_place_is_connected_to() -> None:
    async with card_bench(Habit.NAMES_OTHER_HOST) as bench:
        units, _ = await bench.footage(span(10, 12))
        assert len(units) == GROUP
    async with card_bench(choice="*=1") as bench:
        with pytest.raises(Unreachable):
            await bench.footage(span(10, 12))


@pytest.mark.parametrize("own", ["http", "rtsp"])
async def test_a_card_leads_to_no_service_of_our_own(own: str) -> None:
    async with card_bench(own=own) as bench:
        with pytest.raises(ForbiddenAddress):
            await bench.footage(span(10, 12))
        assert bench.card.seen.sessions == 0
        assert bool(bench.card.seen.operations) == (own == "rtsp")


async def test_a_recorder_of_several_cameras_has_to_be_told_which_is_meant() -> None:
    other = {StreamId("75056", "bridge"): "rtsp://127.0.0.1:9/other"}
    async with card_bench(others=other) as bench:
        with pytest.raises(NoCard):
            await bench.footage(span(10, 12))


async def test_a_named_recording_is_taken_of_several() -> None:
    async with card_bench(Habit.SEVERAL_RECORDINGS, choice="place=PORT/REC9") as bench:
        with pytest.raises(NoCard):
            await bench.footage(span(10, 12))
    async with card_bench(Habit.SEVERAL_RECORDINGS, choice="place=PORT/REC2") as bench:
        assert (await bench.footage(span(10, 12)))[1].complete


async def test_a_camera_nobody_offered_has_no_card() -> None:
    async with card_bench() as bench:
        with pytest.raises(NotFound):
            await bench.cards.recorded(StreamId("75056", "unknown"), span(0, 1))
    async with card_bench(choice="bridge=80") as bench:
        with pytest.raises(NotFound):
            await bench.cards.recorded(STREAM, span(0, 1))


async def test_a_camera_is_replayed_once_at_a_time() -> None:
    async with card_bench() as bench:
        async with aclosing(bench.cards.footage(STREAM, span(10, 40))) as items:
            await anext(items)
            with pytest.raises(TooManyRequests):
                await bench.cards.recorded(STREAM, span(0, 1))
        assert (await bench.footage(span(10, 12)))[1].complete


async def test_a_replay_gives_way_to_a_live_stream_that_does_not_come() -> None:
    sub = StreamId(STREAM.commune, STREAM.camera, StreamKind.SUB)
    async with card_bench(sections=((0, 600),)) as bench:
        bench.others[sub] = bench.others[STREAM]
        bench.sought.add(sub)
        with pytest.raises(CardBusy):
            await bench.footage(span(0, 600))
        assert not bench.card.seen.operations
        bench.sought.clear()
        async with aclosing(bench.cards.footage(STREAM, span(0, 600))) as items:
            await anext(items)
            bench.sought.add(sub)
            *_, end = [item async for item in items]
        assert isinstance(end, CardEnd)
        assert end.why is not None
        assert (end.complete, end.why.code) == (False, "card-live-first")
        await eventually(lambda: bench.card.seen.sessions == 0)


async def test_who_goes_ends_the_replay_at_the_camera() -> None:
    async with card_bench() as bench:
        async with aclosing(bench.cards.footage(STREAM, span(10, 40))) as items:
            await anext(items)
            assert bench.card.seen.sessions == 1
        await eventually(lambda: bench.card.seen.sessions == 0)
        assert bench.card.seen.torn_down == 1


async def test_who_does_not_take_holds_the_camera_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card of far more than may be held is read as fast as its pictures are taken."""
    monkeypatch.setattr(replay, "HELD_BYTES", 64 << 10)
    async with card_bench(sections=((0, 3000),)) as bench:
        asked = Span(DAY0, DAY0 + 3000 * S)
        async with aclosing(bench.cards.footage(STREAM, asked)) as items:
            await anext(items)
            told = [-1, bench.card.seen.pictures_sent]

            def at_rest() -> bool:
                told.append(bench.card.seen.pictures_sent)
                return told[-1] == told[-2] == told[-3]

            await eventually(at_rest)
            assert bench.card.seen.pictures_sent < 3000 * FPS * 3 // 4
            taken = [item async for item in items]
        assert len(taken) == 1 + 3000 * FPS


def slices(data: bytes) -> list[bytes]:
    return [bytes(nal) for nal in nal_units(data) if nal[0] & 0x1F in (1, 5)]


def test_the_lead_that_is_borne_is_longer_than_any_group() -> None:
    assert MOST_LEAD_NS >= 10 * S
