"""Every codec is recorded as it comes, and read back by others, with B-frames too."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest

from shared.evidence.verify import verify
from shared.mediatime import ns_from_90k
from shared.tickets import Action
from storage.fmp4.reader import Layout
from storage.model.instants import text_from_ns
from storage.playback.windows import Answer, plan, read_answer
from tests.support.pictures import START_NS, STREAM
from tests.support.programs import needs
from tests.unit.storage.coded import CODED, COUNT, Coded, every_codec, recorded
from tests.unit.storage.packages import EXPORT, exported, manifest_of, order, pictures_in, said, videos_of
from tests.unit.storage.segments import buffer, layout_of
from tests.unit.storage.workshop import workshop

SECOND_NS = 1_000_000_000


PROBE = "ffprobe -v error -count_frames -show_entries stream=codec_name,nb_read_frames -of csv=p=0 "


def shown_ns(layouts: list[Layout]) -> list[int]:
    """The UTC at which each picture is shown, in that order."""
    times = []
    for layout in layouts:
        for fragment in layout.fragments:
            at90 = fragment.time90
            for sample in fragment.moof.samples:
                times.append(layout.identity.start_ns + ns_from_90k(at90 + sample.offset90))
                at90 += sample.duration90
    return sorted(times)


def rank(values: list[int]) -> list[int]:
    """Each value's place among all."""
    places = {value: place for place, value in enumerate(sorted(values))}
    return [places[value] for value in values]


@needs("ffprobe")
@every_codec
async def test_ffprobe_finds_every_picture_of_every_segment_and_no_error(
    tmp_path: Path, coded: Coded
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        paths = [shop.object_file(key) for key in shop.objects()]
        told = [said(PROBE + str(path), tmp_path) for path in paths]
    assert len(told) > 1
    assert {(code, complaint) for code, _, complaint in told} == {(0, "")}
    assert {line.split(",")[0] for _, line, _ in told} == {coded.ffmpeg}
    assert sum(int(line.split(",")[1]) for _, line, _ in told) == COUNT


@every_codec
async def test_segments_start_with_key_pictures_and_leave_no_hole(tmp_path: Path, coded: Coded) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        layouts = sorted(
            (layout_of(shop.object_file(key)) for key in shop.objects()),
            key=lambda one: one.identity.start_ns,
        )
    assert all(layout.fragments[0].key for layout in layouts)
    assert all(abs(one.end_ns - next_.identity.start_ns) < 20_000 for one, next_ in pairwise(layouts))
    assert layouts[-1].end_ns - START_NS == pytest.approx(COUNT * 40_000_000, abs=20_000)


@every_codec
async def test_a_decoder_shows_every_picture_at_its_time(tmp_path: Path, coded: Coded) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        answer = await shop.get(
            f"/recordings/{STREAM}/media",
            token,
            **{"from": text_from_ns(START_NS), "to": text_from_ns(START_NS + 60 * SECOND_NS)},
        )
    assert answer.headers["x-beffroi-codec"].startswith(coded.mime)
    with av.open(buffer(answer.content), "r", format="mp4") as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    # FFmpeg shows a film with negative offsets as much later as the greatest of them.
    shown = [time - times[0] for time in times]
    assert shown == pytest.approx([number / 25 for number in range(COUNT)], abs=0.001)


@every_codec
async def test_the_time_line_tells_when_each_picture_is_shown(tmp_path: Path, coded: Coded) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        times = shown_ns([layout_of(shop.object_file(key)) for key in shop.objects()])
    assert times == pytest.approx([START_NS + number * 40_000_000 for number in range(COUNT)], abs=20_000)


async def test_pictures_shown_before_the_key_picture_that_opens_their_segment_keep_their_time(
    tmp_path: Path,
) -> None:
    """Open groups of pictures: two pictures behind each key picture are shown before it."""
    pictures = [replace(unit, reordered=True) for unit in recorded(CODED[1])]
    step90 = pictures[1].pts90
    for place, unit in enumerate(pictures):
        if unit.key and place:
            for later, shown in enumerate((place + 2, place, place + 1)):
                moved = START_NS + shown * 40_000_000
                pictures[place + later] = replace(pictures[place + later], pts90=shown * step90, utc_ns=moved)
    async with workshop(tmp_path) as shop:
        await shop.record_all(pictures)
        layouts = [layout_of(shop.object_file(key)) for key in shop.objects()]
    assert len(layouts) > 1
    assert shown_ns(layouts) == pytest.approx(
        [START_NS + number * 40_000_000 for number in range(COUNT)], abs=20_000
    )


async def test_a_film_on_a_later_base_keeps_the_order_in_which_pictures_are_shown(tmp_path: Path) -> None:
    coded = CODED[0]
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        answer = await plan(
            shop.catalogue, STREAM, START_NS + SECOND_NS, START_NS + 3 * SECOND_NS, START_NS + SECOND_NS
        )
        assert isinstance(answer, Answer)
        fragments = [fragment async for fragment, _ in read_answer(shop.catalogue, answer)]
    times90 = []
    for fragment in fragments:
        at90 = fragment.time90
        for sample in fragment.samples:
            times90.append(at90 + sample.offset90)
            at90 += sample.duration90
    assert min(times90) >= 0
    assert len(set(times90)) == len(times90)
    first = next(place for place, unit in enumerate(recorded(coded)) if unit.utc_ns >= answer.start_ns)
    order_told = [unit.pts90 for unit in recorded(coded)][first : first + len(times90)]
    assert rank(times90) == rank(order_told)


@every_codec
async def test_the_list_names_the_codec_and_one_range_without_gap(tmp_path: Path, coded: Coded) -> None:
    async with workshop(tmp_path, utc_ns=START_NS + 6 * SECOND_NS) as shop:
        await shop.record_all(recorded(coded))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        listed = (await shop.get(f"/recordings/{STREAM}", token, **{"from": text_from_ns(START_NS)})).json()
    assert listed["codec"].startswith(coded.mime)
    assert (len(listed["ranges"]), listed["gaps"]) == (1, [])


@needs("ffprobe")
@every_codec
async def test_an_export_is_a_sound_film_of_the_pictures_as_they_came(tmp_path: Path, coded: Coded) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        package = await exported(shop, order(1, 5))
        verdict = verify(package, shop.evidence_pem)
        [film] = videos_of(package)
        files = manifest_of(package)["files"]
    assert verdict.sound
    assert isinstance(files, list)
    assert files[0]["codec"].startswith(coded.mime)
    (tmp_path / "film.mp4").write_bytes(film)
    code, told, complaint = said(PROBE + "film.mp4", tmp_path)
    assert (code, complaint) == (0, "")
    assert told.strip() == f"{coded.ffmpeg},{files[0]['samples']}"
    steps = {round(after - before, 3) for before, after in pairwise(pictures_in(film)[:-4])}
    assert steps == {0.04}
    assert EXPORT in package.name


@every_codec
async def test_reindexing_finds_the_same_rows(tmp_path: Path, coded: Coded) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(recorded(coded))
        before = await shop.rows.everything()
        await shop.rows.forget([row.key for row in before])
        await shop.reindex()
        assert await shop.rows.everything() == before
    assert all(row.codec.startswith(coded.mime) for row in before)
