"""Each attack on an export is made, and told apart from the others."""

import asyncio
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared.evidence.finding import Finding, Verdict
from shared.evidence.manifest import EVIDENCE_KEY, MANIFEST, SIGNATURE
from shared.evidence.signature import EvidenceKey
from shared.evidence.verify import verify
from shared.ids import StreamId
from storage.fmp4.boxes import boxes
from tests.unit.storage.packages import exported, order
from tests.unit.storage.workshop import pem_pair, units, workshop

OTHER = StreamId.parse("59350/cam-other/main")
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """A sound export, unpacked, its public key, and the same of another camera by the same centre."""

    files: Files
    key: bytes
    other: Files


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Ten seconds of each camera, in segments of four."""
    pair = pem_pair()

    async def make(stream: StreamId | None) -> Files:
        async with workshop(tmp_path_factory.mktemp("made"), evidence=pair) as shop:
            wanted = order()
            pictures = units(250, width=64, height=48)
            if stream is not None:
                pictures = units(250, width=64, height=48, stream=stream)
                wanted = replace(wanted, cameras=(replace(wanted.cameras[0], stream=str(stream)),))
            await shop.record_all(pictures)
            with zipfile.ZipFile(await exported(shop, wanted)) as archive:
                return {name: archive.read(name) for name in archive.namelist()}

    return Made(asyncio.run(make(None)), pair[1], asyncio.run(make(OTHER)))


def film_of(files: Files) -> str:
    return next(name for name in files if name.endswith(".mp4"))


def packed(folder: Path, files: Files) -> Path:
    target = folder / "attacked.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def judged(folder: Path, made: Made, change: Callable[[bytes], bytes]) -> Verdict:
    """The verdict on the export whose film went through `change`: of the zip, which the folder's is like."""
    name = film_of(made.files)
    files = made.files | {name: change(made.files[name])}
    verdict = verify(packed(folder, files), made.key)
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    for one, data in files.items():
        (unpacked / one).write_bytes(data)
    assert verify(unpacked, made.key) == verdict
    return verdict


def fragments(film: bytes) -> list[tuple[int, int]]:
    """Where each fragment lies."""
    found = list(boxes(film))
    starts = [one.start for one in found if one.kind == b"prft"]
    ends = [one.end for one in found if one.kind == b"mdat"]
    return list(zip(starts, ends, strict=True))


def segments_of(files: Files) -> list[dict[str, object]]:
    """What the manifest tells of the parts of the film."""
    segments: list[dict[str, object]] = json.loads(files[MANIFEST])["files"][0]["segments"]
    return segments


def test_the_exports_of_these_tests_are_sound(tmp_path: Path, made: Made) -> None:
    for files in (made.files, made.other):
        assert verify(packed(tmp_path, files), made.key).sound


def test_a_sound_export_says_that_nothing_was_proven_at_capture(tmp_path: Path, made: Made) -> None:
    assert verify(packed(tmp_path, made.files), made.key).notes[0].startswith("no proof of capture")


def test_an_altered_picture_is_told_with_its_time(tmp_path: Path, made: Made) -> None:
    second = segments_of(made.files)[1]

    def flip(film: bytes) -> bytes:
        at = int(str(second["offset"])) + int(str(second["size"])) - 3
        return film[:at] + bytes([film[at] ^ 1]) + film[at + 1 :]

    verdict = judged(tmp_path, made, flip)
    assert verdict.finding is Finding.ALTERED_PICTURE
    assert verdict.detail.endswith(f"within {second['start']} and {second['end']}")


def test_a_removed_segment_is_told_with_its_time(tmp_path: Path, made: Made) -> None:
    second = segments_of(made.files)[1]

    def without_the_second(film: bytes) -> bytes:
        start = int(str(second["offset"]))
        return film[:start] + film[start + int(str(second["size"])) :]

    verdict = judged(tmp_path, made, without_the_second)
    assert verdict.finding is Finding.REMOVED_SEGMENT
    assert verdict.detail.endswith(f"within {second['start']} and {second['end']}")


