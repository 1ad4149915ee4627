"""What control_room's answers say of holds and of the time."""

import httpx
import pytest

from shared.clock import SimulatedClock
from shared.errors import BadInput, Unavailable
from shared.messages.codec import encode
from shared.messages.storage import HeldReport, KnownHolds
from storage.lifecycle.control_room import DateWitness, KnownToControlRoom

NOON_NS = 1_782_907_200 * 10**9
DATE = "Wed, 01 Jul 2026 12:00:00 GMT"


def answering(answer: httpx.Response) -> KnownToControlRoom:
    transport = httpx.MockTransport(lambda _: answer)
    return KnownToControlRoom(httpx.AsyncClient(transport=transport, base_url="http://control"))


async def test_its_holds_are_what_it_tells() -> None:
    known = KnownHolds((), ("h-1",))
    assert await answering(httpx.Response(200, content=encode(known)))(HeldReport(("h-1",))) == known


@pytest.mark.parametrize(
    ("answer", "error"),
    [(httpx.Response(503), Unavailable), (httpx.Response(200, content=b"<html>"), BadInput)],
)
async def test_an_answer_that_tells_no_holds_is_never_taken_for_none(
    answer: httpx.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await answering(answer)(HeldReport(()))


async def test_its_time_goes_on_for_ten_minutes_after_it_was_heard() -> None:
    clock = SimulatedClock(0)
    witness = DateWitness(clock)
    assert witness.now_ns() is None
    await witness.hear(httpx.Response(404, headers={"date": DATE}))
    await clock.advance(600)
    assert witness.now_ns() == NOON_NS + 600 * 10**9
    await clock.advance(1)
    assert witness.now_ns() is None


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Jul 2026 12:00:00 GMT"])
async def test_an_answer_without_a_usable_date_says_nothing(date: str) -> None:
    witness = DateWitness(SimulatedClock(0))
    await witness.hear(httpx.Response(200, headers={"date": date}))
    assert witness.now_ns() is None
