"""Exports: what is in them, and how long they live."""

import asyncio
import hashlib
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from shared.evidence.manifest import READ_ME
from shared.evidence.verify import verify
from shared.messages.codec import decode
from shared.messages.storage import ExportProgress, ExportStatus
from shared.reasons import Reason
from shared.tap.reassembly import Gap
from shared.tickets import Action
from storage.index.holds import Hold
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.support.programs import needs
from tests.unit.storage.packages import (
    EXPORT,
    exported,
    manifest_of,
    order,
    pictures_in,
    said,
    videos_of,
)
from tests.unit.storage.workshop import pem_pair, policy, units, workshop


@needs("ffprobe")
async def test_ffprobe_finds_one_film_track_and_no_error(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        (tmp_path / "film.mp4").write_bytes(videos_of(await exported(shop))[0])
    told = said(
        "ffprobe -v error -count_frames -show_entries stream=codec_type,nb_read_frames -of csv=p=0 film.mp4",
        tmp_path,
    )
    assert told == (0, "video,250\n", "")


async def test_a_film_over_several_segments_plays_evenly(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        shown = pictures_in(videos_of(await exported(shop))[0])
    assert shown == pytest.approx([number / 25 for number in range(250)], abs=0.001)


async def test_a_film_starts_at_the_key_picture_at_or_before_and_ends_before_the_end(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        shown = pictures_in(videos_of(await exported(shop, order(5.1, 7.5)))[0])
    assert len(shown) == round((7.5 - 4) * 25)


async def test_each_stretch_is_a_film_of_its_own(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        films = videos_of(await exported(shop))
    assert [len(pictures_in(film)) for film in films] == [50, 100]


async def test_the_manifest_tells_the_gaps(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        manifest = manifest_of(await exported(shop))
    cameras = manifest["cameras"]
    assert isinstance(cameras, list)
    lengths = [
        (datetime.fromisoformat(gap["end"]) - datetime.fromisoformat(gap["start"])).total_seconds()
        for gap in cameras[0]["gaps"]
    ]
    assert lengths == pytest.approx([4.0], abs=0.001)


async def test_the_manifest_seals_each_film(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        files = manifest_of(package)["files"]
        film = videos_of(package)[0]
    assert isinstance(files, list)
    told = (files[0]["sha256"], files[0]["size"], files[0]["samples"])
    assert told == (hashlib.sha256(film).hexdigest(), len(film), 50)


async def test_the_manifest_names_the_requisition_and_the_camera(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        manifest = manifest_of(await exported(shop))
    cameras = manifest["cameras"]
    assert isinstance(cameras, list)
    assert (manifest["reference"], cameras[0]["authorisation"]) == ("PV 2026/1234", "2026-59-001")


async def test_the_leaflet_speaks_french_first(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            text = archive.read(READ_ME).decode()
    assert 0 < text.index("Vérifier") < text.index("Verify")


@needs("openssl")
async def test_openssl_verifies_the_signature_as_the_leaflet_says(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            archive.extractall(tmp_path)
        (tmp_path / "key.pem").write_bytes(shop.evidence_pem)
    told = said(
        "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig",
        tmp_path,
    )
    assert told[0] == 0


async def test_the_zip_stores_its_films_uncompressed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


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


async def test_a_package_is_destroyed_after_seven_days(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        await shop.clock.advance(6.9 * 86_400)
        early = await shop.sweep.sweep_once()
        await shop.clock.advance(0.2 * 86_400)
        await shop.sweep.sweep_once()
        status = (await shop.jobs.progress(EXPORT)).status
    assert (early, package.exists(), status) == (0, False, ExportStatus.DESTROYED)


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


async def test_a_package_comes_in_ranges(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        answer = await shop.http.get(
            f"/exports/{EXPORT}/package", params={"ticket": token}, headers={"range": "bytes=10-19"}
        )
    assert (answer.status_code, answer.content) == (206, package.read_bytes()[10:20])


async def test_a_package_is_an_attachment(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        answer = await shop.get(f"/exports/{EXPORT}/package", token)
    assert answer.headers["content-disposition"] == f'attachment; filename="beffroi-export-{EXPORT}.zip"'


@pytest.mark.parametrize("action", [Action.STATUS, Action.EXPORT, Action.PLAYBACK])
async def test_only_a_download_ticket_downloads(tmp_path: Path, action: Action) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(f"/exports/{EXPORT}/package", shop.token(action, f"export:{EXPORT}"))
    assert answer.status_code == 403


async def test_an_unmade_package_is_a_conflict(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.jobs.order(order())
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        assert (await shop.get(f"/exports/{EXPORT}/package", token)).status_code == 409


async def test_an_unknown_export_is_not_found(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.STATUS, "export:x-none")
        assert (await shop.get("/exports/x-none", token)).status_code == 404


async def test_the_evidence_key_is_public(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert (await shop.get("/evidence-key", None)).content == shop.evidence_pem
