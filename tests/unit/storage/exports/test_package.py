"""Exports: what is in them, and how long they live."""

import hashlib
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from shared.arrival import LOOSE_NS, MAX_DELAY_NS
from shared.evidence.verify import verify
from shared.gap_causes import GapCause
from shared.spans import Span
from shared.tap.reassembly import Gap
from shared.tickets import Action
from storage.model.deadline import DAY_NS
from storage.model.interruptions import Interruption
from tests.support.pictures import START_NS, STREAM
from tests.support.programs import needs
from tests.unit.storage.packages import (
    exported,
    for_recipient,
    manifest_of,
    order,
    said,
    videos_of,
)
from tests.unit.storage.workshop import seal_key, units, workshop


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


async def test_the_manifest_tells_the_gaps_with_their_causes_and_how_wrong_the_clock_may_be(
    tmp_path: Path,
) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        cut = Interruption(str(STREAM), GapCause.LINK, Span(START_NS + 3 * 10**9, START_NS + 5 * 10**9))
        await shop.archive.interruptions.change([], [(cut, START_NS + DAY_NS)])
        manifest = manifest_of(await exported(shop))
    cameras = manifest["cameras"]
    assert isinstance(cameras, list)
    lengths = [
        (datetime.fromisoformat(gap["end"]) - datetime.fromisoformat(gap["start"])).total_seconds()
        for gap in cameras[0]["gaps"]
    ]
    assert lengths == pytest.approx([4.0], abs=0.001)
    assert [gap["cause"] for gap in cameras[0]["gaps"]] == ["link"]
    # These pictures have the UTC of their arrival.
    assert cameras[0]["clock"]["uncertainty_s"] == pytest.approx((MAX_DELAY_NS + LOOSE_NS) / 1e9, abs=0.001)


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
    requisition = manifest["requisition"]
    assert isinstance(requisition, dict)
    assert (requisition["reference"], cameras[0]["authorisation"]) == ("PV 2026/1234", "2026-59-001")


async def test_the_zip_stores_its_films_uncompressed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


async def test_a_package_for_one_recipient_is_opened_with_their_key_and_is_sound(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop, for_recipient())
        folder, key = shop.folder / "exports", shop.evidence_pem
        assert [path.name for path in folder.iterdir()] == ["x-0001.p7m"]
        (folder / "key.pem").write_bytes(seal_key().key_pem())
        assert "is encrypted to its recipient" in verify(folder / "x-0001.p7m", key).detail
        opened = said("openssl cms -decrypt -inform DER -in x-0001.p7m -inkey key.pem -out plain.zip", folder)
        assert opened == (0, "", "")
        assert verify(folder / "plain.zip", key).sound


async def test_a_package_for_one_recipient_is_handed_over_as_it_is(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop, for_recipient())
        progress = await shop.jobs.progress("x-0001")
        answer = await shop.get("/exports/x-0001/package", shop.token(Action.DOWNLOAD, "export:x-0001"))
    assert answer.headers["content-type"] == "application/pkcs7-mime"
    assert hashlib.sha256(answer.content).hexdigest() == progress.sha256


async def test_an_order_for_a_recipient_who_could_open_nothing_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        wanted = replace(order(), recipient="nobody")
        answer = await shop.put("/exports/x-0001", shop.token(Action.EXPORT, "export:x-0001"), wanted)
    assert (answer.status_code, answer.json()["field"]) == (400, "recipient")


async def test_no_plain_half_of_a_package_outlives_a_crash(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        left = [shop.folder / "exports" / f"x-0001.{end}" for end in ("plain.part", "part")]
        for path in left:
            path.write_bytes(b"half")
        await shop.sweep.sweep_once()
        assert not any(path.exists() for path in left)
