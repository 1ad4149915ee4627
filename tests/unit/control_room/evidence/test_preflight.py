"""What a requisition's export would have, told before it is approved."""

from datetime import UTC, datetime

from shared.messages.codec import decode
from shared.messages.desk import Missing, MissingCause, StreamSurvey, SurveyOrder
from tests.unit.control_room.evidence.desk import Desk

GONE = Missing(
    datetime(2026, 11, 20, 21, tzinfo=UTC), datetime(2026, 11, 20, 21, 5, tzinfo=UTC), MissingCause.OVER
)
DIES = datetime(2026, 12, 5, 21, 5, tzinfo=UTC)


async def test_it_tells_size_coverage_gaps_codec_deadline_and_holds(desk: Desk) -> None:
    made = await desk.entered()
    own = (await desk.one.get("/holds")).json()["items"][0]["id"]
    survey = StreamSurvey("", 1_000_000, 0.66, ("avc1.42e01f",), (GONE,), 0, DIES, ())
    desk.room.storage.footage = survey
    told = (await desk.other.get(f"/requisitions/{made['id']}/preflight")).json()
    (camera,) = told["cameras"]
    assert (camera["bytes"], camera["coverage"], camera["codecs"]) == (1_000_000, 0.66, ["avc1.42e01f"])
    assert camera["missing"][0]["cause"] == "over"
    assert camera["dies_at"] == "2026-12-05T21:05:00.000Z"
    assert ([hold["id"] for hold in told["holds"]], told["held"]) == ([own], True)
    asked = decode(SurveyOrder, desk.room.storage.asked[-1].content)
    assert asked.but_for == (own,)


async def test_it_says_when_storage_has_not_taken_the_hold_yet(desk: Desk) -> None:
    desk.room.storage.broken = "/holds/"
    made = await desk.entered()
    told = (await desk.other.get(f"/requisitions/{made['id']}/preflight")).json()
    assert told["held"] is False


async def test_without_storage_there_is_no_preflight(desk: Desk) -> None:
    made = await desk.entered()
    desk.room.storage.away = True
    assert (await desk.other.get(f"/requisitions/{made['id']}/preflight")).status_code == 503
