"""What an operator runs while storage is stopped: what it says, what it does, how it ends."""

import asyncio
import json
import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.evidence.capture_proof import CaptureProof
from shared.evidence.gone import Gone, ask
from shared.evidence.signature import EvidencePublicKey
from storage import __main__ as command
from storage import commands
from storage.model.segment import object_key, spool_name
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.sealing.growing import Growing
from tests.support.pictures import START_NS, STREAM
from tests.support.sealed_store import data_keys, sealed_store
from tests.unit.storage.workshop import pem_pair, units, workshop


async def _recorded(folder: Path) -> list[str]:
    async with workshop(folder) as shop:
        await shop.record_all(units(250))
        return shop.objects()


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with some recordings, and the environment to work in it."""
    for name, value in {
        "DATA_DIR": tmp_path,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'index.db'}",
        "CONTROL_URL": "http://127.0.0.1:1",
        "RECORDER_TOKEN": "a-recorder-of-these-tests",
        "TICKET_PUBLIC_KEY_FILE": tmp_path / "tickets.pem",
        "EVIDENCE_KEY_FILE": tmp_path / "evidence.pem",
    }.items():
        monkeypatch.setenv(f"BEFFROI_{name}", str(value))
    # Logging is the process's, which goes on here.
    monkeypatch.setattr(command, "configure", lambda *_, **__: None)
    asyncio.run(_recorded(tmp_path))
    return tmp_path


async def _unlist_one_and_remove_another(folder: Path) -> None:
    async with workshop(folder) as shop:
        objects = shop.objects()
        await shop.rows.forget(objects[:1])
        shop.places.store.remove(objects[1])


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines on the standard output that are no log."""
    return [line for line in capsys.readouterr().out.splitlines() if re.match(r"\d+ ", line)]


def test_a_scrub_of_a_sound_store_says_so(operator: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["scrub"]) == 0
    assert said(capsys) == ["0 unlisted, 0 unreadable, 0 missing, 0 damaged"]


def test_scrubbing_is_a_command_that_changes_nothing_until_it_is_told_to_repair(
    operator: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_unlist_one_and_remove_another(operator))
    found = "1 unlisted, 0 unreadable, 1 missing, 0 damaged"
    assert [command.run(["scrub"]), command.run(["scrub"])] == [1, 1]
    assert said(capsys) == [found, found]
    assert command.run(["scrub", "--repair"]) == 0
    repaired = said(capsys)
    assert repaired[0] == found
    assert re.fullmatch(
        r"\d segments known, 1 added, 1 rows without object forgotten, 0 files unreadable", repaired[1]
    )
    assert command.run(["scrub"]) == 0
    assert said(capsys) == ["0 unlisted, 0 unreadable, 0 missing, 0 damaged"]


