"""The register in an export: what became of what is in no film of it."""

from pathlib import Path

from shared.evidence.finding import Finding
from shared.evidence.verify import verify
from storage.exports.capture import MOST_DAYS
from storage.index.holds import Hold
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import exported, order
from tests.unit.storage.workshop import units, workshop


async def test_what_was_destroyed_of_a_range_is_told_with_its_day(tmp_path: Path) -> None:
    """Held footage remains of a range whose other segments have met their deadline."""
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(250, width=64, height=48))
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS, START_NS + 10**9, "PV 1"))
        await shop.clock.advance(40 * 86_400)
        await shop.retention.run_once()
        assert len(shop.objects()) == 1
        await shop.clock.advance(3 * 3600)
        await shop.ledger.seal()
        found = verify(await exported(shop), shop.evidence_pem)
    assert found.sound
    assert len([one for one in found.notes if "destroyed" in one and "(deadline)" in one]) == 2


async def test_an_unreadable_segment_is_told_as_captured_and_kept(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(250, width=64, height=48))
        await shop.clock.advance(3 * 3600)
        await shop.ledger.seal()
        shop.object_file(shop.objects()[1]).write_bytes(b"damaged")
        found = verify(await exported(shop), shop.evidence_pem)
    assert found.sound
    assert len([one for one in found.notes if one.endswith("kept, and said to be unreadable")]) == 1


async def test_pictures_that_rot_before_they_are_exported_are_not_as_captured(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.ledger.start()
        await shop.record_all(units(250, width=64, height=48))
        await shop.ledger.seal()
        file = shop.object_file(shop.objects()[1])
        data = file.read_bytes()
        file.chmod(0o600)
        file.write_bytes(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
        found = verify(await exported(shop), shop.evidence_pem)
    assert found.finding is Finding.NOT_AS_CAPTURED


async def test_a_range_longer_than_a_register_may_be_has_no_proof_and_says_so(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50, width=64, height=48))
        await shop.ledger.seal()
        long = await exported(shop, order(-MOST_DAYS * 86_400, 10))
        assert verify(long, shop.evidence_pem).notes[0].startswith("no proof of capture")
