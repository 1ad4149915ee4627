"""Streams and the lead are held by leases, whoever freezes, dies or loses the index, whatever clocks say."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sharing.pulse import LAPSE_NS, TRUST_NS
from tests.unit.storage.sharing.crowd import S_NS, Crowd, Process

_EVENTS = ("pass", "freeze", "wake", "cut", "mend", "kill", "start", "leave", "down", "up", "step")


async def _befalls(crowd: Crowd, event: str, process: Process, seconds: int) -> None:
    match event:
        case "freeze":
            process.frozen = process.alive
        case "wake" if process.alive and process.frozen:
            process.frozen = False
            process.member.wake()
            # The loop comes round: the gate asks before anything is recorded.
            await process.member.once()
        case "cut":
            process.reach.cut = True
        case "mend":
            process.reach.cut = False
        case "kill":
            process.alive = False
        case "start" if not process.alive:
            process.start()
        case "leave" if process.is_well:
            await process.member.end()
            process.alive = False
        case "down":
            crowd.rows.down = True
        case "up":
            crowd.rows.down = False
        case "step":
            process.clock.step_utc((seconds - 4) * 3600 * S_NS)
        case _:
            pass
    if not process.is_well:
        crowd.struck(process)
    await crowd.passes(seconds)


@given(
    st.lists(
        st.tuples(st.sampled_from(_EVENTS), st.integers(0, 2), st.integers(0, 9)), min_size=4, max_size=25
    )
)
def test_one_leads_at_most_none_is_left_without_a_recorder_and_shares_even_out(
    story: list[tuple[str, int, int]],
) -> None:
    async def run() -> None:
        crowd = Crowd(3, streams=7)
        for event, number, seconds in story:
            await _befalls(crowd, event, crowd.processes[number], seconds)
        for process in crowd.processes:
            for event in ("start", "wake", "mend", "up"):
                await _befalls(crowd, event, process, 0)
        await crowd.passes(25)
        assert sorted(crowd.shares().values()) == [2, 2, 3]
        held = [stream for process in crowd.processes for stream in process.streams]
        assert sorted(held) == sorted(crowd.wanted)
        assert len(crowd.leaders()) == 1

    asyncio.run(run())


async def _settled() -> Crowd:
    crowd = Crowd(3, streams=9)
    await crowd.passes(15)
    assert sorted(crowd.shares().values()) == [3, 3, 3]
    return crowd


async def _taken_after(crowd: Crowd, strike: Callable[[Process], object]) -> int:
    """How many seconds after a blow all that the leader held is another's."""
    victim = next(one for one in crowd.processes if one.name == crowd.leaders()[0])
    lost = victim.streams
    strike(victim)
    for second in range(1, 12):
        await crowd.passes(1)
        others = [one for one in crowd.processes if one is not victim]
        led = any(one.member.held.leads is not None and one.member.is_sure() for one in others)
        if led and lost <= others[0].streams | others[1].streams:
            return second
    raise AssertionError("not taken")


@pytest.mark.parametrize("blow", ["killed", "frozen", "cut"])
async def test_what_a_lost_process_held_and_led_is_another_s_within_eight_seconds(blow: str) -> None:
    def strike(process: Process) -> None:
        process.alive = blow != "killed"
        process.frozen = blow == "frozen"
        process.reach.cut = blow == "cut"

    assert await _taken_after(await _settled(), strike) <= 8


async def test_what_a_process_that_stops_in_good_order_held_is_taken_with_the_next_look() -> None:
    crowd = await _settled()
    victim = crowd.processes[0]
    await victim.member.end()
    victim.alive = False
    await crowd.passes(1)
    assert sorted(crowd.shares().values()) == [4, 5]


async def test_one_that_was_frozen_records_nothing_that_it_does_not_hold_once_it_has_asked() -> None:
    crowd = await _settled()
    victim = crowd.processes[1]
    before = victim.member.held.terms
    victim.frozen = True
    await crowd.passes(60)
    victim.frozen = False
    assert not victim.member.is_sure()
    victim.member.wake()
    await victim.member.once()
    assert not before.items() & victim.member.held.terms.items()
    assert {crowd.rows.leases[f"stream:{stream}"].holder for stream in victim.streams} <= {victim.name}
    await crowd.passes(10)
    assert sorted(crowd.shares().values()) == [3, 3, 3]


async def test_without_the_index_all_is_recorded_on_and_nothing_is_destroyed() -> None:
    crowd = await _settled()
    before = {one.name: one.streams for one in crowd.processes}
    crowd.rows.down = True
    await crowd.passes(40)
    assert {one.name: one.streams for one in crowd.processes} == before
    assert not any(one.member.is_sure() for one in crowd.processes)
    assert all("recorded on" in (one.member.health() or "") for one in crowd.processes)
    crowd.rows.down = False
    await crowd.passes(1)
    assert {one.name: one.streams for one in crowd.processes} == before


async def test_a_watcher_that_stood_still_takes_nobody_for_dead() -> None:
    crowd = await _settled()
    watcher = crowd.processes[0]
    # All stand still together, as on a machine that is suspended; this one is the first to wake.
    for process in crowd.processes:
        process.clock.pass_unseen(3600)
    await watcher.member.once()
    assert watcher.member.held.living == {"p0", "p1", "p2"}


async def test_a_stream_that_whoever_has_room_leaves_lying_is_taken_by_another() -> None:
    crowd = Crowd(2, streams=4)
    await crowd.passes(10)
    first, second = crowd.processes
    crowd.wanted = first.wanted = frozenset({*crowd.wanted, "c/new-1/main", "c/new-2/main"})
    # The second never hears of them: control_room does not answer it.
    await crowd.passes(6)
    assert first.wanted - second.streams <= first.streams


async def test_a_lease_of_nobody_s_interest_is_let_go() -> None:
    crowd = await _settled()
    for process in crowd.processes:
        process.wanted = frozenset(sorted(crowd.wanted)[:3])
    crowd.wanted = crowd.processes[0].wanted
    await crowd.passes(4)
    assert sum(name.startswith("stream:") for name in crowd.rows.leases) == 3


async def test_what_is_asked_for_by_name_is_one_process_s_until_it_dies() -> None:
    crowd = await _settled()
    first, second, _ = crowd.processes
    assert await first.member.take("export:x-1")
    assert not await second.member.take("export:x-1")
    assert second.member.elsewhere("export:x-1")
    first.alive = False
    await crowd.passes(8)
    assert await second.member.take("export:x-1")
    await second.member.leave("export:x-1")
    assert "export:x-1" not in crowd.rows.leases


def test_a_lease_is_trusted_for_less_than_it_takes_to_be_lost() -> None:
    assert TRUST_NS < LAPSE_NS <= 6 * S_NS
