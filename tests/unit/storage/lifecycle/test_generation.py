"""How far index and store have come together."""

import asyncio
from pathlib import Path

import pytest

from shared.errors import Unavailable
from storage.index.marks import Marks
from storage.lifecycle.generation import Generation, Step
from storage.objects.disk import RealDisk
from tests.support.pictures import START_NS
from tests.unit.storage.workshop import Workshop, units, workshop

S_NS = 1_000_000_000


async def more(shop: Workshop, after_s: int) -> None:
    """Ten seconds of footage that begin so many seconds after the start."""
    await shop.record_all(units(250, start_ns=START_NS + after_s * S_NS), days=1)


async def test_an_installation_from_before_generations_is_taken_over(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        await shop.archive.marks.clear("generation")
        (tmp_path / "objects/.beffroi-generation").unlink()
    async with workshop(tmp_path, nonce="bbbb") as shop:
        refused = (await shop.retention.run_once()).refused
        assert (refused, (tmp_path / "objects/.beffroi-generation").exists()) == (None, True)


class StoppingDisk(RealDisk):
    """A disk that takes one file no more."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False

    def replace(self, source: Path, target: Path) -> None:
        if self.dead and target.name == self.name:
            raise OSError(5, "Input/output error")
        super().replace(source, target)


async def test_a_crash_between_the_two_halves_of_a_generation_refuses_nothing(tmp_path: Path) -> None:
    disk = StoppingDisk(".beffroi-generation")
    async with workshop(tmp_path, disk=disk) as shop:
        await more(shop, 0)
        disk.dead = True
        with pytest.raises(Unavailable, match="generation of the object store is not kept"):
            await shop.bond.stored()
    async with workshop(tmp_path, nonce="bbbb") as shop:
        refused = (await shop.retention.run_once()).refused
        await more(shop, 20)
        assert (refused, (await shop.retention.run_once()).refused) == (None, None)


async def test_footage_whose_generation_is_not_kept_stays_in_the_spool_and_is_finished_again(
    tmp_path: Path,
) -> None:
    disk = StoppingDisk(".beffroi-generation")
    async with workshop(tmp_path, disk=disk) as shop:
        await shop.retention.run_once()
        disk.dead = True
        await shop.record_all(units(50))
        spooled = list(shop.places.spool.folder.glob("*.mp4"))
        disk.dead = False
        await shop.finish()
        left = list(shop.places.spool.folder.glob("*.mp4"))
    assert (len(spooled), left) == (1, [])


@pytest.mark.parametrize(
    "text", ["", "1", "one two three", "7 a", "-1 a b", "1 a b c", "\x00", "1,a,b"], ids=repr
)
def test_a_torn_generation_is_none(text: str) -> None:
    assert Step.parse(text) is None


async def test_each_of_several_processes_takes_its_own_steps_and_all_must_match(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        marks, notes = shop.archive.marks, shop.archive.store.notes
        a, b, judge = (Generation(marks, notes, name) for name in ("a", "b", ""))
        assert await judge.mismatch() is None
        for one in (a, b):
            assert not await one.begun()
            await one.begin()
        for _ in range(5):
            await asyncio.gather(a.advance(), b.advance(), shop.bond.stored())
            assert await judge.mismatch() is None
        # The index is brought back from before steps of one of them.
        before = await marks.get("generation:b")
        assert before is not None
        await b.advance()
        await b.advance()
        await marks.set("generation:b", before)
        assert "the index is older" in (await judge.mismatch() or "")
        assert (await shop.retention.run_once()).refused is not None
        await shop.bond.renew()
        assert await judge.mismatch() is None
        # One whose first steps the index has never heard of is in the store's notes.
        await marks.clear("generation:a")
        assert "the index is older" in (await Generation(marks, notes).mismatch() or "")


async def test_steps_that_another_takes_while_they_are_compared_are_no_mismatch(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        other = Generation(shop.archive.marks, shop.archive.store.notes, "b")
        await other.begin()

        class Hasty(Marks):
            """Between the two looks another process takes steps."""

            left = 3

            async def get(self, name: str) -> str | None:
                if name == "generation:b" and self.left:
                    self.left -= 1
                    for _ in range(3):
                        await other.advance()
                return await super().get(name)

        judge = Generation(Hasty(shop.database), shop.archive.store.notes)
        assert await judge.mismatch() is None
