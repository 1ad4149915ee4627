"""What `beffroi storage fsck` and `rebuild` say, do, and end with, in a folder and in a bucket."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import upkeep
from deploy.cli import main
from storage.objects.store import ObjectStore
from tests.support.s3_server import S3Server, s3_store
from tests.support.sealed_store import sealed_store
from tests.unit.storage.held import ALL
from tests.unit.storage.lost_index import lose_index
from tests.unit.storage.workshop import units, workshop

pytestmark = pytest.mark.slow

SOUND = "sound: every row has its object, every object its row, and the bytes that were recorded"


class Installation:
    """Recordings of ten seconds and a hold over them; nothing runs."""

    def __init__(self, folder: Path, store: ObjectStore | None) -> None:
        self.folder = folder
        self.store = store

    async def record(self) -> list[str]:
        async with workshop(self.folder, objects=self.store) as shop:
            await shop.record_all(units(250))
            await shop.holds.put(ALL)
            self.store = shop.places.store
            return shop.objects()

    async def forget(self, key: str) -> None:
        async with workshop(self.folder, objects=self.store) as shop:
            await shop.rows.forget([key])

    async def held(self) -> list[str]:
        async with workshop(self.folder, objects=self.store) as shop:
            return [hold.id for hold in await shop.holds.all()]


@pytest.fixture(params=["folder", "bucket", "encrypted"])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Installation, list[str]]:
    # Logging is the process's, which goes on here.
    monkeypatch.setattr(upkeep, "configure", lambda *_, **__: None)
    monkeypatch.setenv("BEFFROI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BEFFROI_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'index.db'}")
    store: ObjectStore | None = None
    if request.param == "bucket":
        server: S3Server = request.getfixturevalue("s3")
        place = server.place()
        store = s3_store(place, name=None)
        told = {"URL": place.url, "BUCKET": place.bucket, "PREFIX": place.prefix}
        for name, value in {**told, "CREDENTIALS_FILE": str(place.credentials_file)}.items():
            monkeypatch.setenv(f"BEFFROI_S3_{name}", value)
    elif request.param == "encrypted":
        store = sealed_store(tmp_path)
        monkeypatch.setenv("BEFFROI_FOOTAGE_KEY_DIR", str(tmp_path / "keys"))
    installation = Installation(tmp_path, store)
    return installation, asyncio.run(installation.record())


Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def called(*arguments: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        code = main(["storage", *arguments])
        # Without the log, which a process has on its standard error.
        return code, [line for line in capsys.readouterr().out.splitlines() if not line.startswith("20")]

    return called


def test_fsck_compares_both_ways_hashes_anew_and_repairs_when_asked(
    made: tuple[Installation, list[str]], run: Run
) -> None:
    installation, keys = made
    assert installation.store is not None
    assert run("fsck") == (0, [SOUND])
    asyncio.run(installation.forget(keys[0]))
    installation.store.remove(keys[1])
    found = [
        "unlisted: 1 objects without a row in the index",
        f"  {keys[0]}",
        "missing: 1 rows whose object is gone",
        f"  {keys[1]}",
    ]
    assert [run("fsck"), run("fsck")] == [(1, found), (1, found)]
    left = len(keys) - 1
    mended = (
        f"index made: {left} recordings, 1 of them added; 1 rows without object dropped, 1 holds kept, "
        "0 objects unreadable"
    )
    assert run("fsck", "--repair") == (0, [*found, mended])
    assert run("fsck") == (0, [SOUND])


def test_what_no_repair_mends_ends_fsck_with_a_fault(made: tuple[Installation, list[str]], run: Run) -> None:
    installation, keys = made
    store = installation.store
    assert store is not None
    data = bytearray(store.read(keys[0], 0, 1 << 30))
    data[-1] ^= 1
    store.remove(keys[0])
    spoilt = installation.folder / "spoilt"
    spoilt.write_bytes(data)
    with spoilt.open("rb") as file:
        store.put(keys[0], file)
    found = ["damaged: 1 objects whose bytes are not those that were recorded", f"  {keys[0]}"]
    assert run("fsck") == (1, found)
    code, lines = run("fsck", "--repair")
    assert (code, lines[:2]) == (1, found)


def test_rebuilding_makes_a_lost_index_anew_holds_included(
    made: tuple[Installation, list[str]], run: Run
) -> None:
    installation, keys = made
    lose_index(installation.folder)
    count = len(keys)
    told = (
        f"index made: {count} recordings, {count} of them added; 0 rows without object dropped, "
        "1 holds kept, 0 objects unreadable"
    )
    assert run("rebuild") == (0, [told])
    assert asyncio.run(installation.held()) == [ALL.id]
    assert run("fsck") == (0, [SOUND])


@pytest.mark.parametrize("verb", ["fsck", "rebuild"])
def test_what_cannot_be_looked_at_is_no_fault_found(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(upkeep, "configure", lambda *_, **__: None)
    monkeypatch.setenv("BEFFROI_S3_URL", "http://127.0.0.1:9")
    (tmp_path / "storage").mkdir()
    assert main(["storage", verb, "--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("beffroi: BEFFROI_S3_URL needs")


def test_an_installation_is_named_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(upkeep, "configure", lambda *_, **__: None)
    assert main(["storage", "fsck", "--data", str(tmp_path)]) == 2
    assert "no folder of an installation" in capsys.readouterr().err
    (tmp_path / "storage").mkdir()
    assert main(["storage", "fsck", "--data", str(tmp_path)]) == 0
    assert SOUND in capsys.readouterr().out
    assert (tmp_path / "storage/index.sqlite").exists()