@pytest.mark.parametrize("fault", ["unreadable", "damaged"])
def test_what_no_repair_mends_is_told_by_the_exit_code(
    operator: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    path = sorted((operator / "objects").rglob("*.mp4"))[0]
    if fault == "unreadable":
        path.with_name("odd.mp4").write_bytes(b"not a film")
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    assert [command.run(["scrub"]), command.run(["scrub", "--repair"])] == [1, 1]
    assert all(f"1 {fault}" in line for line in said(capsys)[:2])


def test_reindexing_says_what_cannot_be_read_by_its_exit_code(
    operator: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(["reindex"]) == 0
    (operator / "objects/odd.mp4").write_bytes(b"not a film")
    assert command.run(["reindex"]) == 1
    assert said(capsys)[1].endswith("1 files unreadable")


def test_a_command_that_is_none_is_told_how_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["scrub", "--mend"]) == 2
    assert "usage" in capsys.readouterr().err


async def _seal(folder: Path) -> bytes:
    async with workshop(folder) as shop:
        await shop.ledger.seal()
        return shop.evidence_pem


def test_a_proof_is_written_for_whoever_asks_what_became_of_the_images(
    operator: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked = ["proof", str(STREAM), "2025-11-01T00:00:00Z", "2025-12-01T00:00:00Z"]
    assert command.run(asked) == 2
    key = asyncio.run(_seal(operator))
    capsysbinary.readouterr()
    assert command.run(asked) == 0
    answer = ask(capsysbinary.readouterr().out, key)
    assert answer.found is Gone.STILL_PRESENT
    assert command.run(["capture", "59350/cam-test/main/20251121/none.mp4"]) == 2
    recording = sorted((operator / "objects").rglob("*.mp4"))[0]
    assert command.run(["capture", str(recording.relative_to(operator / "objects"))]) == 0
    proof = CaptureProof.of(json.loads(capsysbinary.readouterr().out))
    assert proof.capture.sha256 == sha256(recording.read_bytes()).hexdigest()
    assert proof.fault(EvidencePublicKey.from_pem(key)) is None
    assert command.run(["proof", "nowhere", "2025-11-01T00:00:00Z", "2025-12-01T00:00:00Z"]) == 2
    assert command.run(["proof", str(STREAM)]) == 2


@pytest.fixture
def sealing(operator: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a folder of footage keys, and recordings from before it and since."""
    monkeypatch.setenv("BEFFROI_FOOTAGE_KEY_DIR", str(operator / "keys"))
    (operator / "evidence.pem").write_bytes(pem_pair()[0])

    async def record_more() -> None:
        async with workshop(operator, nonce="bbbb", objects=sealed_store(operator)) as shop:
            # The same day, an hour later.
            await shop.record_all(units(250, start_ns=START_NS + 3600 * 10**9))

    asyncio.run(record_more())
    return operator


def test_sealed_recordings_and_older_ones_are_scrubbed_and_indexed_alike(
    sealing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sealing / "index.db").unlink()
    assert [command.run(["reindex"]), command.run(["scrub"])] == [0, 0]
    assert said(capsys)[1] == "0 unlisted, 0 unreadable, 0 missing, 0 damaged"


def test_a_commune_s_key_is_changed_by_a_command(sealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (sealing / "keys" / "59350.jwks").read_bytes()
    assert command.run(["rewrap", "59350"]) == 0
    assert "data keys of commune 59350" in said(capsys)[0]
    assert (sealing / "keys" / "59350.jwks").read_bytes() != before
    assert command.run(["scrub"]) == 0
    assert command.run(["rewrap", "62041"]) == 2


class ThatDay(SystemClock):
    """A clock by which what the tests have recorded is young."""

    def utc_ns(self) -> int:
        return START_NS + 7200 * 10**9


def test_a_key_that_still_opens_what_waits_is_not_changed(
    sealing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = sealing / "spool/59350~cam-test~main~20251121~x.mp4"
    waiting.write_bytes(b"pictures")
    assert command.run(["rewrap", "59350"]) == 2
    assert "1 files of commune 59350 are in the spool" in capsys.readouterr().err
    waiting.unlink()
    (sealing / "exports/x-1.key").write_bytes(b"an envelope")
    assert command.run(["rewrap", "centre"]) == 2
    assert "packages wait to be collected" in capsys.readouterr().err


def test_what_was_set_aside_is_read_by_a_command(
    sealing: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (key,) = data_keys(sealing, FolderStore(sealing / "objects", RealDisk())).communes.all("59350")
    name = object_key(STREAM, START_NS, 1, "aaaa")
    growing = Growing(key, name)
    aside = sealing / f"{spool_name(name)}.from-9"
    growing.seal(b"damaged")
    aside.write_bytes(growing.head + growing.seal(b"pictures"))
    assert command.run(["unseal", str(aside)]) == 0
    sys.stdout.flush()
    assert capfdbinary.readouterr().out.endswith(b"pictures")


def test_a_commune_leaves_by_two_commands(
    sealing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SystemClock", ThatDay)
    leave = ["depart", "59350", "--to", str(sealing / "leaving")]
    assert command.run([*leave, "--erase"]) == 2
    assert "no departure" in capsys.readouterr().err
    assert command.run(leave) == 0
    assert re.match(r"\d+ recordings of commune 59350 handed over and read back, \d of", said(capsys)[0])
    assert list((sealing / "objects" / "59350").rglob("*.mp4"))
    assert command.run([*leave, "--erase"]) == 0
    assert said(capsys)[0].startswith("0 recordings of commune 59350 are left here")
    assert list((sealing / "objects" / "59350").rglob("*.mp4")) == []


def test_a_lost_key_ends_a_command_with_a_sentence(sealing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sealing / "keys" / "59350.jwks").unlink()
    for asked in (["rewrap", "59350"], ["depart", "59350", "--to", str(sealing / "leaving")]):
        assert command.run(asked) == 2
        assert "59350" in capsys.readouterr().err
