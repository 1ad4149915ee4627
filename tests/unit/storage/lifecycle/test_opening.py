"""A store on another machine is opened as soon as it can be, and let go once somebody else has it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from shared.clock import SimulatedClock
from shared.errors import Conflict, Unavailable
from shared.reasons import Reason, why
from storage.lifecycle.opening import StoreOpening
from storage.objects.marker import store_name
from tests.support.eventually import eventually
from tests.unit.storage.away import AwayStore
from tests.unit.storage.workshop import workshop


class HandLease:
    """A lease that says what the test has it say."""

    def __init__(self) -> None:
        self.away = True
        self.taken_by_another = asyncio.Event()
        self.taken = False
        self.released = False

    async def take(self) -> None:
        if self.away:
            raise Unavailable("the bucket does not answer")
        self.taken = True

    async def keep(self) -> None:
        await self.taken_by_another.wait()
        raise Conflict("another storage works in it")

    def release(self) -> None:
        self.released = True

    async def reason_to_refuse(self) -> Reason | None:
        return (
            None if self.taken else why("bucket-not-ours", "the bucket {bucket} is not taken yet", bucket="b")
        )


class HandHome:
    """A store that has a lease."""

    def __init__(self, lease: HandLease | None) -> None:
        self.lease = lease
        self.cleared = 0

    def clear_incoming(self, _spools: Sequence[Path]) -> int:
        self.cleared += 1
        return 2


async def test_it_is_tried_until_it_is_open_and_then_kept_until_another_has_it(tmp_path: Path) -> None:
    store, lease, lost = AwayStore(), HandLease(), list[Conflict]()
    home, clock = HandHome(lease), SimulatedClock()
    async with workshop(tmp_path, objects=store, opened=False) as shop:
        opening = StoreOpening(home, shop.bond, lambda: [tmp_path], clock, lost.append)
        running = asyncio.create_task(opening.run())
        await clock.advance(4)
        assert "does not answer" in (opening.health() or "")
        assert await opening.reason_to_refuse() is not None
        lease.away, store.down = False, True
        await clock.advance(2)
        await eventually(lambda: "cannot be read" in (opening.health() or ""), what="the store away")
        assert home.cleared == 0
        store.down = False

        async def opened() -> bool:
            await clock.advance(2)
            return opening.health() is None

        await eventually(opened, what="the store open")
        assert (home.cleared, await opening.reason_to_refuse()) == (1, None)
        assert store_name(store.notes) is not None
        lease.taken_by_another.set()
        await running
        assert [str(one) for one in lost] == ["another storage works in it"]
        await opening.close()
        assert lease.released


async def test_a_folder_is_opened_at_once(tmp_path: Path) -> None:
    async with workshop(tmp_path, opened=False) as shop:
        home = HandHome(None)
        opening = StoreOpening(home, shop.bond, lambda: [tmp_path], SimulatedClock(), lambda _: None)
        await opening.once()
        assert (home.cleared, opening.health(), await opening.reason_to_refuse()) == (1, None, None)
        await opening.close()