def test_one_removed_fragment_is_told_too(tmp_path: Path, made: Made) -> None:
    def without_one(film: bytes) -> bytes:
        places = fragments(film)
        return film[: places[2][0]] + film[places[2][1] :]

    assert judged(tmp_path, made, without_one).finding is Finding.REMOVED_SEGMENT


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_cut_end_is_told(tmp_path: Path, made: Made, kept: float) -> None:
    verdict = judged(tmp_path, made, lambda film: film[: int(kept * len(film))])
    assert verdict.finding is Finding.CUT_END


def test_a_seal_that_is_cut_off_is_a_cut_end(tmp_path: Path, made: Made) -> None:
    assert judged(tmp_path, made, lambda film: film[: fragments(film)[-1][1]]).finding is Finding.CUT_END


def test_added_pictures_are_told(tmp_path: Path, made: Made) -> None:
    def twice(film: bytes) -> bytes:
        start, end = fragments(film)[3]
        return film[:end] + film[start:end] + film[end:]

    assert judged(tmp_path, made, twice).finding is Finding.ALTERED_PICTURE


def test_a_film_altered_outside_its_pictures_is_told(tmp_path: Path, made: Made) -> None:
    verdict = judged(tmp_path, made, lambda film: film[:40] + bytes([film[40] ^ 1]) + film[41:])
    assert verdict.finding is Finding.ALTERED_FILE


def test_another_camera_s_film_under_this_name_is_told_with_its_camera(tmp_path: Path, made: Made) -> None:
    verdict = judged(tmp_path, made, lambda _: made.other[film_of(made.other)])
    assert verdict.finding is Finding.OTHER_CAMERA
    assert str(OTHER) in verdict.detail


def test_a_key_of_another_centre_is_a_wrong_key(tmp_path: Path, made: Made) -> None:
    assert verify(packed(tmp_path, made.files), pem_pair()[1]).finding is Finding.WRONG_KEY


def signed_anew(files: Files, claimed: str | None) -> Files:
    """The export with a picture altered, all hashes put right, signed by the forger's key."""
    key = EvidenceKey.from_pem(pem_pair()[0])
    name = film_of(files)
    film = files[name][:-2000] + b"\xff" + files[name][-1999:]
    manifest = json.loads(files[MANIFEST])
    manifest["files"][0]["sha256"] = hashlib.sha256(film).hexdigest()
    manifest["key_fingerprint"] = claimed or key.public.fingerprint
    for entry in manifest["documents"]:
        if entry["name"] == EVIDENCE_KEY:
            entry["sha256"] = hashlib.sha256(key.public.pem()).hexdigest()
    raw = json.dumps(manifest).encode()
    forged = {name: film, MANIFEST: raw, SIGNATURE: key.sign(raw), EVIDENCE_KEY: key.public.pem()}
    return files | forged


def test_an_export_signed_anew_by_another_key_is_told(tmp_path: Path, made: Made) -> None:
    verdict = verify(packed(tmp_path, signed_anew(made.files, None)), made.key)
    assert verdict.finding is Finding.RE_SIGNED


def test_an_export_signed_anew_that_claims_the_true_key_is_told(tmp_path: Path, made: Made) -> None:
    claimed = json.loads(made.files[MANIFEST])["key_fingerprint"]
    verdict = verify(packed(tmp_path, signed_anew(made.files, claimed)), made.key)
    assert verdict.finding is Finding.RE_SIGNED


def test_an_export_of_the_first_format_is_still_verified(tmp_path: Path) -> None:
    private, public = pem_pair()
    film = b"a plain MP4"
    manifest = {
        "format": "beffroi-export-1",
        "files": [{"name": "a.mp4", "size": len(film), "sha256": hashlib.sha256(film).hexdigest()}],
        "documents": [],
        "cameras": [],
    }
    raw = json.dumps(manifest).encode()
    files = {"a.mp4": film, MANIFEST: raw, SIGNATURE: EvidenceKey.from_pem(private).sign(raw)}
    assert verify(packed(tmp_path, files), public).sound
    assert not verify(packed(tmp_path, files | {"a.mp4": film + b"."}), public).sound
