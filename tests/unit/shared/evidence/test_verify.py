"""What was done to an export is told by its verification."""

import asyncio
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.verification import told, verification
from shared.errors import BadInput
from shared.evidence.manifest import MANIFEST, READ_ME, SIGNATURE
from shared.evidence.signature import EvidencePublicKey
from shared.evidence.verify import Finding, Verdict, verify
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
        assert verify(package, shop.evidence_pem).finding is Finding.ALTERED_PICTURE


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


async def test_a_cut_package_is_told_as_cut(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        package.write_bytes(package.read_bytes()[:-100])
        assert verify(package, shop.evidence_pem).finding is Finding.CUT_END


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The bytes of a small sound package, and the public key."""
    folder = tmp_path_factory.mktemp("sound")

    async def make() -> tuple[bytes, bytes]:
        async with workshop(folder) as shop:
            await shop.record_all(units(25, width=64, height=48))
            return (await exported(shop)).read_bytes(), shop.evidence_pem

    return asyncio.run(make())


def deflated(package: bytes) -> bytes:
    """The same files, compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(packed, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def contents(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def told_of(folder: Path, package: bytes, key: bytes) -> tuple[Verdict, int]:
    """The verdict on bytes, and the exit code of the command."""
    file, key_file = folder / "fuzzed.zip", folder / "key.pem"
    file.write_bytes(package)
    key_file.write_bytes(key)
    return verify(file, key), verification(file, key_file)


anywhere = st.floats(0, 1, exclude_max=True)
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_package_compressed_again_is_sound(tmp_path: Path, sound: tuple[bytes, bytes]) -> None:
    verdict, code = told_of(tmp_path, deflated(sound[0]), sound[1])
    assert (verdict.finding, code) == (Finding.SOUND, 0)


@fuzzed
@given(anywhere, st.integers(1, 255), st.booleans())
def test_any_byte_changed_is_told_or_changes_no_file(
    tmp_path: Path, sound: tuple[bytes, bytes], where: float, change: int, packed: bool
) -> None:
    whole = deflated(sound[0]) if packed else sound[0]
    damaged = bytearray(whole)
    damaged[int(where * len(whole))] ^= change
    verdict, code = told_of(tmp_path, bytes(damaged), sound[1])
    assert verdict.detail
    assert code == (0 if verdict.sound else 1)
    assert not verdict.sound or contents(bytes(damaged)) == contents(whole)


def test_any_byte_of_the_heads_changed_ends_in_a_verdict(tmp_path: Path, sound: tuple[bytes, bytes]) -> None:
    package = sound[0]
    whole = contents(package)
    heads = [*range(120), *range(package.index(b"PK\x01\x02"), len(package))]
    for at in heads:
        damaged = bytearray(package)
        damaged[at] ^= 0xFF
        (tmp_path / "damaged.zip").write_bytes(damaged)
        verdict = verify(tmp_path / "damaged.zip", sound[1])
        assert verdict.detail
        assert not verdict.sound or contents(bytes(damaged)) == whole


@fuzzed
@given(anywhere, st.booleans())
def test_a_package_cut_anywhere_is_not_sound(
    tmp_path: Path, sound: tuple[bytes, bytes], where: float, packed: bool
) -> None:
    whole = deflated(sound[0]) if packed else sound[0]
    verdict, code = told_of(tmp_path, whole[: int(where * len(whole))], sound[1])
    assert (bool(verdict.detail), verdict.sound, code) == (True, False, 1)


@fuzzed
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]))
def test_garbage_is_no_export(tmp_path: Path, sound: tuple[bytes, bytes], data: bytes, mark: bytes) -> None:
    verdict, code = told_of(tmp_path, mark + data + mark, sound[1])
    assert (verdict.finding, code) == (Finding.NOT_AN_EXPORT, 1)


@fuzzed
@given(st.binary(min_size=1, max_size=300), st.sampled_from(["before", "between", "behind"]))
def test_bytes_that_belong_to_no_file_are_refused(
    tmp_path: Path, sound: tuple[bytes, bytes], stray: bytes, where: str
) -> None:
    package = sound[0]
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        directory = archive.start_dir
    longer = {
        "before": stray + package,
        "between": package[:directory] + stray + package[directory:],
        "behind": package + stray,
    }[where]
    verdict, code = told_of(tmp_path, longer, sound[1])
    assert (verdict.sound, code) == (False, 1)


def test_bytes_around_the_archive_are_named(tmp_path: Path, sound: tuple[bytes, bytes]) -> None:
    package, key = sound
    found = [told_of(tmp_path, longer, key)[0] for longer in (b"MZ" + package, package + b"more")]
    assert [(one.finding, one.detail) for one in found] == [
        (Finding.EXTRA_BYTES, "not part of the export: 2 bytes before the archive"),
        (Finding.EXTRA_BYTES, "not part of the export: bytes behind the archive"),
    ]


@fuzzed
@given(st.binary(max_size=300))
def test_a_key_that_is_none_is_refused_in_words(
    tmp_path: Path, sound: tuple[bytes, bytes], data: bytes
) -> None:
    (tmp_path / "whole.zip").write_bytes(sound[0])
    for key in (data, b"-----BEGIN PUBLIC KEY-----\n" + data + b"\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(BadInput, match="the key is not"):
            verify(tmp_path / "whole.zip", key)


def test_a_sound_export_is_told_with_the_fingerprint_of_its_key(
    tmp_path: Path, sound: tuple[bytes, bytes]
) -> None:
    verdict, _ = told_of(tmp_path, *sound)
    fingerprint = EvidencePublicKey.from_pem(sound[1]).fingerprint
    assert told(verdict)[-1] == f"  fingerprint of the key: {fingerprint}"


def test_a_file_name_cannot_write_to_the_terminal() -> None:
    verdict = Verdict(Finding.EXTRA_FILE, "not part of the export", extra=("\x1b[2J\udcff.mp4",))
    assert told(verdict)[1] == "  extra: \\x1b[2J\\udcff.mp4"


def test_a_folder_whose_manifest_is_a_pipe_is_told(tmp_path: Path, sound: tuple[bytes, bytes]) -> None:
    os.mkfifo(tmp_path / MANIFEST)
    os.mkfifo(tmp_path / SIGNATURE)
    assert verify(tmp_path, sound[1]).finding is Finding.ALTERED_MANIFEST
