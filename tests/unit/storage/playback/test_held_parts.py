"""Past its deadline no more of footage is seen or handed over than a hold keeps, to the group of pictures.

The file that the hold keeps has up to a minute more.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from shared.evidence.verify import verify
from shared.tickets import Action
from storage.index.holds import Hold
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import exported, manifest_of, order, pictures_in, videos_of
from tests.unit.storage.playing import SECOND_NS, at, media, times
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = 86_400.0
FRAGMENT_S = 0.5
"""A fragment is no longer: the last one begins before the hold ends."""


def a_hold(start_s: float, end_s: float, id: str = "h-1") -> Hold:
    return Hold(
        id, str(STREAM), START_NS + int(start_s * SECOND_NS), START_NS + int(end_s * SECOND_NS), "PV 1"
    )


def seconds(text: str) -> float:
    return round(datetime.fromisoformat(text).timestamp() - START_NS / SECOND_NS, 3)


@asynccontextmanager
async def past_its_deadline(folder: Path, *holds: Hold) -> AsyncIterator[Workshop]:
    """Segments of four seconds with a key picture each second, their day over, some of them held."""
    async with workshop(folder) as shop:
        await shop.record_all(units(250), days=5)
        for one in holds:
            await shop.holds.put(one)
        await shop.clock.advance(6 * DAY_S)
        await shop.retention.run_once()
        yield shop


async def ranges(shop: Workshop) -> list[tuple[str, str]]:
    token = shop.token(Action.PLAYBACK, str(STREAM))
    answer = await shop.get(f"/recordings/{STREAM}", token, **{"from": at(0)}, to=at(10))
    return [(one["from"], one["to"]) for one in answer.json()["ranges"]]


async def test_the_list_and_the_pictures_end_with_the_hold(tmp_path: Path) -> None:
    async with past_its_deadline(tmp_path, a_hold(1.5, 2.3)) as shop:
        assert await ranges(shop) == [(at(1.5), at(2.3))]
        answer = await media(shop, 0, 10)
        shown = times(answer)
        # From the key picture that the first one needs, as counted from the instant asked for.
        assert min(shown) == pytest.approx(1.0, abs=0.05)
        assert max(shown) < 2.3 + FRAGMENT_S
        assert (await media(shop, 3, 4)).status_code == 204
        assert (await media(shop, 0, 0.9)).headers["x-beffroi-next"] == at(1.5)


async def test_between_two_holds_of_one_segment_nothing_is_seen(tmp_path: Path) -> None:
    async with past_its_deadline(tmp_path, a_hold(0, 0.4), a_hold(3.2, 3.4, "h-2")) as shop:
        assert await ranges(shop) == [(at(0), at(0.4)), (at(3.2), at(3.4))]
        first = await media(shop, 0, 10)
        assert max(times(first)) < 0.4 + FRAGMENT_S
        second = await media(shop, 1, 10)
        assert 2 - 0.05 < min(times(second)) <= max(times(second)) < 2.4 + FRAGMENT_S


async def test_a_hold_over_several_segments_shows_the_middle_whole_and_the_ends_in_part(
    tmp_path: Path,
) -> None:
    async with past_its_deadline(tmp_path, a_hold(3, 8.5)) as shop:
        assert await ranges(shop) == [(at(3), at(8.5))]
        shown = times(await media(shop, 3, 10))
        assert min(shown) == pytest.approx(0.0, abs=0.05)
        assert len(shown) > 4 * 25


async def test_thumbnails_are_of_the_held_part_only(tmp_path: Path) -> None:
    async with past_its_deadline(tmp_path, a_hold(1.5, 2.3)) as shop:
        assert await shop.thumbnails.at(STREAM, START_NS + 3 * SECOND_NS) is None
        assert await shop.thumbnails.at(STREAM, START_NS + SECOND_NS) is None
        made = await shop.thumbnails.at(STREAM, START_NS + 2 * SECOND_NS)
        assert made is not None


async def test_no_thumbnail_of_the_rest_stays_in_memory_past_the_deadline(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250), days=5)
        await shop.holds.put(a_hold(1.5, 2.3))
        assert await shop.thumbnails.at(STREAM, START_NS + SECOND_NS) is not None
        await shop.clock.advance(6 * DAY_S)
        await shop.thumbnails.sweep_once()
        assert shop.thumbnails.kept_bytes == 0


async def test_a_playlist_has_the_held_part_only_and_its_segments_are_served(tmp_path: Path) -> None:
    async with past_its_deadline(tmp_path, a_hold(1.5, 2.3)) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        base = f"/recordings/{STREAM}"
        answer = await shop.http.get(
            f"{base}/playlist.m3u8", params={"from": at(0), "to": at(10), "ticket": token}
        )
        lines = answer.text.splitlines()
        lengths = [float(line[8:].rstrip(",")) for line in lines if line.startswith("#EXTINF:")]
        assert sum(lengths) < 2.3 - 1 + FRAGMENT_S
        addresses = [line for line in lines if line.startswith("hls/segment")]
        for address in addresses:
            served = await shop.http.get(f"{base}/{address}")
            assert served.status_code == 200
            # Who asks for more under the same name gets no more.
            told = dict(part.split("=") for part in address.partition("?")[2].split("&"))
            more = address.replace(f"to={told['to']}", f"to={int(told['to']) + 60 * SECOND_NS}")
            assert (await shop.http.get(f"{base}/{more}")).content == served.content


async def test_an_export_ordered_then_has_the_held_parts_only_and_is_sound(tmp_path: Path) -> None:
    async with past_its_deadline(tmp_path, a_hold(1.5, 2.3), a_hold(3.2, 3.4, "h-2")) as shop:
        package = await exported(shop, order(0, 10))
        assert verify(package, shop.evidence_pem).sound, verify(package, shop.evidence_pem).detail
        manifest = manifest_of(package)
        cameras = manifest["cameras"]
        assert isinstance(cameras, list)
        present = [(seconds(one["start"]), seconds(one["end"])) for one in cameras[0]["present"]]
        # From the key picture on that the first one needs: what is told is what is there.
        assert [first for first, _ in present] == [1.0, 3.0]
        assert all(last <= until + 0.04 for (_, last), until in zip(present, (2.3, 3.4), strict=True))
        pictures = sum(len(pictures_in(video)) for video in videos_of(package))
        assert pictures <= 25 * 2
        # It lives as long as the holds do.
        await shop.sweep.sweep_once()
        assert package.exists()
        await shop.holds.remove("h-2")
        await shop.sweep.sweep_once()
        assert not package.exists()


async def test_once_the_hold_ends_nothing_is_seen(tmp_path: Path) -> None:
    async with past_its_deadline(tmp_path, a_hold(1.5, 2.3)) as shop:
        await shop.holds.remove("h-1")
        assert (await ranges(shop), (await media(shop, 0, 10)).status_code) == ([], 204)


async def test_before_the_deadline_a_hold_hides_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250), days=5)
        await shop.holds.put(a_hold(1.5, 2.3))
        assert await ranges(shop) == [(at(0), at(10))]
        # Days that are lowered below its age do, at once.
        await shop.clock.advance(3 * DAY_S)
        await shop.policies.replace([policy(days=2)], shop.clock.utc_ns())
        assert await ranges(shop) == [(at(1.5), at(2.3))]
