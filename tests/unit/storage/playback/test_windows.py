"""Playback over the real routes, on real footage."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import av
import httpx
import pytest

from shared.leases import LEASE_S
from shared.tap.reassembly import Gap
from shared.tickets import Action
from storage.model.instants import text_from_ns
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import Workshop, policy, units, workshop

SECOND_NS = 1_000_000_000
START_S = START_NS // SECOND_NS
MEDIA = f"/recordings/{STREAM}/media"


def at(seconds: float) -> str:
    """The instant this long after the first picture."""
    return text_from_ns(START_NS + int(seconds * SECOND_NS))


async def media(shop: Workshop, seconds: float, to: float | None = None, **query: str) -> httpx.Response:
    """Ask for footage."""
    end = {} if to is None else {"to": at(to)}
    token = shop.token(Action.PLAYBACK, str(STREAM))
    return await shop.get(MEDIA, token, **{"from": at(seconds)}, **end, **query)


def times(answer: httpx.Response) -> list[float]:
    """Seconds on the player's time line of every picture decoded."""
    with av.open(buffer(answer.content), "r", format="mp4") as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        shown = [frame.pts for frame in container.decode(stream) if frame.pts is not None]
        return [float(pts * stream.time_base) for pts in shown]


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
        token = shop.token(Action.PLAYBACK, str(STREAM))
        listed = (await shop.get(f"/recordings/{STREAM}", token, **{"from": at(0), "to": at(12)})).json()
    assert listed["gaps"] == [{"from": at(2), "to": at(6)}, {"from": at(10), "to": at(12)}]


