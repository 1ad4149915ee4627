"""Recordings as H.264 for browsers that cannot play them, over the real routes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import httpx
import pytest

from shared.codecs.h264 import Nal, annex_b, nal_type, nal_units
from shared.tickets import Action
from shared.transcoder.work import Work
from shared.transcoding.framing import Finish, Message, Ready, Settled
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from shared.units import AccessUnit, Codec
from storage.fmp4.description import describe
from storage.model.instants import ns_from_text, text_from_ns
from storage.playback.transcoding import Transcodings, is_played_everywhere
from storage.playback.windows import Answer, plan
from tests.support.eventually import eventually
from tests.support.parameter_pictures import GOP, refreshed, units_of
from tests.support.pictures import START_NS, STREAM
from tests.support.strange_pictures import strange_units
from tests.unit.storage.playing import SECOND_NS, at, media, times
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import Workshop, units, workshop

LIMITS = Limits(fps=50, every=True)
STRANGE = [Codec.H265, Codec.MJPEG, Codec.MPEG4]


@dataclass
class WorkingChild:
    """A child without a process.

    `silent` ones answer nothing, `dying` ones end with their first unit, `blind` ones decode nothing.
    """

    silent: bool = False
    dying: bool = False
    blind: bool = False
    pid: int = 0
    work: Work = field(default_factory=lambda: Work(LIMITS))
    answers: "asyncio.Queue[Message | None]" = field(default_factory=asyncio.Queue)
    killed: asyncio.Event = field(default_factory=asyncio.Event)
    most_underway: int = 0

    def __post_init__(self) -> None:
        self.answers.put_nowait(Ready())

    def send(self, message: Message) -> None:
        if self.dying:
            self.answers.put_nowait(None)
        elif not self.silent and isinstance(message, AccessUnit | Finish):
            for made in self.work.finish() if isinstance(message, Finish) else self._take(message):
                if not self.blind:
                    self.answers.put_nowait(made)
            self.answers.put_nowait(Settled())
            self.most_underway = max(self.most_underway, self.answers.qsize())

    def _take(self, unit: AccessUnit) -> list[AccessUnit]:
        return self.work.take(unit, behind=True)

    async def receive(self) -> Message | None:
        return await self.answers.get()

    def kill(self) -> None:
        self.killed.set()

    async def ended(self) -> str:
        await self.killed.wait()
        return "killed"


@dataclass
class Children:
    """What has been started."""

    silent: bool = False
    dying: bool = False
    blind: bool = False
    started: list[WorkingChild] = field(default_factory=list)

    async def spawn(self) -> WorkingChild:
        self.started.append(WorkingChild(self.silent, self.dying, self.blind))
        return self.started[-1]


def long_units(codec: Codec, count: int = 100) -> list[AccessUnit]:
    """`count` pictures at 25 a second."""
    once = strange_units(codec)
    return [
        replace(once[number % 24], seq=number, pts90=number * 3600, utc_ns=START_NS + number * 40_000_000)
        for number in range(count)
    ]


async def test_a_browser_that_says_so_gets_h264_of_every_codec_picture_for_picture(tmp_path: Path) -> None:
    for codec in STRANGE:
        folder = tmp_path / codec
        folder.mkdir()
        children = Children()
        async with workshop(folder, transcodings=Transcodings(1, children.spawn)) as shop:
            await shop.record_all(long_units(codec))
            answer = await media(shop, 0, 4, base=at(-10), codec="h264")
        assert answer.headers["x-beffroi-codec"].startswith("avc1.42")
        assert answer.headers["x-beffroi-transcoded"] == describe(long_units(codec)[0]).codec_string
        assert (answer.headers["x-beffroi-from"], answer.headers["x-beffroi-to"]) == (at(0), at(4))
        assert times(answer) == pytest.approx([10 + number / 25 for number in range(100)], abs=0.001)
        assert all(child.killed.is_set() for child in children.started)


async def test_pictures_out_of_order_come_at_their_times_and_the_last_ones_too(tmp_path: Path) -> None:
    """Of a profile that browsers do not play, so that the H.264 of the test camera counts as strange."""
    pictures = [replace(unit, data=_as_high_10(unit.data)) for unit in strange_units(Codec.H264)]
    children = Children()
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(pictures)
        made = times(await media(shop, 0, 1, base=at(0), codec="h264"))
    assert made == pytest.approx([number / 25 for number in range(24)], abs=0.001)


def _as_high_10(data: bytes) -> bytes:
    nals = [bytes(nal) for nal in nal_units(data)]
    return annex_b([nal[:1] + bytes((110,)) + nal[2:] if nal_type(nal) == Nal.SPS else nal for nal in nals])


async def test_a_recording_without_key_pictures_is_played_from_a_key_picture_and_says_what_is_incomplete(
    tmp_path: Path,
) -> None:
    recorded = units_of(refreshed(100)[2:])
    children = Children()
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(recorded)
        as_it_is = await media(shop, 0, 2)
        converted = await media(shop, 0, 2, codec="h264")
    complete = text_from_ns(_joined_ns(as_it_is) + (GOP - 1) * SECOND_NS // 25)
    assert as_it_is.headers["x-beffroi-complete"] == converted.headers["x-beffroi-complete"] == complete
    assert converted.headers["x-beffroi-transcoded"] == as_it_is.headers["x-beffroi-codec"]
    assert len(times(converted)) > len(times(as_it_is))
    nals = list(nal_units(annex_b_of(converted.content)))
    assert any(nal_type(nal) == Nal.IDR for nal in nals)


def _joined_ns(answer: httpx.Response) -> int:
    return ns_from_text(answer.headers["x-beffroi-from"], "from")


def annex_b_of(content: bytes) -> bytes:
    """The pictures of an answer as a byte stream."""
    with av.open(buffer(content), "r", format="mp4") as container:
        stream = container.streams.video[0]
        samples = [bytes(packet) for packet in container.demux(stream)]
    found = bytearray()
    for sample in samples:
        at = 0
        while at < len(sample):
            size = int.from_bytes(sample[at : at + 4], "big")
            found += b"\0\0\0\1" + sample[at + 4 : at + 4 + size]
            at += 4 + size
    return bytes(found)


async def test_what_every_browser_plays_is_sent_as_it_is(tmp_path: Path) -> None:
    children = Children()
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(units(50))
        as_it_is, asked = await media(shop, 0, 2), await media(shop, 0, 2, codec="h264")
    assert asked.content == as_it_is.content
    assert "x-beffroi-transcoded" not in asked.headers
    assert children.started == []


async def test_asking_on_plays_everything_once_without_a_hole(tmp_path: Path) -> None:
    found: list[float] = []
    async with workshop(tmp_path, transcodings=Transcodings(1, Children().spawn)) as shop:
        await shop.record_all(long_units(Codec.H265))
        start = at(0)
        while start < at(4):
            token = shop.token(Action.PLAYBACK, str(STREAM))
            query = {"from": start, "to": at(4), "base": at(0), "codec": "h264"}
            answer = await shop.get(f"/recordings/{STREAM}/media", token, **query)
            found.extend(time for time in times(answer) if not found or time > found[-1] + 0.001)
            start = answer.headers["x-beffroi-to"]
    assert found == pytest.approx([number / 25 for number in range(100)], abs=0.001)


async def test_no_more_units_are_under_way_than_the_bound(tmp_path: Path) -> None:
    children = Children()
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(long_units(Codec.MJPEG))
        await media(shop, 0, 4, codec="h264")
    # Of each unit a picture and that it is settled, and the word at the start.
    assert children.started[0].most_underway <= 2 * 8 + 1


async def test_beyond_the_bound_a_recording_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.playback.transcoding._WAIT_S", 0.01)
    transcodings = Transcodings(1, Children().spawn)
    async with workshop(tmp_path, transcodings=transcodings) as shop:
        await shop.record_all(long_units(Codec.H265))
        begun = await transcodings.begin(shop.catalogue, STREAM, await _planned(shop))
        assert begun is not None
        refused = await media(shop, 0, 4, codec="h264")
        assert (refused.status_code, "already transcodes 1" in refused.json()["detail"]) == (503, True)
        await begun.close()
        assert (await media(shop, 0, 4, codec="h264")).status_code == 200


@pytest.mark.parametrize("transcodings", [None, Transcodings(0, Children().spawn)], ids=["none", "zero"])
async def test_a_server_that_may_not_transcode_says_so(
    tmp_path: Path, transcodings: Transcodings | None
) -> None:
    async with workshop(tmp_path, transcodings=transcodings) as shop:
        await shop.record_all(long_units(Codec.H265, 24))
        assert (await media(shop, 0, 4, codec="h264")).status_code in (415, 503)


async def test_an_answer_that_is_cut_off_ends_its_child(tmp_path: Path) -> None:
    children = Children()
    transcodings = Transcodings(1, children.spawn)
    async with workshop(tmp_path, transcodings=transcodings) as shop:
        await shop.record_all(long_units(Codec.H265))
        begun = await transcodings.begin(shop.catalogue, STREAM, await _planned(shop))
        assert begun is not None
        parts: list[bytes] = []

        async def read() -> None:
            async for part in begun.body():
                parts.append(part)
                if len(parts) == 3:
                    await asyncio.Event().wait()

        reading = asyncio.create_task(read())
        await eventually(lambda: len(parts) == 3, what="three parts")
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await eventually(children.started[0].killed.is_set, what="the end of the child")


async def test_a_reader_that_leaves_ends_the_child_and_gives_its_place_back(tmp_path: Path) -> None:
    children = Children()
    transcodings = Transcodings(1, children.spawn)
    async with workshop(tmp_path, transcodings=transcodings) as shop:
        await shop.record_all(long_units(Codec.H265))
        for _ in range(2):
            begun = await transcodings.begin(shop.catalogue, STREAM, await _planned(shop))
            assert begun is not None
            body = begun.body()
            assert isinstance(await anext(body), bytes)
            await body.aclose()
        assert all(child.killed.is_set() for child in children.started)


async def test_a_child_that_dies_is_told_and_gives_its_place_back(tmp_path: Path) -> None:
    children = Children(dying=True)
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(long_units(Codec.H265))
        for _ in range(2):
            answer = await media(shop, 0, 4, codec="h264")
            assert (answer.status_code, "ended before its work" in answer.json()["detail"]) == (503, True)
    assert all(child.killed.is_set() for child in children.started)


async def test_a_child_that_hangs_is_told_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.playback.transcoding._HUNG_S", 0.05)
    children = Children(silent=True)
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(long_units(Codec.H265))
        answer = await media(shop, 0, 4, codec="h264")
    assert (answer.status_code, "does not answer" in answer.json()["detail"]) == (503, True)
    assert children.started[0].killed.is_set()


async def test_a_reader_that_stops_reading_keeps_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.playback.transcoding._LONGEST_S", 0.05)
    children = Children()
    transcodings = Transcodings(1, children.spawn)
    async with workshop(tmp_path, transcodings=transcodings) as shop:
        await shop.record_all(long_units(Codec.H265))
        stuck = await transcodings.begin(shop.catalogue, STREAM, await _planned(shop))
        await eventually(children.started[0].killed.is_set, what="the end of the child")
        other = await transcodings.begin(shop.catalogue, STREAM, await _planned(shop))
        assert stuck is not None
        assert other is not None
        await stuck.close()
        await other.close()


async def test_where_nothing_can_be_decoded_the_player_is_told_where_to_go_on(tmp_path: Path) -> None:
    children = Children(blind=True)
    async with workshop(tmp_path, transcodings=Transcodings(1, children.spawn)) as shop:
        await shop.record_all(long_units(Codec.H265))
        answer = await media(shop, 0, 2, codec="h264")
    assert (answer.status_code, answer.headers["x-beffroi-next"]) == (204, at(2.36))
    assert children.started[0].killed.is_set()


async def test_another_codec_than_h264_is_bad_input(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        assert (await media(shop, 0, 4, codec="vp8")).status_code == 400


@pytest.mark.parametrize("codec", list(Codec))
def test_a_sample_becomes_the_unit_it_was_made_of(codec: Codec) -> None:
    pictures: Sequence[AccessUnit] = strange_units(codec)
    description = describe(pictures[0])
    with_sets = 0
    for unit in pictures:
        sample = b"".join(map(bytes, description.sample(unit.data)))
        again = description.unit(sample, key=unit.key)
        assert b"".join(map(bytes, description.sample(again))) == sample
        with_sets += unit.key and describe(replace(unit, data=again)) == description
    assert with_sets == sum(unit.key for unit in pictures)


@pytest.mark.slow  # a child has to start
async def test_a_real_child_does_it(tmp_path: Path) -> None:
    async with workshop(tmp_path, transcodings=Transcodings(1, lambda: ChildProcess.spawn(LIMITS))) as shop:
        await shop.record_all(long_units(Codec.H265, 48))
        answer = await media(shop, 0, 4, codec="h264")
        assert len(times(answer)) == 48


async def _planned(shop: Workshop) -> Answer:
    answer = await plan(shop.catalogue, STREAM, START_NS, START_NS + 4 * SECOND_NS, START_NS)
    assert isinstance(answer, Answer)
    assert not is_played_everywhere(answer)
    return answer
