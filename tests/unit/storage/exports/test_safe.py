"""With footage keys a package that waits is sealed, is handed out as it was made, and dies with its key."""

import hashlib
import os
import zipfile
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

from shared.evidence.verify import verify
from shared.tickets import Action
from tests.support.pictures import START_NS
from tests.support.sealed_store import sealed_store, spool_keys
from tests.unit.storage.packages import EXPORT, exported, for_recipient, handed_over, order
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = 86_400.0


def sealed_shop(folder: Path, nonce: str = "aaaa") -> AbstractAsyncContextManager[Workshop]:
    return workshop(folder, objects=sealed_store(folder), keys=spool_keys(folder), nonce=nonce)


async def test_a_waiting_package_is_no_zip_and_is_handed_out_as_one(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        assert not zipfile.is_zipfile(package)
        assert b"manifest.json" not in package.read_bytes()
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        answer = await shop.get(f"/exports/{EXPORT}/package", token)
        progress = await shop.jobs.progress(EXPORT)
        assert answer.headers["content-length"] == str(progress.bytes) == str(len(answer.content))
        assert hashlib.sha256(answer.content).hexdigest() == progress.sha256
        collected = tmp_path / "collected.zip"
        collected.write_bytes(answer.content)
        assert verify(collected, shop.evidence_pem).sound


async def test_ranges_of_a_sealed_package_are_those_of_what_is_handed_out(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
        whole = (await handed_over(shop)).read_bytes()
        token = shop.token(Action.DOWNLOAD, f"export:{EXPORT}")
        for first, last in ((0, 9), (70_000, 140_000), (len(whole) - 5, len(whole) - 1)):
            answer = await shop.http.get(
                f"/exports/{EXPORT}/package",
                headers={"authorization": f"Bearer {token}", "range": f"bytes={first}-{last}"},
            )
            assert (answer.status_code, answer.content) == (206, whole[first : last + 1])


async def test_its_key_dies_with_a_package_however_it_ends(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
        await exported(shop, order(id="x-0002"))
        made = sorted(path.suffix for path in (tmp_path / "exports").iterdir())
        assert made == [".key", ".key", ".zip", ".zip"]
        await shop.jobs.cancel("x-0002")
        await shop.clock.advance(7.1 * DAY_S)
        await shop.sweep.sweep_once()
        assert list((tmp_path / "exports").iterdir()) == []


async def test_a_key_that_a_crash_left_without_its_package_is_removed(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        (tmp_path / "exports/x-9999.key").write_bytes(b"an envelope")
        await shop.sweep.sweep_once()
        assert list((tmp_path / "exports").iterdir()) == []


async def test_without_the_centres_key_a_package_waits_and_is_said_to_be_locked(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
    (tmp_path / "keys/centre.jwks").rename(tmp_path / "centre.jwks")
    async with sealed_shop(tmp_path, "bbbb") as shop:
        answer = await shop.get(f"/exports/{EXPORT}/package", shop.token(Action.DOWNLOAD, f"export:{EXPORT}"))
        assert (answer.status_code, answer.json()["why"]["params"]["cause"]) == (503, "key-missing")
        await shop.sweep.sweep_once()
        assert package.exists()
        (tmp_path / "centre.jwks").rename(tmp_path / "keys/centre.jwks")
        assert zipfile.is_zipfile(await handed_over(shop))


async def test_a_sealed_package_whose_row_was_lost_dies_with_its_footage(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50), days=5)
        package = await exported(shop, order(0, 2))
    os.utime(package, ns=(START_NS, START_NS))
    for name in ("index.db", "index.db-wal", "index.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    async with sealed_shop(tmp_path, "bbbb") as shop:
        await shop.reindex()
        # As control_room tells it within a second.
        await shop.policies.replace([policy(days=5)])
        await shop.clock.advance(4.9 * DAY_S)
        await shop.sweep.sweep_once()
        assert package.exists()
        await shop.clock.advance(0.2 * DAY_S)
        await shop.sweep.sweep_once()
        assert list((tmp_path / "exports").iterdir()) == []


async def test_a_package_changed_on_the_disk_is_not_handed_out(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop)
        package.write_bytes(package.read_bytes()[:-20])
        answer = await shop.get(f"/exports/{EXPORT}/package", shop.token(Action.DOWNLOAD, f"export:{EXPORT}"))
        assert answer.status_code == 503


async def test_one_for_a_recipient_needs_no_other_seal(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        package = await exported(shop, for_recipient())
        assert [path.name for path in (tmp_path / "exports").iterdir()] == [package.name]


async def test_what_a_crash_left_in_the_clear_is_gone_when_the_next_process_makes_exports(
    tmp_path: Path,
) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        half = tmp_path / "exports/x-0009.plain.part"
        half.write_bytes(b"pictures")
        await exported(shop)
        assert not half.exists()


async def test_a_redacted_copy_of_a_sealed_original_names_it(tmp_path: Path) -> None:
    async with sealed_shop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
        original = await shop.jobs.packages.original(replace(order(id="x-0002"), original=EXPORT))
        assert original is not None
        assert original.sha256 == (await shop.jobs.progress(EXPORT)).sha256


async def test_a_package_made_before_there_were_keys_is_handed_out_as_it_is(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        await exported(shop)
    async with workshop(tmp_path, keys=spool_keys(tmp_path), nonce="bbbb") as shop:
        assert zipfile.is_zipfile(await handed_over(shop))
