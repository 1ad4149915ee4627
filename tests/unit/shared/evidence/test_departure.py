"""What a commune was given when it left is checked offline: whole, as it was signed, erased or not."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.verification import departure
from shared.errors import BadInput
from shared.evidence.departure import DEPARTURE, ERASURE, OBJECTS, Handed, check_departure
from shared.evidence.signature import EvidenceKey

KEY = EvidenceKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
NAMES = ("59350/place/main/20260701/a.mp4", "59350/place/main/20260701/b.mp4")


def sign(folder: Path, name: str, told: object, key: EvidenceKey = KEY) -> None:
    text = json.dumps(told).encode()
    (folder / name).write_bytes(text)
    (folder / f"{name}.sig").write_bytes(key.sign(text))


def listed(folder: Path, *names: str) -> None:
    lines = b""
    for name in names:
        path = folder / "objects" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        lines += json.dumps({"key": name, "stored_sha256": sha256}).encode() + b"\n"
    (folder / OBJECTS).write_bytes(lines)
    told = {"commune": "59350", "made": "then", "objects_sha256": hashlib.sha256(lines).hexdigest()}
    sign(folder, DEPARTURE, told)


def erased(folder: Path, key: EvidenceKey = KEY) -> None:
    sha256 = hashlib.sha256((folder / DEPARTURE).read_bytes()).hexdigest()
    told = {"erased": "now", "commune_keys": ["c"], "data_keys": {"a day": "d"}, "departure_sha256": sha256}
    sign(folder, ERASURE, told, key)


def found(folder: Path) -> Handed:
    return check_departure(folder, KEY.public).found


def test_a_departure_is_as_it_was_handed_over_and_then_erased(tmp_path: Path) -> None:
    listed(tmp_path, *NAMES)
    assert found(tmp_path) is Handed.HANDED_OVER
    erased(tmp_path)
    checked = check_departure(tmp_path, KEY.public)
    assert (checked.found, checked.keys) == (Handed.ERASED, ("commune: c", "a day: d"))


def change(name: str) -> Callable[[Path], None]:
    def changing(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"59350", b"59351", 1) + b" ")

    return changing


def remove(folder: Path) -> None:
    (folder / "objects" / NAMES[1]).unlink()


def sign_erasure_with_another_key(folder: Path) -> None:
    erased(folder, EvidenceKey(Ed25519PrivateKey.generate()))


def hand_over_anew(folder: Path) -> None:
    listed(folder, NAMES[0])


@pytest.mark.parametrize(
    ("attack", "finding"),
    [
        (change(DEPARTURE), Handed.FORGED),
        (change(ERASURE), Handed.FORGED),
        (change(OBJECTS), Handed.ALTERED),
        (change(f"objects/{NAMES[0]}"), Handed.ALTERED),
        (remove, Handed.MISSING),
        (sign_erasure_with_another_key, Handed.FORGED),
        (hand_over_anew, Handed.FORGED),
    ],
)
def test_each_attack_is_told(tmp_path: Path, attack: Callable[[Path], None], finding: Handed) -> None:
    listed(tmp_path, *NAMES)
    erased(tmp_path)
    attack(tmp_path)
    checked = check_departure(tmp_path, KEY.public)
    assert (checked.found, checked.sound) == (finding, False)


@pytest.mark.parametrize("name", ["../outside.mp4", "/etc/passwd"])
def test_no_file_outside_the_folder_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    line = json.dumps({"key": name, "stored_sha256": ""}).encode() + b"\n"
    (tmp_path / "in" / OBJECTS).write_bytes(line)
    sign(tmp_path / "in", DEPARTURE, {"objects_sha256": hashlib.sha256(line).hexdigest()})
    with pytest.raises(BadInput, match="outside"):
        found(tmp_path / "in")


def test_a_departure_is_verified_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed(tmp_path, *NAMES)
    (tmp_path / "key.pem").write_bytes(KEY.public.pem())
    assert departure(tmp_path, tmp_path / "key.pem") == 0
    assert capsys.readouterr().out == "handed-over: 2 recordings of commune 59350, as they were at then\n"
    remove(tmp_path)
    assert departure(tmp_path, tmp_path / "key.pem") == 1
    with pytest.raises(BadInput, match="cannot be read"):
        departure(tmp_path / "none", tmp_path / "key.pem")
