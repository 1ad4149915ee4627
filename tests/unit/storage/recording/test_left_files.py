"""Files of the spool and of its quarantine are told apart, and removed where they are."""

from pathlib import Path

from storage.recording.left_files import LeftFiles
from tests.unit.storage.damage import HEADLESS, SEGMENT, left_in_spool
from tests.unit.storage.workshop import workshop


async def test_what_was_set_aside_has_no_key_and_what_is_in_the_spool_has(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        aside = await left_in_spool(shop, HEADLESS)
        spooled = shop.places.spool.folder / "59350~a~main~b.mp4"
        spooled.write_bytes(SEGMENT)
        left = LeftFiles(shop.places.spool, shop.quarantine)
        files = left.all()
        assert [(one.name, one.key) for one in files] == [
            (aside.name, None),
            (spooled.name, "59350/a/main/b.mp4"),
        ]
        assert left.written_ns(files[1]) == spooled.stat().st_mtime_ns
        for one in files:
            left.remove(one)
            left.remove(one)
            assert left.written_ns(one) is None
        assert (left.all(), shop.quarantine.files()) == ([], [])
