"""A clock that may be wrong destroys nothing until a person has confirmed it by name."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import StreamId
from shared.messages.storage import ClockConfirmed
from shared.tickets import CLOCK_RESOURCE, Action
from storage.lifecycle.clock_trust import (
    TOLERANCE_NS,
    Disputed,
    Evidence,
    Excused,
    Trusted,
    disagreements,
    trust,
)
from storage.model.deadline import DAY_NS
from tests.support.pictures import START_NS
from tests.unit.storage.hands import HandControl
from tests.unit.storage.workshop import Workshop, policy, units, workshop

HOUR_NS = TOLERANCE_NS
UTC_NS = st.integers(1_600_000_000 * 10**9, 2_200_000_000 * 10**9)
OFF_NS = st.integers(-50 * 365 * DAY_NS, 50 * 365 * DAY_NS)
MAYBE_NS = st.none() | UTC_NS
EVIDENCE = st.builds(
    Evidence,
    wall_ns=UTC_NS,
    carried_ns=MAYBE_NS,
    trusted_ns=MAYBE_NS,
    newest_object_ns=MAYBE_NS,
    control_room_ns=MAYBE_NS,
    cameras_ns=st.lists(UTC_NS, max_size=5).map(tuple),
)


@given(evidence=EVIDENCE)
def test_a_trusted_clock_is_within_an_hour_of_whatever_is_known_best_of_the_past(evidence: Evidence) -> None:
    known_ns = next(
        (
            ns
            for ns in (evidence.carried_ns, evidence.trusted_ns, evidence.newest_object_ns)
            if ns is not None
        ),
        evidence.wall_ns,
    )
    if trust(evidence) == Trusted():
        assert abs(evidence.wall_ns - known_ns) <= HOUR_NS


@given(wall_ns=UTC_NS, off_ns=OFF_NS)
def test_control_room_disputes_exactly_what_is_over_an_hour_away(wall_ns: int, off_ns: int) -> None:
    evidence = Evidence(wall_ns, carried_ns=wall_ns, control_room_ns=wall_ns + off_ns)
    assert (trust(evidence) == Trusted()) == (abs(off_ns) <= HOUR_NS)


@given(wall_ns=UTC_NS, right=st.integers(2, 6), wrong=st.integers(0, 6), off_ns=OFF_NS)
def test_cameras_dispute_when_most_of_them_do(wall_ns: int, right: int, wrong: int, off_ns: int) -> None:
    cameras_ns = (wall_ns,) * right + (wall_ns + off_ns,) * wrong
    evidence = Evidence(wall_ns, carried_ns=wall_ns, cameras_ns=cameras_ns)
    if wrong < right:
        assert trust(evidence) == Trusted()
    if wrong > right and abs(off_ns) > HOUR_NS:
        assert trust(evidence) != Trusted()


@given(evidence=EVIDENCE)
def test_what_others_say_never_makes_a_clock_trusted(evidence: Evidence) -> None:
    alone = Evidence(evidence.wall_ns, evidence.carried_ns, evidence.trusted_ns, evidence.newest_object_ns)
    if isinstance(trust(alone), Disputed):
        assert isinstance(trust(evidence), Disputed)


@given(evidence=EVIDENCE)
def test_a_confirmed_clock_is_trusted_at_once(evidence: Evidence) -> None:
    confirmed = Evidence(
        evidence.wall_ns,
        evidence.wall_ns,
        evidence.wall_ns,
        evidence.newest_object_ns,
        evidence.control_room_ns,
        evidence.cameras_ns,
        disagreements(evidence),
    )
    assert trust(confirmed) == Trusted()


@given(wall_ns=UTC_NS, off_ns=OFF_NS, later_ns=OFF_NS)
def test_an_excused_disagreement_excuses_no_other(wall_ns: int, off_ns: int, later_ns: int) -> None:
    excused = Excused(control_room_ns=off_ns)
    evidence = Evidence(
        wall_ns, carried_ns=wall_ns, control_room_ns=wall_ns + off_ns + later_ns, excused=excused
    )
    if abs(later_ns) > HOUR_NS and abs(off_ns + later_ns) > HOUR_NS:
        assert trust(evidence) != Trusted()


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


async def test_nobody_confirms_without_a_name(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert await confirm(shop, START_NS, by=" ") == 400


async def test_a_ticket_for_something_else_confirms_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        word = ClockConfirmed(datetime.fromtimestamp(START_NS / 1e9, UTC), "a.dupont")
        answer = await shop.put("/clock", shop.token(Action.HOLD, CLOCK_RESOURCE), word)
    assert answer.status_code == 403


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
