"""Each attack that a centre itself could make, whose key signs the package anew, against what it signed when
the pictures were captured."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from shared.evidence.destruction_proof import DestructionProof
from shared.evidence.film_reading import read_film
from shared.evidence.film_seal import read_seal, seal_box
from shared.evidence.finding import Finding, Verdict
from shared.evidence.ledger import SignedHead
from shared.evidence.manifest import MANIFEST, SIGNATURE
from shared.evidence.signature import EvidenceKey
from shared.evidence.verify import verify
from shared.evidence.witness import WitnessedHeads
from shared.ids import StreamId
from storage.fmp4.boxes import boxes
from tests.unit.shared.evidence.registers import OTHER_KEY
from tests.unit.storage.packages import exported, order
from tests.unit.storage.workshop import pem_pair, seal_key, units, workshop

OTHER = StreamId.parse("59350/cam-other/main")
Files = dict[str, bytes]
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """An export of ten seconds, in segments of four, with its register; of one second within; of another
    camera; and of a time at which its last segment was not in a head."""

    key: EvidenceKey
    files: Files
    part: Files
    other: Files
    early: Files
    heads: bytes


def unpacked(package: Path) -> Files:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pair = pem_pair()

    async def make() -> Made:
        async with workshop(tmp_path_factory.mktemp("captured"), evidence=pair) as shop:
            await shop.ledger.start()
            await shop.record_all(units(25, width=64, height=48, start_ns=shop.clock.utc_ns() - 60 * 10**9))
            await shop.ledger.seal()
            pictures = units(250, width=64, height=48)
            await shop.record_all(pictures)
            early = unpacked(await exported(shop, order(id="x-early")))
            await shop.record_all(units(250, width=64, height=48, stream=OTHER))
            await shop.clock.advance(3 * 3600)
            await shop.ledger.seal()
            await shop.ledger.tell()
            whole = unpacked(await exported(shop))
            part = unpacked(await exported(shop, order(5, 6, id="x-part")))
            wanted = order(id="x-other")
            wanted = replace(wanted, cameras=(replace(wanted.cameras[0], stream=str(OTHER)),))
            other = unpacked(await exported(shop, wanted))
            [updates] = shop.witness.kept.values()
            heads = [{"document": one.document, "signature": one.signature} for one in updates]
            key = EvidenceKey.from_pem(pair[0])
            return Made(key, whole, part, other, early, json.dumps({"items": heads}).encode())

    return asyncio.run(make())


def register_name(files: Files) -> str:
    return next(name for name in files if name.startswith("registre_"))


def film_name(files: Files) -> str:
    return next(name for name in files if name.endswith(".mp4"))


def verdict(folder: Path, made: Made, files: Files, witness: bytes | None = None) -> Verdict:
    target = folder / "export.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    heads = None if witness is None else WitnessedHeads.read(witness)
    return verify(target, made.key.public.pem(), heads)


def resigned(made: Made, files: Files, change: Callable[[Told], None] = lambda told: None) -> Files:
    """The package as its own centre could sign it anew, all hashes of its files made right."""
    told: Told = json.loads(files[MANIFEST])
    change(told)
    for entry in (*told["files"], *told["documents"]):
        data = files[entry["name"]]
        entry["size"], entry["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    manifest = json.dumps(told).encode()
    return files | {MANIFEST: manifest, SIGNATURE: made.key.sign(manifest)}


def resealed(film: bytes) -> bytes:
    """A film sealed anew by the key that seals the films of these tests."""
    at = next(one.start for one in boxes(film) if one.kind == b"meta")
    seal, certificate = read_seal(film[at:]), seal_key().certificate
    empty = seal_box(seal.identity, certificate.der, bytes(certificate.signature_bytes))
    digest = hashlib.sha256(film[:at] + empty).digest()
    return film[:at] + seal_box(seal.identity, certificate.der, seal_key().sign(digest))


def segments_of(told: Told) -> list[Told]:
    segments: list[Told] = told["files"][0]["segments"]
    return segments


def without_the_last(told: Told) -> None:
    del segments_of(told)[-1]


def with_register(made: Made, change: Callable[[DestructionProof], DestructionProof]) -> Files:
    name = register_name(made.files)
    changed = change(DestructionProof.read(made.files[name])).written()
    return resigned(made, made.files | {name: changed})


def test_all_segments_are_proven_and_nothing_was_left_out(tmp_path: Path, made: Made) -> None:
    found = verdict(tmp_path, made, made.files)
    assert found.sound
    assert "3 of 3 segments proven by the head" in found.notes[0]
    assert "3 of them shown to be these very pictures" in found.notes[0]
    assert found.notes[1].startswith("nothing was left out (Place du Beffroi) between ")


def test_of_a_segment_used_in_part_only_its_capture_is_proven(tmp_path: Path, made: Made) -> None:
    found = verdict(tmp_path, made, made.part)
    assert "1 of 1 segments proven" in found.notes[0]
    assert "0 of them shown" in found.notes[0]
    assert "not that these are their pictures" in found.notes[1]


def test_what_no_head_has_yet_is_told_so(tmp_path: Path, made: Made) -> None:
    found = verdict(tmp_path, made, made.early)
    assert found.sound
    assert "0 of 3 segments proven" in found.notes[0]
    assert "3 segments are not in a signed head yet" in found.notes[1]
    assert any(note.startswith("untold") for note in found.notes)


def test_a_package_signed_anew_without_change_is_sound(tmp_path: Path, made: Made) -> None:
    assert verdict(tmp_path, made, resigned(made, made.files)).sound


def test_a_proof_swapped_between_segments_is_false(tmp_path: Path, made: Made) -> None:
    def swap(told: Told) -> None:
        recorded = told["cameras"][0]["proofs_of_capture"]["recorded"]
        first, second = list(recorded)[:2]
        recorded[first], recorded[second] = recorded[second], recorded[first]

    found = verdict(tmp_path, made, resigned(made, made.files, swap))
    assert (found.finding, "another hash" in found.detail) == (Finding.FALSE_PROOF, True)


def test_a_segment_under_the_name_of_another_is_not_the_one_captured(tmp_path: Path, made: Made) -> None:
    def rename(told: Told) -> None:
        first, second = segments_of(told)[:2]
        first["recorded"], second["recorded"] = second["recorded"], first["recorded"]

    found = verdict(tmp_path, made, resigned(made, made.files, rename))
    assert found.finding is Finding.FALSE_PROOF


def test_a_segment_that_was_never_captured_cannot_be_said_to_be_proven(tmp_path: Path, made: Made) -> None:
    def invent(told: Told) -> None:
        recorded = told["cameras"][0]["proofs_of_capture"]["recorded"]
        segments_of(told)[0]["recorded"] = "invented.mp4"
        recorded["invented.mp4"] = "ab" * 32

    found = verdict(tmp_path, made, resigned(made, made.files, invent))
    assert (found.finding, "is not" in found.detail) == (Finding.FALSE_PROOF, True)


def test_the_register_of_another_camera_proves_nothing(tmp_path: Path, made: Made) -> None:
    theirs = made.other[register_name(made.other)]
    found = verdict(tmp_path, made, resigned(made, made.files | {register_name(made.files): theirs}))
    assert (found.finding, "is about" in found.detail) == (Finding.FALSE_PROOF, True)


def test_another_day_in_the_place_of_the_right_one_proves_nothing(tmp_path: Path, made: Made) -> None:
    def other_day(proof: DestructionProof) -> DestructionProof:
        [shown] = proof.shown
        assert shown.camera_day is not None
        return replace(proof, shown=(replace(shown, camera_day=replace(shown.camera_day, day="20200101")),))

    assert verdict(tmp_path, made, with_register(made, other_day)).finding is Finding.FALSE_PROOF


def test_a_leaf_left_out_of_the_register_is_found(tmp_path: Path, made: Made) -> None:
    def shorter(proof: DestructionProof) -> DestructionProof:
        [shown] = proof.shown
        return replace(proof, shown=(replace(shown, captures=(shown.captures or ())[:-1]),))

    found = verdict(tmp_path, made, with_register(made, shorter))
    assert (found.finding, "are not those of the head" in found.detail) == (Finding.FALSE_PROOF, True)


def test_an_altered_picture_in_a_proven_segment_is_not_as_captured(tmp_path: Path, made: Made) -> None:
    """The film sealed anew, the manifest signed anew, every hash right: only the capture tells."""
    name, one = film_name(made.files), segments_of(json.loads(made.files[MANIFEST]))[1]
    film = bytearray(made.files[name])
    film[one["offset"] + one["size"] - 3] ^= 1
    sealed = resealed(bytes(film))

    def right(told: Told) -> None:
        part = sealed[one["offset"] : one["offset"] + one["size"]]
        segments_of(told)[1]["sha256"] = hashlib.sha256(part).hexdigest()

    found = verdict(tmp_path, made, resigned(made, made.files | {name: sealed}, right))
    assert read_film(io.BytesIO(sealed)).certificate == seal_key().certificate.fingerprint
    assert found.finding is Finding.NOT_AS_CAPTURED
    assert f"between {one['start']} and {one['end']}" in found.detail


def test_a_removed_segment_whose_proof_stays_was_left_out(tmp_path: Path, made: Made) -> None:
    name, last = film_name(made.files), segments_of(json.loads(made.files[MANIFEST]))[-1]
    film = made.files[name]
    sealed = resealed(film[: last["offset"]] + film[last["offset"] + last["size"] :])
    files = made.files | {name: sealed}
    found = verdict(tmp_path, made, resigned(made, files, without_the_last))
    assert (found.finding, "left out without a word" in found.detail) == (Finding.LEFT_OUT, True)


def test_what_is_said_to_be_left_out_is_told_with_its_reason(tmp_path: Path, made: Made) -> None:
    def say(told: Told) -> None:
        one = segments_of(told).pop()
        told["cameras"][0]["proofs_of_capture"]["left_out"][one["recorded"]] = "unreadable"

    notes = verdict(tmp_path, made, resigned(made, made.files, say)).notes
    assert [note for note in notes if "kept, and said to be unreadable" in note]
    assert not [note for note in notes if note.startswith("nothing was left out")]


def test_a_head_signed_by_another_key_proves_nothing(tmp_path: Path, made: Made) -> None:
    def theirs(proof: DestructionProof) -> DestructionProof:
        head = replace(proof.head.read(), fingerprint=OTHER_KEY.public.fingerprint)
        return replace(proof, head=head.signed(OTHER_KEY))

    found = verdict(tmp_path, made, with_register(made, theirs))
    assert (found.finding, "names the key" in found.detail) == (Finding.FALSE_PROOF, True)


def test_a_forged_head_proves_nothing(tmp_path: Path, made: Made) -> None:
    def forged(proof: DestructionProof) -> DestructionProof:
        return replace(
            proof, head=SignedHead(proof.head.document.replace('"days"', ' "days"'), proof.head.signature)
        )

    found = verdict(tmp_path, made, with_register(made, forged))
    assert (found.finding, "is not signed" in found.detail) == (Finding.FALSE_PROOF, True)


def test_a_head_that_the_witness_keeps_is_confirmed(tmp_path: Path, made: Made) -> None:
    found = verdict(tmp_path, made, made.files, made.heads)
    assert (found.sound, "follows from those that the witness keeps" in found.notes[0]) == (True, True)


def test_a_head_right_behind_one_of_the_witness_is_confirmed(tmp_path: Path, made: Made) -> None:
    older = json.dumps({"items": json.loads(made.heads)["items"][:-1]}).encode()
    assert verdict(tmp_path, made, made.files, older).sound


@pytest.mark.parametrize("number", [0, 5])
def test_a_friendlier_head_than_the_one_of_the_witness_is_found(
    tmp_path: Path, made: Made, number: int
) -> None:
    """As storage could sign it for one reader: of the number of another, or far behind."""

    def another(proof: DestructionProof) -> DestructionProof:
        head = proof.head.read()
        return replace(
            proof, head=replace(head, number=head.number + number, at_ns=head.at_ns + 1).signed(made.key)
        )

    found = verdict(tmp_path, made, with_register(made, another), made.heads)
    assert found.finding is Finding.UNWITNESSED


def test_a_witness_of_another_register_confirms_nothing(tmp_path: Path, made: Made) -> None:
    head = SignedHead.of(json.loads(made.heads)["items"][0]).read()
    theirs = json.dumps({"items": [replace(head, ledger="00" * 16).signed(made.key).told()]}).encode()
    found = verdict(tmp_path, made, made.files, theirs)
    assert (found.finding, "another register" in found.detail) == (Finding.UNWITNESSED, True)
