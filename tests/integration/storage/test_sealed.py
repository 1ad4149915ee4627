"""The whole process with footage keys: nothing recorded is readable on its disks, and everything works."""

import time
from pathlib import Path

import pytest

from shared.evidence.verify import verify
from shared.ids import StreamId
from shared.messages.storage import ExportedCamera, ExportOrder, HoldOrder
from shared.tickets import Action
from shared.utc import instant_of
from storage.model.instants import text_from_ns
from tests.integration.storage.harness import System, policy, storage
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units

pytestmark = pytest.mark.slow

S = 1_000_000_000
DAY_S = 86_400
BOX_NAMES = (b"moov", b"moof", b"mdat", b"manifest.json", b"LISEZMOI")
OLD = StreamId.parse(f"{STREAM.commune}/cam-old/main")
"""A camera whose footage is past its deadline when it comes."""


def readable(folder: Path) -> list[str]:
    """Files in which a part of a recording or package stands in the clear."""
    found = []
    for name in ("spool", "objects", "exports"):
        for path in (folder / "var" / name).rglob("*"):
            if path.is_file() and any(box in path.read_bytes() for box in BOX_NAMES):
                found.append(str(path.relative_to(folder)))
    return found


async def played(system: System, from_ns: int) -> bytes:
    token = system.token(Action.PLAYBACK, str(STREAM))
    answer = await system.get(f"/recordings/{STREAM}/media", token, **{"from": text_from_ns(from_ns)})
    assert answer.status_code == 200
    return answer.content


async def exported(system: System, start_ns: int) -> Path:
    camera = ExportedCamera(str(STREAM), "Place du Beffroi", "Lille", "2026-59-001")
    order = ExportOrder(
        "x-1", "PV 1", "TJ Lille", "p-1", (camera,), instant_of(start_ns), instant_of(start_ns + 6 * S)
    )
    await system.put("/exports/x-1", system.token(Action.EXPORT, "export:x-1"), order)

    async def done() -> bool:
        answer = await system.get("/exports/x-1", system.token(Action.STATUS, "export:x-1"))
        return bool(answer.json()["status"] == "done")

    await eventually(done, within_s=60, what="the export")
    answer = await system.get("/exports/x-1/package", system.token(Action.DOWNLOAD, "export:x-1"))
    package = system.folder / "x-1.zip"
    package.write_bytes(answer.content)
    return package


async def test_record_play_hold_export_destroy_check_and_rebuild(tmp_path: Path) -> None:
    start_ns = time.time_ns() - 300 * S
    old_ns = time.time_ns() - 40 * DAY_S * S
    async with storage(tmp_path, sealed=True) as system:
        system.room.policies, system.room.version = (policy(), policy(OLD)), 2
        await system.publish(units(150, start_ns=start_ns))
        await system.publish(units(150, stream=OLD, start_ns=old_ns))
        await system.until(start_ns + 5 * S)
        await eventually(lambda: len(system.store().keys()) >= 2, within_s=30, what="the first segments")
        later_ns = start_ns + 60 * S
        await system.publish(units(150, start_ns=later_ns, run=2))
        await system.until(later_ns + 5 * S)
        assert readable(tmp_path) == []
        before = await played(system, start_ns)
        hold = HoldOrder("h-1", str(STREAM), instant_of(start_ns), instant_of(start_ns + S), "PV 2")
        answer = await system.put("/holds/h-1", system.token(Action.HOLD, "hold:h-1"), hold)
        assert answer.status_code in (200, 201)
        assert verify(await exported(system, start_ns), system.evidence_pem).sound
        assert readable(tmp_path) == []

        async def destroyed() -> bool:
            return await system.metric("storage_segments_destroyed_total") >= 1

        await eventually(destroyed, within_s=60, what="the end of what is past its deadline")
        assert not [path for path in (tmp_path / "var/objects").rglob("*cam-old*") if path.suffix == ".mp4"]
        await system.stop()
        assert (await system.command("scrub"))[0] == 0
        for path in (tmp_path / "var").glob("storage.db*"):
            path.unlink()
        code, said = await system.command("reindex")
        assert (code, " 0 files unreadable" in said) == (0, True)
        await system.start()
        assert await played(system, start_ns) == before
        assert "holds" not in await system.health()
