"""A wrong clock destroys nothing; a right one is carried over restarts."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.ids import StreamId
from shared.messages.storage import ClockConfirmed
from shared.tickets import CLOCK_RESOURCE, Action
from storage.lifecycle.clock_trust import (
    TOLERANCE_NS,
)
from storage.model.deadline import DAY_NS
from tests.support.pictures import START_NS
from tests.unit.storage.hands import HandControl
from tests.unit.storage.workshop import Workshop, policy, units, workshop

HOUR_NS = TOLERANCE_NS


async def recorded(shop: Workshop) -> list[str]:
    await shop.record_all(units(250), days=30)
    await shop.retention.run_once()
    return shop.objects()


async def confirm(shop: Workshop, utc_ns: int, by: str = "a.dupont") -> int:
    word = ClockConfirmed(datetime.fromtimestamp(utc_ns / 1e9, UTC), by)
    answer = await shop.put("/clock", shop.token(Action.CLOCK, CLOCK_RESOURCE), word)
    return answer.status_code


async def test_a_clock_forty_days_ahead_at_start_destroys_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
    late_ns = START_NS + 40 * DAY_NS
    async with workshop(tmp_path, utc_ns=late_ns, boot_id="another boot") as shop:
        outcome = await shop.retention.run_once()
        assert (shop.objects(), "40 d" in (outcome.refused or "")) == (objects, True)


async def test_a_clock_set_ahead_while_storage_was_down_destroys_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
    async with workshop(tmp_path, utc_ns=START_NS + 40 * DAY_NS) as shop:
        await shop.retention.run_once()
        assert shop.objects() == objects


@pytest.mark.parametrize("lost", ["nothing", "the trusted time"])
async def test_a_wrong_clock_is_never_believed_by_waiting(tmp_path: Path, lost: str) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
    if lost != "nothing":
        (tmp_path / "objects/.beffroi-clock").unlink()
    for _ in range(3):
        late_ns = START_NS + 40 * DAY_NS
        async with workshop(tmp_path, utc_ns=late_ns, boot_id="another boot") as shop:
            await shop.retention.run_once()
            await shop.clock.advance(7200)
            await shop.retention.run_once()
            assert shop.objects() == objects


async def test_a_storage_stopped_for_days_on_a_machine_that_ran_needs_nobody(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250), days=1)
        await shop.retention.run_once()
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(5 * 86_400)
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, [])


async def test_a_reboot_of_minutes_needs_nobody(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
    async with workshop(tmp_path, utc_ns=START_NS + HOUR_NS // 4, boot_id="another boot") as shop:
        assert (await shop.retention.run_once()).refused is None


async def test_small_steps_of_the_clock_do_not_add_up(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
        refused = []
        for _ in range(3):
            shop.clock.step_utc(HOUR_NS // 2)
            refused.append((await shop.retention.run_once()).refused is not None)
    assert refused == [False, False, True]


async def test_a_week_without_power_waits_for_a_person_and_then_goes_on(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250), days=1)
        await shop.retention.run_once()
    now_ns = START_NS + 7 * DAY_NS
    async with workshop(tmp_path, utc_ns=now_ns, boot_id="another boot") as shop:
        before = (await shop.retention.run_once()).refused
        status = await confirm(shop, now_ns)
        outcome = await shop.retention.run_once()
        assert (before is None, status, outcome.refused, shop.objects()) == (False, 204, None, [])


async def test_a_confirmation_outlives_a_restart(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
    now_ns = START_NS + 7 * DAY_NS
    async with workshop(tmp_path, utc_ns=now_ns, boot_id="another boot") as shop:
        await confirm(shop, now_ns)
    async with workshop(tmp_path, utc_ns=now_ns, boot_id="another boot") as shop:
        assert (await shop.retention.run_once()).refused is None


async def test_a_person_who_says_another_time_confirms_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        shop.clock.step_utc(40 * DAY_NS)
        status = await confirm(shop, START_NS)
        await shop.retention.run_once()
        assert (status, shop.objects()) == (409, objects)


async def test_control_room_that_says_another_time_refuses_destruction(tmp_path: Path) -> None:
    async with workshop(tmp_path, control=HandControl(utc_ns=START_NS - 2 * HOUR_NS)) as shop:
        outcome = await shop.retention.run_once()
    assert "control_room's says" in (outcome.refused or "")


AHEAD, MUTE = 40 * DAY_NS, None


@pytest.mark.parametrize(
    ("ahead_ns", "refuses"),
    [
        ({"a/main": AHEAD, "b/main": AHEAD}, True),
        ({"a/main": -AHEAD, "b/main": -AHEAD, "c/main": 0}, True),
        ({"a/main": AHEAD, "b/main": AHEAD, **{f"mute-{n}/main": MUTE for n in range(5)}}, True),
        ({"a/main": AHEAD}, False),
        ({"a/main": AHEAD, "a/sub": AHEAD}, False),
        ({"a/main": AHEAD, "b/main": 0}, False),
        ({"a/main": -AHEAD, "b/main": 0}, False),
        ({"a/main": AHEAD, **{f"mute-{n}/main": MUTE for n in range(5)}}, False),
    ],
    ids=[
        "both of two",
        "two of three",
        "the only two that tell a time",
        "the only one",
        "one that sends two streams",
        "one of two, ahead",
        "one of two, behind",
        "the only one that tells a time",
    ],
)
async def test_cameras_whose_own_clocks_say_another_time_refuse_destruction(
    tmp_path: Path, ahead_ns: dict[str, int | None], refuses: bool
) -> None:
    """The worker pulls them by the clock that storage has too: the arrival of their pictures is of no use."""
    async with workshop(tmp_path) as shop:
        streams = {StreamId.parse(f"59350/{name}"): ahead for name, ahead in ahead_ns.items()}
        shop.recorder.apply([policy(stream) for stream in streams])
        for stream, ahead in streams.items():
            await shop.record([replace(unit, camera_ahead_ns=ahead) for unit in units(1, stream=stream)])
        outcome = await shop.retention.run_once()
    assert ("most cameras' pictures are of" in (outcome.refused or "")) == refuses


async def test_workers_that_say_another_time_refuse_destruction(tmp_path: Path) -> None:
    async with workshop(tmp_path, utc_ns=START_NS + 3 * HOUR_NS) as shop:
        streams = [StreamId("59350", name) for name in ("a", "b")]
        shop.recorder.apply([policy(stream) for stream in streams])
        for stream in streams:
            await shop.record(units(1, stream=stream))
        outcome = await shop.retention.run_once()
    assert "most cameras' pictures are of" in (outcome.refused or "")


async def test_a_clock_behind_the_newest_recording_refuses_destruction(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
    (tmp_path / "objects/.beffroi-clock").unlink()
    async with workshop(tmp_path, utc_ns=START_NS - DAY_NS) as shop:
        outcome = await shop.retention.run_once()
    assert "newest recording" in (outcome.refused or "")


async def test_a_clock_that_was_judged_while_the_disk_was_away_is_judged_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
    (tmp_path / "objects").rename(tmp_path / "unplugged")
    async with workshop(tmp_path, utc_ns=START_NS + 40 * DAY_NS, boot_id="another boot") as shop:
        await shop.retention.run_once()
        (tmp_path / "objects").rename(tmp_path / "bare")
        (tmp_path / "unplugged").rename(tmp_path / "objects")
        await shop.retention.run_once()
        assert shop.objects() == objects