async def test_playback_starts_at_the_key_picture_at_or_before(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        answer = await media(shop, 5.3, 8)
    assert answer.headers["x-beffroi-from"] == at(4)


async def test_times_are_utc_less_the_base(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        found = times(await media(shop, 3, 5, base=at(-100)))
    assert found[0] == pytest.approx(103, abs=0.001)


async def test_times_go_on_evenly_over_the_border_of_two_segments(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        found = times(await media(shop, 0, 10, base=at(0)))
    assert found == pytest.approx([number / 25 for number in range(250)], abs=0.001)


async def test_pictures_before_the_base_are_squeezed_and_the_others_on_time(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        found = times(await media(shop, 5, 6))
    assert [time for time in found if time >= 0.001] == pytest.approx(
        [number / 25 for number in range(1, len(found) - 25)], abs=0.001
    )


async def test_the_answer_says_until_when_it_goes(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        answer = await media(shop, 0, 3)
    assert answer.headers["x-beffroi-to"] == at(3)


async def test_asking_on_from_the_end_plays_everything_once(tmp_path: Path) -> None:
    found: list[float] = []
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        start = at(0)
        while True:
            token = shop.token(Action.PLAYBACK, str(STREAM))
            answer = await shop.get(MEDIA, token, **{"from": start, "to": at(60), "base": at(0)})
            if answer.status_code == 204:
                break
            found.extend(times(answer))
            start = answer.headers["x-beffroi-to"]
    assert found == pytest.approx([number / 25 for number in range(250)], abs=0.001)


async def test_an_answer_ends_at_a_hole(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        answer = await media(shop, 0, 10)
    assert answer.headers["x-beffroi-to"] == at(2)


async def test_an_answer_ends_at_a_new_run(tmp_path: Path) -> None:
    pictures = units(100)
    second = [replace(unit, run=2, seq=unit.seq - 50) for unit in pictures[50:]]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], *second])
        answer = await media(shop, 0, 10)
    assert answer.headers["x-beffroi-to"] == at(2)


async def test_asking_in_a_hole_starts_with_the_footage_behind_it(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        answer = await media(shop, 4, 10)
    assert answer.headers["x-beffroi-from"] == at(6)


async def test_nothing_in_the_range_tells_where_footage_is_next(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        answer = await media(shop, -60, -30)
    assert (answer.status_code, answer.headers["x-beffroi-next"]) == (204, at(0))


async def test_nothing_afterwards_tells_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        answer = await media(shop, 60)
    assert (answer.status_code, "x-beffroi-next" in answer.headers) == (204, False)


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


async def test_the_answer_has_no_sound(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        answer = await media(shop, 0, 2)
    with av.open(buffer(answer.content), "r", format="mp4") as container:
        assert [stream.type for stream in container.streams] == ["video"]


async def test_the_answer_names_its_codec(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        assert (await media(shop, 0, 2)).headers["x-beffroi-codec"].startswith("avc1.")


async def test_a_page_of_an_allowed_origin_reads_the_headers(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        headers = {
            "authorization": f"Bearer {shop.token(Action.PLAYBACK, str(STREAM))}",
            "origin": "https://csu.example",
        }
        answer = await shop.http.get(MEDIA, params={"from": at(0)}, headers=headers)
    assert "X-Beffroi-To" in answer.headers["access-control-expose-headers"]


async def test_a_page_of_another_origin_is_not_allowed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        headers = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
        answer = await shop.http.options(MEDIA, headers=headers)
    assert "access-control-allow-origin" not in answer.headers


async def test_without_a_ticket_nothing_is_served(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(MEDIA, None, **{"from": at(0)})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("action", "resource"),
    [(Action.LIVE, str(STREAM)), (Action.PLAYBACK, "59350/cam-other/main")],
)
async def test_a_swapped_ticket_is_refused(tmp_path: Path, action: Action, resource: str) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(MEDIA, shop.token(action, resource), **{"from": at(0)})
    assert answer.status_code == 403


async def test_a_forged_ticket_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        forged = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
        answer = await shop.get(MEDIA, forged, **{"from": at(0)})
    assert "forged" in answer.json()["detail"]


async def test_an_expired_ticket_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        await shop.clock.advance(120)
        answer = await shop.get(MEDIA, token, **{"from": at(0)})
    assert "expired" in answer.json()["detail"]


async def test_a_ticket_bounds_the_range_that_is_served(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        token = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S, end_s=START_S + 3)
        answer = await shop.get(MEDIA, token, **{"from": at(0), "to": at(9)})
    assert answer.headers["x-beffroi-to"] == at(3)


async def test_a_ticket_for_another_time_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S - 100, end_s=START_S - 50)
        answer = await shop.get(MEDIA, token, **{"from": at(0), "to": at(9)})
    assert "another time range" in answer.json()["detail"]


async def test_a_session_that_ended_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        await shop.clock.advance(1)
        shop.lessor.ended_sessions.add("s-1")
        shop.confirm()
        assert (await shop.get(MEDIA, token, **{"from": at(0)})).status_code == 403


async def test_a_ticket_never_shown_before_opens_no_camera_whose_right_has_ended_since(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        before = shop.token(Action.PLAYBACK, str(STREAM))
        await shop.clock.advance(1)
        shop.lessor.revoke_camera(STREAM.camera_path)
        shop.confirm()
        assert (await shop.get(MEDIA, before, **{"from": at(0)})).status_code == 403
        await shop.clock.advance(1)
        assert (await media(shop, 0)).status_code == 200


async def test_nobody_sees_recordings_that_control_room_does_not_confirm(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        assert (await shop.get(MEDIA, token, **{"from": at(0)})).status_code == 200
        await shop.clock.advance(LEASE_S)
        answer = await shop.get(MEDIA, token, **{"from": at(0)})
    assert (answer.status_code, "try again" in answer.json()["detail"]) == (503, True)


@pytest.mark.parametrize(
    "query",
    [{}, {"from": "yesterday"}, {"from": "2026-01-01T00:00:00"}, {"from": at(9), "to": at(3)}],
)
async def test_a_range_that_makes_no_sense_is_bad_input(tmp_path: Path, query: dict[str, str]) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(MEDIA, shop.token(Action.PLAYBACK, str(STREAM)), **query)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:beffroi:problem:bad-input")


async def test_instants_on_http_are_rfc_3339() -> None:
    assert datetime.fromisoformat(at(0)).timestamp() == START_NS / 1e9
