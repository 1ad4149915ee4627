"""An edge recorder beside its commune's worker, and the centre behind a link that is cut."""

import asyncio
import hashlib
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shared.messages.codec import decode
from shared.messages.edge import EdgeReport, EdgeWanted
from shared.tickets import Action, edge_resource
from shared.units import AccessUnit
from storage.model.instants import text_from_ns
from tests.integration.storage.edge import Edge, arriving, edge_of, rows
from tests.integration.storage.harness import System, storage
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units

pytestmark = pytest.mark.slow

S = 1_000_000_000


async def gaps(system: System, start_ns: int, end_ns: int) -> list[dict[str, str]]:
    query = {"from": text_from_ns(start_ns), "to": text_from_ns(end_ns)}
    answer = await system.get(f"/recordings/{STREAM}", system.token(Action.PLAYBACK, str(STREAM)), **query)
    found: list[dict[str, str]] = answer.raise_for_status().json()["gaps"]
    return found


async def whole(system: System, start_ns: int, end_ns: int, within_s: float) -> None:
    """Wait until the centre shows a range without a gap."""

    async def is_whole() -> bool:
        return await gaps(system, start_ns, end_ns) == []

    await eventually(is_whole, within_s=within_s, what="the whole range at the centre")


async def live(system: System, edge: Edge, shown: list[AccessUnit]) -> None:
    """The link is up: both recorders get what the worker publishes."""
    await system.publish(shown)
    await edge.publish(shown)


def same_everywhere(system: System, edge: Edge) -> set[str]:
    """The keys of what came from the edge; each has its hash in both indexes, and in the centre's file."""
    here, there = rows(system.folder / "var" / "storage.db", "stored"), edge.stored()
    fetched = here.keys() & there.keys()
    for key in fetched:
        data = (system.folder / "var" / "objects" / key).read_bytes()
        assert here[key] == there[key] == hashlib.sha256(data).hexdigest()
    return fetched


async def test_what_was_filmed_while_the_link_was_down_is_whole_at_the_centre_with_equal_hashes(
    tmp_path: Path,
) -> None:
    start_ns = time.time_ns() - 120 * S
    shown = units(750, start_ns=start_ns)
    async with storage(tmp_path) as system, edge_of(system, tmp_path / "commune") as edge:
        await live(system, edge, shown[:250])
        await system.until(start_ns + 9 * S)
        edge.cut()
        await edge.publish(shown[250:500])
        await edge.until(8)
        await eventually(lambda: is_ill(edge), within_s=20, what="the edge saying that the link is down")
        await live(system, edge, shown[500:])
        await system.until(start_ns + 29 * S)
        (gap,) = await gaps(system, start_ns, start_ns + 28 * S)
        assert gap["fetch"] == "absent"
        edge.mend()
        await whole(system, start_ns, start_ns + 28 * S, within_s=40)

        async def stored() -> bool:
            return len(same_everywhere(system, edge)) >= 4

        await eventually(stored, what="what was fetched in the object store")
        # What the centre had recorded itself was not sent a second time.
        assert len(same_everywhere(system, edge)) <= 7
        await eventually(lambda: edge_is_well(edge), within_s=20, what="a healthy edge")


async def is_ill(edge: Edge) -> bool:
    return (await edge.health()).keys() >= {"centre", "control-room"}


async def edge_is_well(edge: Edge) -> bool:
    return await edge.health() == {}


@pytest.mark.parametrize("killed", ["edge", "centre"])
async def test_a_kill_in_the_middle_of_an_upload_loses_nothing(tmp_path: Path, killed: str) -> None:
    start_ns = time.time_ns() - 120 * S
    filler = b"\x00\x00\x00\x01\x0c" + b"\xff" * 6000 + b"\x80"
    shown = [replace(unit, data=unit.data + filler) for unit in units(300, start_ns=start_ns)]
    settings = {"BEFFROI_EDGE_RATE_KBPS": "800"}
    async with storage(tmp_path) as system, edge_of(system, tmp_path / "commune", settings) as edge:
        edge.cut()
        await edge.publish(shown)
        await edge.until(5)
        edge.mend()
        await eventually(lambda: any(arriving(system).values()), within_s=30, what="an upload under way")
        under_way = next(iter(arriving(system)))
        if killed == "edge":
            await edge.end(signal.SIGKILL)
            await edge.start()
        else:
            await system.kill()
            assert arriving(system)[under_way] > 0
            await system.start()
        await whole(system, start_ns, start_ns + 9 * S, within_s=60)

        async def stored() -> bool:
            return under_way in same_everywhere(system, edge)

        await eventually(stored, what="the interrupted upload in the object store")
        assert arriving(system).keys() <= edge.stored().keys()


async def test_another_communes_token_brings_nothing(tmp_path: Path) -> None:
    async with storage(tmp_path) as system:
        own = system.token(Action.EDGE, edge_resource(STREAM.commune))
        report = EdgeReport(())
        answer = await system.put(f"/edges/{STREAM.commune}", own, report)
        assert decode(EdgeWanted, answer.content) == EdgeWanted(())
        other = system.token(Action.EDGE, edge_resource("59512"))
        tries = [
            await system.put(f"/edges/{STREAM.commune}", other, report),
            await system.put("/edges/59512", own, report),
            await system.put(f"/edges/{STREAM.commune}/segments", other, report),
            await system.put(f"/edges/{STREAM.commune}/segments/{'0' * 64}?offset=0", other, report),
            await system.put(f"/edges/{STREAM.commune}", system.token(Action.PLAYBACK, str(STREAM)), report),
        ]
        assert [one.status_code for one in tries] == [403] * 5
        assert await asyncio.to_thread(lambda: arriving(system)) == {}
