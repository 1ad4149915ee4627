"""Exports: what is in them, and that what was done to one is told."""

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from shared.messages import ExportedCamera, ExportOrder, ExportProgress, ExportStatus, decode
from shared.tap.reassembly import Gap
from shared.tickets import Action
from storage.exports.manifest import MANIFEST, READ_ME, SIGNATURE
from storage.index.holds import Hold
from storage.verify import Finding, Verdict, verify
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.support.programs import needs
from tests.unit.storage.workshop import Workshop, pem_pair, units, workshop

START = datetime.fromtimestamp(START_NS / 1e9, UTC)
EXPORT = "x-0001"


def order(start_s: float = 0, end_s: float = 10, *, id: str = EXPORT) -> ExportOrder:
    """An order for the one camera of these tests."""
    camera = ExportedCamera(str(STREAM), "Place du Beffroi", "Lille", "2026-59-001")
    return ExportOrder(
        id,
        "PV 2026/1234",
        "Tribunal judiciaire de Lille",
        "p-legal",
        (camera,),
        START + timedelta(seconds=start_s),
        START + timedelta(seconds=end_s),
    )


async def exported(shop: Workshop, wanted: ExportOrder | None = None) -> Path:
    """The package of an export made by way of HTTP."""
    wanted = wanted or order()
    token = shop.token(Action.EXPORT, f"export:{wanted.id}")
    answer = await shop.put(f"/exports/{wanted.id}", token, wanted)
    assert answer.status_code == 202, answer.text
    await shop.export_done(wanted.id)
    return shop.folder / "exports" / f"{wanted.id}.zip"


def manifest_of(package: Path) -> dict[str, object]:
    with zipfile.ZipFile(package) as archive:
        manifest: dict[str, object] = json.loads(archive.read(MANIFEST))
    return manifest


def videos_of(package: Path) -> list[bytes]:
    with zipfile.ZipFile(package) as archive:
        return [archive.read(name) for name in archive.namelist() if name.endswith(".mp4")]


def said(command: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, output and complaints of a command."""
    done = subprocess.run(
        command.split(), cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def pictures_in(video: bytes) -> list[float]:
    with av.open(io.BytesIO(video), "r") as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


def rewritten(package: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy whose files went through `change`; None leaves one out."""
    target = package.with_name("changed.zip")
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = change(name, source.read(name))
            if data is not None:
                copy.writestr(name, data)
    return target


async def judged(tmp_path: Path, change: Callable[[str, bytes], bytes | None]) -> Verdict:
    """The verdict on an export that somebody changed."""
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = rewritten(await exported(shop), change)
        return verify(package, shop.evidence_pem)


async def test_an_untouched_export_is_sound(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        assert verify(await exported(shop), shop.evidence_pem).finding is Finding.SOUND


async def test_an_unpacked_export_is_sound(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            archive.extractall(tmp_path / "unpacked")
        assert verify(tmp_path / "unpacked", shop.evidence_pem).sound


async def test_an_altered_film_is_told_and_named(tmp_path: Path) -> None:
    def flip(name: str, data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if name.endswith(".mp4") else data

    verdict = await judged(tmp_path, flip)
    assert (verdict.finding, verdict.altered[0][-4:]) == (Finding.ALTERED_FILE, ".mp4")


async def test_bytes_changed_inside_the_zip_are_told(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        data = bytearray(package.read_bytes())
        data[5000] ^= 0xFF
        package.write_bytes(data)
        assert verify(package, shop.evidence_pem).finding is Finding.ALTERED_FILE


async def test_a_missing_film_is_told_and_named(tmp_path: Path) -> None:
    verdict = await judged(tmp_path, lambda name, data: None if name.endswith(".mp4") else data)
    assert (verdict.finding, len(verdict.missing)) == (Finding.MISSING_FILE, 1)


async def test_an_altered_leaflet_is_told(tmp_path: Path) -> None:
    verdict = await judged(tmp_path, lambda name, data: data + b"." if name == READ_ME else data)
    assert verdict.altered == (READ_ME,)


async def test_an_extra_file_is_told_and_named(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        with zipfile.ZipFile(package, "a") as archive:
            archive.writestr("another.mp4", b"film")
        verdict = verify(package, shop.evidence_pem)
    assert (verdict.finding, verdict.extra) == (Finding.EXTRA_FILE, ("another.mp4",))


async def test_an_altered_manifest_is_told(tmp_path: Path) -> None:
    verdict = await judged(
        tmp_path, lambda name, data: data.replace(b"PV 2026", b"PV 2025") if name == MANIFEST else data
    )
    assert verdict.finding is Finding.ALTERED_MANIFEST


async def test_a_missing_signature_is_told(tmp_path: Path) -> None:
    verdict = await judged(tmp_path, lambda name, data: None if name == SIGNATURE else data)
    assert verdict.missing == (SIGNATURE,)


async def test_a_wrong_key_is_told(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        assert verify(await exported(shop), pem_pair()[1]).finding is Finding.WRONG_KEY


async def test_any_other_file_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir")
    assert verify(tmp_path / "letter.txt", pem_pair()[1]).finding is Finding.NOT_AN_EXPORT


async def test_a_zip_of_something_else_is_no_export(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("letter.txt", "Dear Sir")
    assert verify(tmp_path / "other.zip", pem_pair()[1]).finding is Finding.NOT_AN_EXPORT


async def test_a_cut_package_is_no_export(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        package.write_bytes(package.read_bytes()[:-100])
        assert verify(package, shop.evidence_pem).finding is Finding.NOT_AN_EXPORT


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


async def test_an_unfinished_export_is_made_after_a_restart(tmp_path: Path) -> None:
    keys = pem_pair()
    async with workshop(tmp_path, evidence=keys) as shop:
        await shop.record_all(units(50))
        await shop.jobs.order(order())
    async with workshop(tmp_path, nonce="bbbb", evidence=keys) as shop:
        await shop.export_done(EXPORT)
        assert verify(tmp_path / "exports" / f"{EXPORT}.zip", keys[1]).sound


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
        early = await shop.jobs.sweep_once()
        await shop.clock.advance(0.2 * 86_400)
        await shop.jobs.sweep_once()
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
