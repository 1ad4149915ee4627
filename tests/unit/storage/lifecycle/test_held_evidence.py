"""What is held outlives a lost index, an older one, a lost file, and a destruction under way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.storage import HoldOrder
from shared.tickets import Action
from storage.index.holds import Hold
from storage.lifecycle.hold_files import HoldFiles
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.hands import HandControl
from tests.unit.storage.lost_index import bring_back, keep_index, lose_index
from tests.unit.storage.workshop import Workshop, units, workshop

DAY_S = 86_400.0
ALL = Hold("h-1", str(STREAM), START_NS, START_NS + DAY_NS, "PV 1")
START = datetime.fromtimestamp(START_NS / 1e9, UTC)


def ordered(id: str = "h-1", hours: float = 24) -> HoldOrder:
    return HoldOrder(id, str(STREAM), START, START + timedelta(hours=hours), "PV 1")


async def overdue(shop: Workshop) -> list[str]:
    """Footage whose day has come; its objects."""
    await shop.record_all(units(250), days=1)
    await shop.clock.advance(2 * DAY_S)
    return shop.objects()


async def test_a_hold_survives_a_lost_index_and_reindexing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.holds.put(ALL)
    lose_index(tmp_path)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.reindex()
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, objects)


async def test_a_hold_survives_an_older_index_and_reindexing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
    keep_index(tmp_path, tmp_path / "copy")
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.holds.put(ALL)
    bring_back(tmp_path, tmp_path / "copy")
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.reindex()
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, objects)


async def test_a_hold_whose_file_and_row_are_lost_is_placed_again_before_destruction(tmp_path: Path) -> None:
    control = HandControl({"h-1": ordered()})
    async with workshop(tmp_path, control=control) as shop:
        objects = await overdue(shop)
        await shop.holds.remove("h-1")
        await shop.retention.run_once()
        assert (shop.objects(), await shop.holds.ids()) == (objects, {"h-1"})


async def test_a_hold_whose_file_is_lost_gets_it_back_from_the_index(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.holds.put(ALL)
        files = list((tmp_path / "objects/.holds").glob("*.json"))
        for file in files:
            file.unlink()
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.retention.run_once()
        assert [file.exists() for file in files] == [True]


async def test_a_hold_that_cannot_be_read_refuses_destruction(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.holds.put(ALL)
        (tmp_path / "objects/.holds/0-1.json").write_bytes(b"\x00torn")
        outcome = await shop.retention.run_once()
    assert outcome.refused == "a hold beside the objects cannot be read: .holds/0-1.json"


async def test_nothing_is_destroyed_before_control_room_has_told_its_holds(tmp_path: Path) -> None:
    async with workshop(tmp_path, control=HandControl(away=True)) as shop:
        objects = await overdue(shop)
        outcome = await shop.retention.run_once()
        assert (
            shop.objects(),
            "not confirmed with control_room since this start" in (outcome.refused or ""),
        ) == (
            objects,
            True,
        )


async def test_nothing_is_destroyed_once_control_room_was_silent_for_an_hour(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.retention.run_once()
        shop.control.away = True
        objects = await overdue(shop)
        outcome = await shop.retention.run_once()
        assert (shop.objects(), "for over an hour" in (outcome.refused or "")) == (objects, True)


async def test_an_hour_without_control_room_delays_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.end.reconciliation.once()
        shop.control.away = True
        await shop.clock.advance(3000)
        outcome = await shop.retention.run_once()
        assert (outcome.refused, shop.objects()) == (None, [])


async def test_one_hold_that_cannot_be_kept_refuses_all_destruction(tmp_path: Path) -> None:
    backwards = HoldOrder("h-2", str(STREAM), START, START, "PV 2")
    async with workshop(tmp_path, control=HandControl({"h-2": backwards})) as shop:
        objects = await overdue(shop)
        outcome = await shop.retention.run_once()
        assert (shop.objects(), outcome.refused) == (
            objects,
            "hold h-2 cannot be kept: a hold ends after it starts",
        )


async def test_a_hold_that_control_room_has_ended_ends(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.holds.put(ALL)
        shop.control.released.add("h-1")
        await shop.end.reconciliation.once()
        assert (await shop.holds.ids(), list((tmp_path / "objects/.holds").glob("*.json"))) == (set(), [])


async def test_a_hold_that_control_room_does_not_know_stays(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.holds.put(ALL)
        await shop.end.reconciliation.once()
        await shop.retention.run_once()
        assert shop.objects() == objects


async def test_control_room_is_told_why_nothing_is_destroyed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        shop.clock.step_utc(40 * DAY_NS)
        await shop.retention.run_once()
        await shop.end.reconciliation.once()
        told = shop.control.told
        assert "the clock has jumped" in told.refusal
        assert [ground.code for ground in told.grounds] == ["clock-jumped"]
        assert (told.clock_disputed, told.utc_ns) == (True, shop.clock.utc_ns())


async def test_a_hold_wins_over_what_is_condemned_and_still_there(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.dues.condemn(shop.clock.utc_ns())
        await shop.holds.put(ALL)
        await shop.retention.run_once()
        assert (shop.objects(), {row.state for row in await shop.rows.everything()}) == (
            objects,
            {SegmentState.STORED},
        )


async def test_a_hold_that_came_too_late_says_what_is_gone(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        first = (await shop.rows.everything())[0]
        shop.places.store.remove(first.key)
        await shop.rows.forget([first.key])
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), ordered(hours=1))
        gone = answer.json()["without_footage"][0]
    assert datetime.fromisoformat(gone["end"]).timestamp() == pytest.approx(first.end_ns / 1e9, abs=0.01)


class HoldlessDisk(RealDisk):
    """A disk that takes no hold."""

    def sync(self, path: Path) -> None:
        if ".holds" in path.parts:
            raise OSError(5, "Input/output error")
        super().sync(path)


async def test_a_hold_is_not_said_to_be_placed_before_it_is_on_disk(tmp_path: Path) -> None:
    async with workshop(tmp_path, disk=HoldlessDisk()) as shop:
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), ordered())
    assert answer.status_code == 503


async def test_a_hold_on_an_unmounted_store_is_not_said_to_be_placed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        (tmp_path / "objects").rename(tmp_path / "unplugged")
        (tmp_path / "objects").mkdir()
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), ordered())
        assert (answer.status_code, list((tmp_path / "objects").iterdir())) == (503, [])


async def test_what_an_older_index_has_condemned_is_judged_anew_when_it_is_made_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await overdue(shop)
        await shop.dues.condemn(shop.clock.utc_ns())
        await shop.policies.replace([])
        await shop.holds.put(Hold("h-9", str(STREAM), START_NS - 2, START_NS - 1, "PV 9"))
        await shop.reindex()
        assert {row.state for row in await shop.rows.everything()} == {SegmentState.STORED}
        assert shop.objects() == objects


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
_NS = st.integers(0, 2**62)


@given(id=_TEXTS, stream=_TEXTS, start_ns=_NS, end_ns=_NS, reference=_TEXTS)
def test_any_hold_comes_back_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, id: str, stream: str, start_ns: int, end_ns: int, reference: str
) -> None:
    folder = tmp_path_factory.mktemp("store")
    store = FolderStore(folder, RealDisk())
    store.found("a-store")
    hold = Hold(id, stream, start_ns, end_ns, reference)
    files = HoldFiles(store, RealDisk())
    files.write([hold])
    assert files.all().holds == (hold,)


@given(body=st.binary(max_size=200))
def test_no_bytes_in_the_place_of_a_hold_are_taken_for_no_hold(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    folder = tmp_path_factory.mktemp("store")
    store = FolderStore(folder, RealDisk())
    store.found("a-store")
    (folder / ".holds").mkdir()
    (folder / ".holds/0-1.json").write_bytes(body)
    assert HoldFiles(store, RealDisk()).all().unreadable == (".holds/0-1.json",)
