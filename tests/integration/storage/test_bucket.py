"""A real storage process keeps its objects in a real S3 service, through whatever happens to that."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from shared.tickets import Action
from storage.model.instants import text_from_ns
from storage.objects.s3_wire import S3Place
from tests.integration.storage.harness import System, storage
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.s3_server import S3Server
from tests.support.weather import Road, Weather

pytestmark = pytest.mark.slow

S = 1_000_000_000


@pytest.fixture
async def road(s3: S3Server) -> AsyncIterator[Road]:
    async with Road(s3.port).open() as road:
        yield road


def settings(place: S3Place) -> dict[str, str]:
    return {
        "BEFFROI_S3_URL": place.url,
        "BEFFROI_S3_BUCKET": place.bucket,
        "BEFFROI_S3_PREFIX": place.prefix,
        "BEFFROI_S3_CREDENTIALS_FILE": str(place.credentials_file),
    }


def objects(s3: S3Server, place: S3Place) -> list[str]:
    found = s3.client().list_objects_v2(Bucket=place.bucket, Prefix=f"{place.prefix}/")
    return [one["Key"] for one in found.get("Contents", []) if one["Key"].endswith(".mp4")]


def spooled(system: System) -> list[str]:
    return [path.name for path in (system.folder / "var" / "spool").glob("*.mp4")]


async def played(system: System, from_ns: int) -> int:
    token = system.token(Action.PLAYBACK, str(STREAM))
    answer = await system.get(f"/recordings/{STREAM}/media", token, **{"from": text_from_ns(from_ns)})
    answer.raise_for_status()
    return len(answer.content)


class Camera:
    """One that is recorded six seconds at a time."""

    def __init__(self, parts: int) -> None:
        self.start_ns = time.time_ns() - 120 * S
        self._units = units(150 * parts, start_ns=self.start_ns)
        self._next = 0

    async def record(self, system: System) -> int:
        """The next six seconds, up to the disk; when they begin."""
        part = self._units[self._next : self._next + 150]
        self._next += 150
        await system.publish(part)
        await system.until(part[0].utc_ns + 4 * S)
        return part[0].utc_ns


async def test_recording_goes_on_and_nothing_is_lost_whatever_the_store_does(
    tmp_path: Path, s3: S3Server, road: Road
) -> None:
    place = s3.place(url=road.url)

    @contextmanager
    def stopped() -> Iterator[None]:
        s3.stop()
        yield
        s3.start()

    @contextmanager
    def weather(kind: Weather) -> Iterator[None]:
        road.turn(kind)
        yield
        road.turn(Weather.PASSING)

    troubles: list[Callable[[], AbstractContextManager[None]]] = [
        lambda: weather(Weather.BUSY),
        s3.frozen,
        stopped,
    ]
    camera = Camera(len(troubles) + 2)
    async with storage(tmp_path, settings(place)) as system:
        await camera.record(system)
        await eventually(lambda: len(objects(s3, place)) >= 2, within_s=30, what="the first objects")
        for trouble in troubles:
            with trouble():
                here_ns = await camera.record(system)

                async def told() -> bool:
                    codes = {reason.code for reason in system.room.held.grounds}
                    return {"finishing", "spool"} <= set(await system.health()) and "store-away" in codes

                await eventually(told, within_s=40, what="that nothing is stored")
                assert spooled(system)
                assert await played(system, here_ns) > 10_000

        async def all_stored() -> bool:
            return len(spooled(system)) <= 1 and "finishing" not in await system.health()

        await eventually(all_stored, within_s=60, what="all of it in the store")
        assert len(objects(s3, place)) >= 3 * len(troubles)
        assert await system.metric("storage_given_up_total") == 0
        assert await played(system, camera.start_ns) > 10_000
        with weather(Weather.SLOW):
            await camera.record(system)
            await eventually(all_stored, within_s=60, what="all of it in a slow store")
    assert "secret-of-the-tests" not in (tmp_path / "storage.log").read_text()


async def test_storage_starts_and_records_before_its_store_answers_and_after_a_kill(
    tmp_path: Path, s3: S3Server, road: Road
) -> None:
    place = s3.place(url=road.url)
    road.turn(Weather.REFUSING)
    camera = Camera(2)
    async with storage(tmp_path, settings(place)) as system:
        await camera.record(system)
        assert "object-store" in await system.health()
        road.turn(Weather.PASSING)
        await eventually(lambda: len(objects(s3, place)) >= 2, within_s=30, what="the first objects")
        await system.kill()
        await system.start()
        await camera.record(system)
        await eventually(lambda: len(objects(s3, place)) >= 4, within_s=30, what="the objects after")

        async def well() -> bool:
            return "object-store" not in await system.health()

        await eventually(well, what="the store taken again")
