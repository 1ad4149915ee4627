"""Views live as long as what control_room says of them."""

import asyncio
from pathlib import Path

import pytest

from shared.tap import TapKeys
from shared.tap.keys import make_pair
from tests.integration.mux.receiving import scene, timestamps, watching
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.pictures import STREAM, units

UNITS = units(50, gop=25)
REFUSED = "tap_bad_messages_total"


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


@pytest.mark.parametrize("whole", [True, False], ids=["the commune's last", "one of several"])
async def test_a_credential_taken_back_cuts_the_tap_in_seconds_and_a_new_one_mends_it(
    tmp_path: Path, whole: bool
) -> None:
    public, secret = make_pair()
    centre_public, centre_secret = make_pair()
    (tmp_path / "centre.key").write_bytes(centre_secret)
    (tmp_path / f"{STREAM.commune}.pub").write_bytes(public)
    worker = TapKeys(public, secret, centre_public)
    key = tmp_path / "centre.key"
    async with scene(tmp_path, UNITS, keys=worker, tap_key_file=key, tap_peers_dir=tmp_path) as shown:
        lessor, mux = shown.mux.lessor, shown.mux
        lessor.publishers = {STREAM.commune}
        await shown.pictures(10)

        async def refused_more(units: int) -> None:
            """This many more are refused, of 25 a second."""
            before = await mux.metric(REFUSED)

            async def are_refused() -> bool:
                return await mux.metric(REFUSED) >= before + units

            await eventually(are_refused, what="refusals")

        if whole:
            lessor.publishers = set()
        else:
            lessor.ended_keys = {STREAM.commune: frozenset({public.decode()})}
        await asyncio.to_thread(lessor.tell, mux.base)
        await refused_more(10)
        shown_before = len(timestamps(shown.rtp))
        await refused_more(10)
        assert len(timestamps(shown.rtp)) == shown_before

        lessor.publishers, lessor.ended_keys = {STREAM.commune}, {}
        await shown.pictures(10, after=len(shown.rtp))
