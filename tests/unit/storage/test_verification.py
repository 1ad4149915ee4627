"""What was done to an export is told by its verification."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from storage.exports.manifest import MANIFEST, READ_ME, SIGNATURE
from storage.verify import Finding, Verdict, verify
from tests.unit.storage.packages import exported
from tests.unit.storage.workshop import pem_pair, units, workshop


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
