"""Walls on real sockets, fed through a real tap."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from shared.ids import StreamId, StreamKind
from tests.integration.mux.receiving import BROWSER, decoded
from tests.integration.mux.rig import Camera, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.pictures import units
from tests.support.wall import Json, Wall, wall, wall_offer

ONE, TWO = StreamId("59350", "cam-1"), StreamId("59350", "cam-2")
SUB = StreamId("59350", "cam-1", StreamKind.SUB)
PATHS = ONE.camera_path, TWO.camera_path
UNITS = units(20, gop=10, width=160, height=128)


@dataclass(frozen=True, slots=True)
class Street:
    """A mux, its cameras, and a wall of four tiles of which the first two show them."""

    mux: Mux
    wall: Wall

    async def pictures(self, mid: str, more: int = 12) -> None:
        """Wait for some pictures more on a tile."""
        before = self.wall.pictures(mid)
        await eventually(lambda: self.wall.pictures(mid) >= before + more, what=f"pictures on tile {mid}")


@asynccontextmanager
async def street(folder: Path, *streams: StreamId) -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        mux = await stack.enter_async_context(running_mux(folder))
        for stream in streams:
            camera = Camera([replace(one, stream=stream) for one in UNITS], mux.tap_port)
            await stack.enter_async_context(playing(camera, head_start=3))
        ticket = mux.wall_ticket(*PATHS)
        yield Street(mux, await stack.enter_async_context(wall(mux.base, ticket, 4, BROWSER)))


async def test_each_tile_gets_pictures_that_decode(tmp_path: Path) -> None:
    async with street(tmp_path, ONE, TWO) as shown:
        for mid in ("0", "1"):
            await shown.pictures(mid)
            rtp = shown.wall.rtp(mid)
            assert decoded(rtp) >= len({packet[4:8] for packet in rtp}) - 1
        assert shown.wall.rtp("2") == []


async def test_a_tile_is_given_another_camera_and_emptied_while_the_others_go_on(tmp_path: Path) -> None:
    async with street(tmp_path, ONE, TWO) as shown:
        await shown.pictures("0")
        ticket = shown.mux.wall_ticket(*PATHS)
        wishes: list[Json] = [
            {"mid": "2", "camera": PATHS[0], "width": 640, "height": 360},
            {"mid": "1", "camera": None},
        ]
        answer = await shown.wall.put(ticket, wishes)
        assert answer.status_code == 200, answer.text
        tiles = answer.json()["tiles"]
        assert [tile["camera"] for tile in tiles] == [PATHS[0], None, PATHS[0], None]
        await shown.pictures("2")
        await shown.pictures("0")


async def test_a_small_tile_is_given_the_sub_stream_without_a_hole_in_its_packets(tmp_path: Path) -> None:
    async with street(tmp_path, ONE, SUB) as shown:
        await shown.pictures("0")
        await shown.wall.put(shown.mux.wall_ticket(*PATHS), [{"mid": "0", "width": 320, "height": 180}])

        async def is_small() -> bool:
            return (await shown.wall.standing_of("0"))["kind"] == "sub"

        await eventually(is_small, what="the sub stream")
        await shown.pictures("0")
        numbers = sorted({int.from_bytes(packet[2:4], "big") for packet in shown.wall.rtp("0")})
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_a_page_is_told_which_camera_sends_nothing(tmp_path: Path) -> None:
    async with street(tmp_path, ONE) as shown:
        await shown.pictures("0")

        async def is_told() -> bool:
            silent = await shown.wall.standing_of("1")
            return silent["stale"] == "camera" and "nothing has come" in str(silent["reason"])

        await eventually(is_told, what="the cause of the empty tile")
        assert (await shown.wall.standing_of("0"))["stale"] is None


async def test_what_a_page_counts_and_who_watches_can_be_read(tmp_path: Path) -> None:
    async with street(tmp_path, ONE) as shown, local_client(base_url=shown.mux.base) as http:
        await shown.pictures("0", 30)
        counts = {"mid": "0", "freezes": 2, "freeze_ms": 300, "first_frame_ms": 84.5, "dropped": 1}
        assert (await shown.wall.report(counts)).status_code == 200
        assert (await http.get("/load")).json() == {
            "viewers": 1,
            "most_viewers": shown.mux.settings.most_viewers,
            "sessions": 1,
            "tiles": 2,
        }
        assert (await http.get("/viewers")).status_code == 401
        ticket = {"Authorization": f"Bearer {shown.mux.status_ticket()}"}
        (viewer,) = (await http.get("/viewers", headers=ticket)).json()["viewers"]
        assert (viewer["session"], viewer["subject"], viewer["wall"]) == ("session-1", "p-1", True)
        assert (viewer["tiles"][0]["freezes"], viewer["tiles"][0]["first_frame_ms"]) == (2, 84.5)

        async def measured() -> bool:
            figures = (await http.get(f"http://127.0.0.1:{shown.mux.settings.status_port}/metrics")).text
            name = f'mux_stream_bits_per_second{{stream="{ONE}"}} '
            return any(line.startswith(name) and float(line.split()[1]) > 0 for line in figures.splitlines())

        await eventually(measured, what="the stream's bitrate")


async def test_after_an_ice_restart_only_the_new_session_is_answered(tmp_path: Path) -> None:
    async with street(tmp_path, ONE) as shown:
        client = shown.wall
        before = client.etag
        assert (await client.restart_ice(if_match='"of-another"')).status_code == 412
        restarted = await client.restart_ice()
        assert (restarted.status_code, client.etag != before) == (200, True)
        answered = client.answered_checks
        client.check()
        await eventually(lambda: client.answered_checks > answered, what="a check by the new session")
        await shown.pictures("0")
        assert (await client.restart_ice(if_match=before)).status_code == 412


async def test_a_page_is_told_why_its_session_is_gone(tmp_path: Path) -> None:
    async with street(tmp_path, ONE) as shown:
        assert (await shown.mux.delete(shown.wall.location)).status_code == 200
        gone = await shown.wall.report()
        assert (gone.status_code, gone.json()["reason"]) == (404, "left")


async def test_a_plain_ticket_opens_no_wall(tmp_path: Path) -> None:
    async with running_mux(tmp_path) as mux, local_client(base_url=mux.base) as http:
        refused = await http.post(
            "/wall",
            content=wall_offer(BROWSER.fingerprint, 2),
            headers={"Content-Type": "application/sdp", "Authorization": f"Bearer {mux.ticket(ONE)}"},
        )
        assert (refused.status_code, refused.json()["detail"]) == (
            403,
            "the ticket is for live, not for wall",
        )
