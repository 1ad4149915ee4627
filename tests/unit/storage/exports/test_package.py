"""Exports: what is in them, and how long they live."""

import hashlib
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from shared.tap.reassembly import Gap
from tests.support.pictures import STREAM
from tests.support.programs import needs
from tests.unit.storage.packages import (
    exported,
    manifest_of,
    said,
    videos_of,
)
from tests.unit.storage.workshop import units, workshop


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
    requisition = manifest["requisition"]
    assert isinstance(requisition, dict)
    assert (requisition["reference"], cameras[0]["authorisation"]) == ("PV 2026/1234", "2026-59-001")


async def test_the_zip_stores_its_films_uncompressed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        with zipfile.ZipFile(await exported(shop)) as archive:
            assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
