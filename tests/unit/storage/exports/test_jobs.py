"""Exports as jobs: ordered once, made after a restart too, holding their footage meanwhile."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from shared.evidence.timestamp import check
from shared.evidence.verify import manifest_of, verify
from shared.messages.codec import decode
from shared.messages.storage import ExportProgress, ExportStatus
from shared.reasons import Reason
from shared.tickets import Action
from storage.exports.stamps import Stamps
from storage.index.holds import Hold
from tests.support.authority import Authority
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import (
    EXPORT,
    exported,
    order,
)
from tests.unit.storage.workshop import pem_pair, policy, units, workshop


async def test_the_progress_of_a_finished_export_has_its_seal(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(125))
        package = await exported(shop)
        token = shop.token(Action.STATUS, f"export:{EXPORT}")
        progress = decode(ExportProgress, (await shop.get(f"/exports/{EXPORT}", token)).content)
    assert progress == ExportProgress(
        EXPORT,
        ExportStatus.DONE,
        1.0,
        package.stat().st_size,
        pytest.approx(0.5, abs=0.001),  # type: ignore[arg-type]  # compares like a float
        hashlib.sha256(package.read_bytes()).hexdigest(),
    )


async def test_an_export_without_footage_fails_and_says_why(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await exported(shop, order(1000, 2000))
        progress = await shop.jobs.progress(EXPORT)
    assert (progress.status, "no footage" in progress.reason) == (ExportStatus.FAILED, True)
    assert progress.why == Reason("export-no-footage", progress.reason)


async def test_an_unfinished_export_is_made_after_a_restart(tmp_path: Path) -> None:
    keys = pem_pair()
    async with workshop(tmp_path, evidence=keys) as shop:
        await shop.record_all(units(50))
        await shop.jobs.order(order())
    async with workshop(tmp_path, nonce="bbbb", evidence=keys) as shop:
        await shop.export_done(EXPORT)
        assert verify(tmp_path / "exports" / f"{EXPORT}.zip", keys[1]).sound


async def test_an_export_waits_for_what_a_crash_left_in_the_spool(tmp_path: Path) -> None:
    keys = pem_pair()
    async with workshop(tmp_path, evidence=keys) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(50))
        await shop.jobs.order(order(0, 2))
    async with workshop(tmp_path, nonce="bbbb", evidence=keys) as shop:
        shop.finisher.find_left_over()
        making = asyncio.create_task(shop.jobs.run())
        await shop.clock.advance(5)
        waiting = (await shop.jobs.progress(EXPORT)).status
        await shop.finish()
        await shop.clock.advance(1)

        async def done() -> bool:
            return (await shop.jobs.progress(EXPORT)).status is ExportStatus.DONE

        await eventually(done, what="the export")
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
    assert waiting is ExportStatus.QUEUED


async def test_an_ordered_export_holds_its_footage(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100), days=1)
        await shop.jobs.order(order())
        await shop.clock.advance(40 * 86_400)
        await shop.retention.run_once()
        assert shop.objects()


async def test_a_finished_export_holds_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        await exported(shop)

        async def free() -> bool:
            return not await shop.holds.ids()

        await eventually(free, what="the end of the export's hold")


async def test_a_hold_that_a_crash_left_without_its_export_ends(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.holds.put(Hold(f"export:{EXPORT}", str(STREAM), 0, START_NS, "PV 1"))
        await shop.holds.put(Hold("h-1", str(STREAM), 0, START_NS, "PV 1"))
        await shop.jobs.end_stray_holds()
        assert await shop.holds.ids() == {"h-1"}


async def test_the_same_order_twice_is_one_export(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
        token = shop.token(Action.EXPORT, f"export:{EXPORT}")
        again = await shop.put(f"/exports/{EXPORT}", token, order())
    assert again.json()["status"] == "done"


async def test_another_order_with_the_same_id_is_a_conflict(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.jobs.order(order())
        token = shop.token(Action.EXPORT, f"export:{EXPORT}")
        answer = await shop.put(f"/exports/{EXPORT}", token, order(0, 99))
    assert answer.status_code == 409


async def test_a_finished_export_is_stamped_and_its_token_handed_over(tmp_path: Path) -> None:
    authority = Authority()
    async with workshop(tmp_path) as shop:
        stamps = Stamps("http://authority.example", tmp_path / "exports", authority.client(), shop.clock)
        shop.jobs._stamps = stamps
        await shop.record_all(units(50))
        package = await exported(shop)
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        early = await shop.get(f"/exports/{EXPORT}/timestamp", token)
        await stamps.run_once()
        answer = await shop.get(f"/exports/{EXPORT}/timestamp", token)
    assert (early.status_code, answer.status_code) == (404, 200)
    assert check(answer.content, manifest_of(package), authority.pem).authority == "CN=Test authority"
