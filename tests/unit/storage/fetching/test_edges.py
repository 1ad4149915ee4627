"""What an edge is asked for: what the centre lacks, newest first, what somebody waits for before all else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.messages.edge import EdgeReport, EdgeWanted, FootageRange
from shared.spans import Span
from shared.tickets import Action
from storage.fetching.edges import MOST_WISHES, Edges
from storage.index.holds import Hold
from storage.model.instants import text_from_ns
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, policy, units, workshop

S = 1_000_000_000
COMMUNE = STREAM.commune
HOUR = 3600 * S


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """Six seconds of the centre's own from START_NS on; now is a day later."""
    async with workshop(tmp_path) as made:
        await made.record_all(units(150))
        await made.policies.replace([policy()])
        await made.clock.advance(86_400)
        yield made


def has(*spans: Span) -> EdgeReport:
    return EdgeReport(tuple(FootageRange(str(STREAM), one.start_ns, one.end_ns) for one in spans))


def spans(wanted: EdgeWanted) -> list[Span]:
    return [Span(one.start_ns, one.end_ns) for one in wanted.ranges]


def edges(shop: Workshop) -> Edges:
    return shop.fetching.edges


async def test_only_what_the_centre_lacks_is_asked_for(shop: Workshop) -> None:
    wanted = await edges(shop).hear(COMMUNE, has(Span(START_NS - 10 * S, START_NS + 20 * S)))
    assert spans(wanted) == [Span(START_NS + 6 * S, START_NS + 20 * S), Span(START_NS - 10 * S, START_NS)]
    assert not wanted.more


async def test_what_came_meanwhile_is_asked_for_no_more(shop: Workshop) -> None:
    report = has(Span(START_NS + 60 * S, START_NS + 64 * S))
    assert len(spans(await edges(shop).hear(COMMUNE, report))) == 1
    await shop.record_all(units(100, start_ns=START_NS + 60 * S))
    assert spans(await edges(shop).hear(COMMUNE, report)) == []


async def test_what_may_exist_no_more_is_not_asked_for_unless_a_hold_keeps_it(shop: Workshop) -> None:
    await shop.clock.advance(30 * 86_400)
    old = Span(START_NS + 60 * S, START_NS + 70 * S)
    assert spans(await edges(shop).hear(COMMUNE, has(old))) == []
    await shop.holds.put(Hold("h-1", str(STREAM), old.start_ns, old.end_ns, "PV 1"))
    fresh = Edges(edges(shop)._look, shop.clock, edges(shop)._metrics)
    assert spans(await fresh.hear(COMMUNE, has(old))) == [old]


async def test_what_somebody_waits_for_goes_first_what_was_wished_last_first_of_all(shop: Workshop) -> None:
    everything = Span(START_NS + HOUR, START_NS + 20 * HOUR)
    wishes = [Span(START_NS + n * HOUR, START_NS + n * HOUR + 60 * S) for n in (3, 9)]
    await edges(shop).hear(COMMUNE, has())
    for wish in wishes:
        edges(shop).wish(STREAM, wish)
    wanted = await edges(shop).hear(COMMUNE, has(everything))
    assert spans(wanted)[:3] == [wishes[1], wishes[0], Span(everything.end_ns - 600 * S, everything.end_ns)]
    assert wanted.more


async def test_a_long_report_is_compared_in_the_end(shop: Workshop) -> None:
    """Sixteen pieces are asked for at a time; each is taken as come."""
    everything = Span(START_NS - 24 * HOUR, START_NS)
    come: list[Span] = []
    known = edges(shop)
    look = known._look

    async def looking(stream: object, span: Span) -> object:
        here = await look(STREAM, span)
        return type(here)([*here.settled, *come], here.coming_ns)

    known._look = looking  # type: ignore[assignment]  # what was asked for is here
    rounds = 0
    while wanted := spans(await known.hear(COMMUNE, has(everything))):
        come += wanted
        rounds += 1
    assert sum(span.length_ns for span in come) == everything.length_ns
    assert rounds == 9


async def test_wishes_are_bounded_and_forgotten_once_they_came_true(shop: Workshop) -> None:
    edges(shop).wish(STREAM, Span(START_NS, START_NS + S))
    assert not edges(shop)._wishes
    await edges(shop).hear(COMMUNE, has())
    for number in range(MOST_WISHES + 10):
        edges(shop).wish(STREAM, Span(START_NS + number * S, START_NS + (number + 1) * S))
    assert len(edges(shop)._wishes) == MOST_WISHES
    edges(shop)._wishes.clear()
    edges(shop).wish(STREAM, Span(START_NS, START_NS + 2 * S))
    await edges(shop).hear(COMMUNE, has(Span(START_NS, START_NS + 6 * S)))
    assert not edges(shop)._wishes


async def test_gaps_tell_what_can_be_done_and_whoever_may_play_may_ask(shop: Workshop) -> None:
    """A gap of a minute: the edge has the second half."""
    half = Span(START_NS + 36 * S, START_NS + 66 * S)
    token = shop.token(Action.PLAYBACK, str(STREAM))
    query = {"from": text_from_ns(START_NS), "to": text_from_ns(START_NS + 66 * S)}

    async def states() -> list[str]:
        listed = (await shop.get(f"/recordings/{STREAM}", token, **query)).json()
        return [one["fetch"] for one in listed["gaps"]]

    assert await states() == ["absent"]
    far = Span(START_NS + 5 * HOUR, START_NS + 9 * HOUR)
    await edges(shop).hear(COMMUNE, has(half, far))
    assert await states() == ["absent", "to-fetch"]
    refused = await shop.http.put(f"/recordings/{STREAM}/fetch", params=query)
    assert refused.status_code == 401
    asked = await shop.http.put(
        f"/recordings/{STREAM}/fetch", params=query, headers={"authorization": f"Bearer {token}"}
    )
    assert asked.status_code == 204
    assert await states() == ["absent", "fetching"]
    assert spans(await edges(shop).hear(COMMUNE, has(half, far)))[0] == half
    # An edge that is not heard any more fetches nothing now.
    await shop.clock.advance(61)
    token = shop.token(Action.PLAYBACK, str(STREAM))
    assert await states() == ["absent", "to-fetch"]


async def test_a_commune_without_a_workers_credential_brings_nothing(shop: Workshop) -> None:
    token = shop.token(Action.EDGE, "edge:59512")
    assert (await shop.put("/edges/59512", token, EdgeReport(()))).status_code == 403
    mine = shop.token(Action.EDGE, f"edge:{COMMUNE}")
    assert (await shop.put(f"/edges/{COMMUNE}", mine, EdgeReport(()))).status_code == 200
