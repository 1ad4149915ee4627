"""Playback over the real routes, on real footage."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from shared.tap.reassembly import Gap
from shared.tickets import Action
from storage.fmp4.reader import Layout
from storage.playback.catalogue import Catalogue
from storage.playback.windows import Answer, plan, read_answer
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.playing import MEDIA, SECOND_NS, at, media, times
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import units, workshop


async def test_playback_starts_at_the_key_picture_at_or_before(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        answer = await media(shop, 5.3, 8)
    assert answer.headers["x-beffroi-from"] == at(4)


async def test_times_are_utc_less_the_base(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        found = times(await media(shop, 3, 5, base=at(-100)))
    assert found[0] == pytest.approx(103, abs=0.001)


async def test_times_go_on_evenly_over_the_border_of_two_segments(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        found = times(await media(shop, 0, 10, base=at(0)))
    assert found == pytest.approx([number / 25 for number in range(250)], abs=0.001)


async def test_pictures_before_the_base_are_squeezed_and_the_others_on_time(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        found = times(await media(shop, 5, 6))
    assert [time for time in found if time >= 0.001] == pytest.approx(
        [number / 25 for number in range(1, len(found) - 25)], abs=0.001
    )


async def test_the_answer_says_until_when_it_goes(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        answer = await media(shop, 0, 3)
    assert answer.headers["x-beffroi-to"] == at(3)


async def test_asking_on_from_the_end_plays_everything_once(tmp_path: Path) -> None:
    found: list[float] = []
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        start = at(0)
        while True:
            token = shop.token(Action.PLAYBACK, str(STREAM))
            answer = await shop.get(MEDIA, token, **{"from": start, "to": at(60), "base": at(0)})
            if answer.status_code == 204:
                break
            found.extend(times(answer))
            start = answer.headers["x-beffroi-to"]
    assert found == pytest.approx([number / 25 for number in range(250)], abs=0.001)


async def test_an_answer_ends_at_a_hole(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        answer = await media(shop, 0, 10)
    assert answer.headers["x-beffroi-to"] == at(2)


async def test_an_answer_ends_at_a_new_run(tmp_path: Path) -> None:
    pictures = units(100)
    second = [replace(unit, run=2, seq=unit.seq - 50) for unit in pictures[50:]]
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], *second])
        answer = await media(shop, 0, 10)
    assert answer.headers["x-beffroi-to"] == at(2)


async def test_asking_in_a_hole_starts_with_the_footage_behind_it(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        answer = await media(shop, 4, 10)
    assert answer.headers["x-beffroi-from"] == at(6)


async def test_nothing_in_the_range_tells_where_footage_is_next(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        answer = await media(shop, -60, -30)
    assert (answer.status_code, answer.headers["x-beffroi-next"]) == (204, at(0))


async def test_nothing_afterwards_tells_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        answer = await media(shop, 60)
    assert (answer.status_code, "x-beffroi-next" in answer.headers) == (204, False)


async def test_the_answer_has_no_sound(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        answer = await media(shop, 0, 2)
    with av.open(buffer(answer.content), "r", format="mp4") as container:
        assert [stream.type for stream in container.streams] == ["video"]


async def test_the_answer_names_its_codec(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        assert (await media(shop, 0, 2)).headers["x-beffroi-codec"].startswith("avc1.")


async def test_a_window_begins_before_the_segments_in_its_middle_are_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a window is, its first picture costs two segments, not all of them."""
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(500))
        assert len(shop.objects()) == 6
        asked: list[str] = []
        read = Catalogue.layout_now

        def counted(catalogue: Catalogue, key: str) -> Layout:
            asked.append(key)
            return read(catalogue, key)

        monkeypatch.setattr(Catalogue, "layout_now", counted)
        start_ns = START_NS + SECOND_NS
        answer = await plan(shop.catalogue, STREAM, start_ns, start_ns + 60 * SECOND_NS, start_ns)
        planned = len(asked)
        assert isinstance(answer, Answer)
        sizes = [len(data) async for _, data in read_answer(shop.catalogue, answer)]
    assert (planned, len(asked), bool(sizes)) == (2, 6, True)


async def test_a_segment_destroyed_in_the_middle_ends_a_window_early(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(500))
        answer = await plan(shop.catalogue, STREAM, START_NS, START_NS + 60 * SECOND_NS, START_NS)
        assert isinstance(answer, Answer)
        shop.object_file(sorted(shop.objects())[2]).unlink()
        ends = [
            fragment.time90 + fragment.duration90 async for fragment, _ in read_answer(shop.catalogue, answer)
        ]
    assert 5 * 90_000 < ends[-1] <= 6 * 90_000


async def test_key_pictures_alone_come_at_their_times(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        answer = await media(shop, 0, 10, base=at(0), keys="0")
    assert answer.headers["x-beffroi-pictures"] == "key"
    assert times(answer) == pytest.approx([0, 2, 4, 6, 8], abs=0.001)


@pytest.mark.parametrize(("apart", "wanted"), [("1.5", [0, 2, 4, 6, 8]), ("3", [0, 4, 8])])
async def test_key_pictures_are_no_nearer_to_each_other_than_asked(
    tmp_path: Path, apart: str, wanted: list[float]
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        found = times(await media(shop, 0, 10, base=at(0), keys=apart))
    assert found == pytest.approx(wanted, abs=0.001)


@pytest.mark.parametrize("apart", ["-1", "x", "1e9"])
async def test_a_distance_of_key_pictures_that_is_none_is_refused(tmp_path: Path, apart: str) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        assert (await media(shop, 0, 2, keys=apart)).status_code == 400


async def test_a_window_says_where_its_utc_comes_from(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        assert (await media(shop, 0, 2)).headers["x-beffroi-clock"] == "arrival"
