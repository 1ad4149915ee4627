"""A right that ends, ends everywhere: over real sockets, in the whole system, for whoever is watching."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.client import signed_in
from tests.support.ports import free_port
from tests.support.ways import (
    OF_CAMERA,
    OF_SESSION,
    WATCHED,
    Scene,
    camera_changed,
    goes_on_s,
    prepared,
    signs_out,
)
from tests.support.whole import ROOT, WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

ENDS_WITHIN_S = 2.0
BUSY_S = 2.0
"""What a machine that is busy with other tests may take more: readers and services share its cores."""
RECORDED_S = 12.0


@asynccontextmanager
async def watched(whole: WholeSystem) -> AsyncIterator[Scene]:
    """A camera of its own, and an export of it; both people and camera are gone afterwards."""
    port = free_port()
    simulator = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ingest.simulator", "--port", str(port), WATCHED],
        cwd=ROOT,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert simulator.stdout is not None
    try:
        address = (await asyncio.wait_for(simulator.stdout.readline(), 60)).decode().strip()
        async with signed_in(whole.url, "admin") as admin, signed_in(whole.url, "commune") as commune:
            scene = await prepared(whole, admin, commune, address, RECORDED_S)
            try:
                yield scene
            finally:
                for person in scene.people:
                    await admin.delete(f"/people/{person}")
                await commune.delete(f"/cameras/{scene.camera}")
    finally:
        simulator.kill()
        await simulator.communicate()


async def test_sign_out_and_a_withdrawn_authorisation_end_each_way_to_see_within_two_seconds(
    whole: WholeSystem,
) -> None:
    async with watched(whole) as scene:
        found = {
            "sign-out": await goes_on_s(scene, signs_out, OF_SESSION),
            "withdrawn": await goes_on_s(scene, camera_changed({"authorisation": None}), OF_CAMERA),
        }
    late = {
        f"{way} after {cause}": seconds
        for cause, ways in found.items()
        for way, seconds in ways.items()
        if seconds is None or seconds > ENDS_WITHIN_S + BUSY_S
    }
    assert not late, found
