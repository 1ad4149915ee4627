"""Every codec is recorded as it comes, and read back by others, with B-frames too."""

from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.simulator.encoder import Coding, Encoding
from shared.codecs.h264 import nal_units
from shared.codecs.h265 import PARAMETER_SETS, nal_type
from shared.errors import BadInput
from shared.evidence.verify import verify
from shared.mediatime import ns_from_90k
from shared.tickets import Action
from shared.units import AccessUnit
from storage.fmp4.boxes import full_box, header_at
from storage.fmp4.description import describe, read_description
from storage.fmp4.elementary import JpegDescription, read_esds
from storage.fmp4.hevc import HevcDescription
from storage.fmp4.reader import Layout
from storage.model.instants import text_from_ns
from storage.playback.windows import Answer, plan, retimed
from storage.recording.finishing import layout_of
from tests.support.pictures import START_NS, STREAM, units_as
from tests.support.programs import needs
from tests.unit.storage.packages import EXPORT, exported, manifest_of, order, pictures_in, said, videos_of
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import workshop

SECOND_NS = 1_000_000_000
COUNT = 150
SMALL = Coding(320, 240, Fraction(25), 0.6, 300)


@dataclass(frozen=True, slots=True)
class Coded:
    """A coding, FFmpeg's name for it, and how its RFC 6381 name begins."""

    coding: Coding
    ffmpeg: str
    mime: str


CODED = [
    Coded(replace(SMALL, b_frames=2), "h264", "avc1.64"),
    Coded(replace(SMALL, encoding=Encoding.H265), "hevc", "hvc1.1.6.L"),
    Coded(replace(SMALL, encoding=Encoding.H265, b_frames=3), "hevc", "hvc1.1.6.L"),
    Coded(replace(SMALL, encoding=Encoding.MJPEG), "mjpeg", "mp4v.6C"),
    Coded(replace(SMALL, encoding=Encoding.MPEG4), "mpeg4", "mp4v.20."),
    Coded(replace(SMALL, encoding=Encoding.MPEG4, b_frames=2), "mpeg4", "mp4v.20."),
]
every_codec = pytest.mark.parametrize(
    "coded", CODED, ids=lambda one: f"{one.ffmpeg}-{one.coding.b_frames}-b-frames"
)
PROBE = "ffprobe -v error -count_frames -show_entries stream=codec_name,nb_read_frames -of csv=p=0 "


def recorded(coded: Coded) -> list[AccessUnit]:
    return list(units_as(coded.coding, COUNT))


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
        paths = [shop.places.store.path(key) for key in shop.objects()]
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
            (layout_of(shop.places.store.path(key)) for key in shop.objects()),
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
        times = shown_ns([layout_of(shop.places.store.path(key)) for key in shop.objects()])
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
        layouts = [layout_of(shop.places.store.path(key)) for key in shop.objects()]
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
    times90 = []
    for fragment in retimed(answer):
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


@every_codec
def test_a_description_reads_as_written(coded: Coded) -> None:
    described = describe(recorded(coded)[0])
    table = full_box(b"stsd", 0, 0, (1).to_bytes(4, "big"), described.entry())
    found = header_at(table, 0)
    assert found is not None
    read = read_description(table, found)
    assert (read, read.digest) == (described, described.digest)
    assert (read.width, read.height) == (320, 240)


@every_codec
def test_a_key_unit_without_its_sets_starts_no_file(coded: Coded) -> None:
    broken = replace(recorded(coded)[0], data=b"\0\0\0\1\x01nothing of the kind")
    with pytest.raises(BadInput):
        describe(broken)


@settings(deadline=None)
@given(st.data())
def test_a_description_with_a_changed_byte_is_read_or_refused(data: st.DataObject) -> None:
    described = describe(recorded(data.draw(st.sampled_from(CODED)))[0])
    table = bytearray(full_box(b"stsd", 0, 0, (1).to_bytes(4, "big"), described.entry()))
    table[data.draw(st.integers(16, len(table) - 1))] ^= data.draw(st.integers(1, 255))
    found = header_at(bytes(table), 0)
    assert found is not None
    with suppress(BadInput):
        read_description(bytes(table), found)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_esds_or_bad_input(payload: bytes) -> None:
    with suppress(BadInput):
        read_esds(payload, 320, 240)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_hvcc_or_bad_input(payload: bytes) -> None:
    with suppress(BadInput):
        HevcDescription.from_hvcc(b"\1" + payload)


def test_h265_samples_hold_every_nal_unit_but_known_parameter_sets() -> None:
    unit = recorded(CODED[1])[0]
    kept = [bytes(part) for part in describe(unit).sample(unit.data)[1::2]]
    assert kept == [bytes(nal) for nal in nal_units(unit.data) if nal_type(nal) not in PARAMETER_SETS]


def test_jpeg_images_of_one_size_need_one_description_only() -> None:
    assert describe(recorded(CODED[3])[0]) == describe(recorded(CODED[3])[1]) == JpegDescription(320, 240)
