"""`beffroi verify`: what a court's clerk reads of an export."""

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.cli import main
from deploy.verification import Stamp, printable, told, verification
from shared.errors import BadInput
from shared.evidence.receipt import TYPE, signed_file
from shared.evidence.signature import EvidenceKey
from shared.evidence.timestamp import ask, taken
from shared.evidence.verify import Finding, Verdict, manifest_of
from tests.support.authority import Authority
from tests.unit.shared.evidence.registers import CAMERA, KEY, MINUTE_NS, NOON_NS, Register
from tests.unit.storage.packages import exported
from tests.unit.storage.workshop import units, workshop

_LOADS = """
import sys
before = set(sys.modules)
import deploy.cli, deploy.verification
tops = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(tops - sys.stdlib_module_names))
"""


def test_verifying_needs_nothing_but_python_and_cryptography() -> None:
    run = subprocess.run([sys.executable, "-c", _LOADS], capture_output=True, check=True, text=True)
    known = {"deploy", "shared", "cryptography", "cffi", "_cffi_backend", "_openssl"}
    assert set(run.stdout.split()) <= known


def test_every_file_concerned_is_named() -> None:
    verdict = Verdict(Finding.ALTERED_FILE, "altered: a.mp4", altered=("a.mp4",), extra=("b.mp4",))
    assert told(verdict) == ["altered-file: altered: a.mp4", "  altered: a.mp4", "  extra: b.mp4"]


def test_a_sound_export_is_told_with_the_key_s_fingerprint() -> None:
    verdict = Verdict(Finding.SOUND, "sound: 3 files are as they were signed", fingerprint="ab12")
    assert told(verdict)[-1] == "  fingerprint of the key: ab12"


def test_a_name_that_would_act_on_a_terminal_is_written_as_an_escape() -> None:
    assert printable("a\x1b[2J\udc80é") == "a\\x1b[2J\\udc80é"


def test_a_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"key .*none\.pem cannot be read"):
        verification(tmp_path, tmp_path / "none.pem")


def test_a_receipt_is_told_word_by_word_and_an_altered_one_is_not_sound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private = EvidenceKey(Ed25519PrivateKey.generate())
    receipt, key = tmp_path / "receipt.json", tmp_path / "key.pem"
    key.write_bytes(private.public.pem())
    receipt.write_text(signed_file({"type": TYPE, "recipient": "A. Martin"}, private))
    assert verification(receipt, key) == 0
    assert "  recipient: A. Martin" in capsys.readouterr().out
    receipt.write_text(receipt.read_text().replace("A. Martin", "B. Petit"))
    assert verification(receipt, key) == 1
    assert capsys.readouterr().out.startswith("not-sound: ")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A sound export and its public key, made once."""
    folder = tmp_path_factory.mktemp("stamped")

    async def make() -> Path:
        async with workshop(folder) as shop:
            await shop.record_all(units(25, width=64, height=48))
            (folder / "key.pem").write_bytes(shop.evidence_pem)
            return await exported(shop)

    return asyncio.run(make()), folder / "key.pem"


def stamped(folder: Path, package: Path, authority: Authority, *, trusted: Authority | None = None) -> Stamp:
    """The files of a time-stamp that an authority made of a package."""
    digest = hashlib.sha256(manifest_of(package)).digest()
    (folder / "token.tsr").write_bytes(taken(authority.answer(ask(digest, 1)), digest, 1))
    (folder / "authority.pem").write_bytes((trusted or authority).pem)
    return Stamp(folder / "token.tsr", folder / "authority.pem")


def test_a_time_stamp_is_told_with_its_time(
    tmp_path: Path, package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verification(*package, stamped(tmp_path, package[0], Authority())) == 0
    assert "  time-stamp: 20" in capsys.readouterr().out


def test_a_time_stamp_of_an_authority_that_is_not_trusted_is_told(
    tmp_path: Path, package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verification(*package, stamped(tmp_path, package[0], Authority(), trusted=Authority())) == 1
    assert "bad-timestamp: the time-stamp is of an authority that is not" in capsys.readouterr().out


def test_a_token_without_its_authority_is_refused(
    package: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["verify", str(package[0]), "--key", str(package[1]), "--timestamp", "token.tsr"])
    assert code != 0
    assert "go together" in capsys.readouterr().err


def proof_in(folder: Path, made: Register) -> tuple[Path, Path]:
    """The files of a proof and of the key."""
    proof, key = folder / "destruction.json", folder / "evidence.pub"
    proof.write_bytes(made.proof().written())
    key.write_bytes(KEY.public.pem())
    return proof, key


def test_a_proof_of_destruction_is_told_part_by_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Register()
    made.record(CAMERA, NOON_NS, 10)
    proof, key = proof_in(tmp_path, made)
    assert main(["verify", "destruction", str(proof), "--key", str(key)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "gone: all recordings of this camera and time are gone (10 segments)"
    assert said[1] == "  gone: 2025-11-08T12:00:00.000000Z to 2025-11-08T12:10:00.000000Z"
    assert said[2] == "  never-recorded: 2025-11-08T12:10:00.000000Z to 2025-11-08T13:00:00.000000Z"
    assert made.head().digest in said[3]


def test_another_question_than_the_proof_s_own_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Register()
    made.record(CAMERA, NOON_NS, 10)
    made.record(CAMERA, NOON_NS + 30 * MINUTE_NS, 1, gone=False)
    proof, key = proof_in(tmp_path, made)
    ask = ["verify", "destruction", str(proof), "--key", str(key)]
    assert main(ask) == 1
    assert main([*ask, "--to", "2025-11-08T13:10:00+01:00"]) == 0
    assert main([*ask, "--stream", "59350/cam-z/main"]) == 1
    assert "other-camera" in capsys.readouterr().out
    assert main([*ask, "--from", "yesterday"]) == 2
    assert main([*ask, "--from", "2025-11-08T12:00:00"]) == 2
    assert main(["verify", "destruction", str(tmp_path / "none"), "--key", str(key)]) == 2
    assert main(["verify", "a", "b", "c", "--key", str(key)]) == 2
