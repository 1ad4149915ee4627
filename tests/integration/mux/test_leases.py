"""Views live as long as what control_room says of them."""

import asyncio
from pathlib import Path

from tests.integration.mux.receiving import scene, watching
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.pictures import STREAM, units

UNITS = units(50, gop=25)


async def test_a_session_that_ends_is_closed_at_once_and_others_go_on(tmp_path: Path) -> None:
    async with scene(tmp_path, UNITS) as shown, watching(shown.mux, session="two") as two:
        lessor = shown.mux.lessor
        lessor.ended_sessions.add("session-1")
        await asyncio.to_thread(lessor.tell, shown.mux.base)
        await asyncio.wait_for(shown.client.ended.wait(), 2)
        seen = two.received.packets
        await eventually(lambda: two.received.packets > seen + 10, what="the other's pictures")
        lessor.ended_cameras.add(STREAM.camera_path)
        await asyncio.to_thread(lessor.tell, shown.mux.base)
        await asyncio.wait_for(two.ended.wait(), 2)


async def test_a_forged_lease_is_refused_and_ends_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, UNITS) as shown:
        lease = shown.mux.lessor.lease()
        forged = lease[:-2] + ("AA" if lease[-2:] != "AA" else "BA")
        async with local_client() as client:
            answer = await client.put(
                f"{shown.mux.base}/lease", content=forged, headers={"content-type": "text/plain"}
            )
        assert answer.status_code == 403
        await shown.pictures(10, after=len(shown.rtp))
