"""Thumbnails over the real routes: pictures of real footage, for whoever has a right, while it lives."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import httpx
import pytest

from shared.tickets import Action
from shared.transcoder.stills import Stills
from shared.transcoding.framing import Message, Settled
from shared.transcoding.limits import Limits
from shared.units import AccessUnit, Codec
from storage.playback import thumbnails
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.support.strange_pictures import strange_units
from tests.unit.storage.playing import SECOND_NS, at
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import Workshop, policy, units, workshop

START_S = START_NS // SECOND_NS


@dataclass
class Child:
    """A child without a process; a `silent` one answers nothing, a `dying` one ends."""

    silent: bool = False
    dying: bool = False
    pid: int = 0
    taken: int = 0
    work: Stills = field(default_factory=lambda: Stills(Limits(longest_side=320, stills=True)))
    answers: "asyncio.Queue[Message | None]" = field(default_factory=asyncio.Queue)
    killed: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, message: Message) -> None:
        assert isinstance(message, AccessUnit)
        self.taken += 1
        if self.dying:
            self.answers.put_nowait(None)
        elif not self.silent:
            for made in self.work.take(message, behind=False):
                self.answers.put_nowait(made)
            self.answers.put_nowait(Settled())

    async def receive(self) -> Message | None:
        return await self.answers.get()

    def kill(self) -> None:
        self.killed.set()

    async def ended(self) -> str:
        await self.killed.wait()
        return "killed"


def one(child: Child) -> Callable[[], Awaitable[Child]]:
    async def spawn() -> Child:
        return child

    return spawn


async def thumbnail(shop: Workshop, seconds: float, token: str | None = None) -> httpx.Response:
    token = token or shop.token(Action.PLAYBACK, str(STREAM))
    return await shop.get(f"/recordings/{STREAM}/thumbnail", token, at=at(seconds))


def size_of(answer: httpx.Response) -> tuple[int, int]:
    with av.open(buffer(answer.content), "r", format="mjpeg") as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


async def test_a_thumbnail_is_the_key_picture_shown_then_made_small(tmp_path: Path) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(250, gop=50, width=640, height=480))
        answer = await thumbnail(shop, 5.9)
    assert (answer.headers["x-beffroi-from"], answer.headers["content-type"]) == (at(4), "image/jpeg")
    assert (size_of(answer), answer.headers["cache-control"]) == ((320, 240), "no-store")


@pytest.mark.parametrize("codec", [Codec.H265, Codec.MJPEG, Codec.MPEG4])
async def test_every_codec_has_thumbnails(tmp_path: Path, codec: Codec) -> None:
    pictures = [replace(unit, utc_ns=START_NS + unit.seq * 40_000_000) for unit in strange_units(codec)]
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(pictures)
        answer = await thumbnail(shop, 0.5)
    assert answer.status_code == 200
    assert size_of(answer)[0] <= 320


async def test_a_thumbnail_is_made_once(tmp_path: Path) -> None:
    child = Child()
    async with workshop(tmp_path, stills=one(child)) as shop:
        await shop.record_all(units(100, gop=50))
        answers = await asyncio.gather(*(thumbnail(shop, seconds) for seconds in (0.1, 0.5, 1.9)))
        kept = shop.thumbnails.kept_bytes
    assert (child.taken, len({answer.content for answer in answers})) == (1, 1)
    assert kept == len(answers[0].content)


async def test_a_gap_has_no_thumbnail(tmp_path: Path) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(50))
        assert (await thumbnail(shop, 60)).status_code == 204


async def test_a_thumbnail_past_its_deadline_is_shown_to_nobody_though_nothing_is_destroyed_yet(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(50), days=1)
        assert (await thumbnail(shop, 0)).status_code == 200
        await shop.clock.advance(86_500)
        assert (await thumbnail(shop, 0)).status_code == 204


async def test_thumbnails_are_destroyed_with_their_segment(tmp_path: Path) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(250), days=1)
        for seconds in (0, 5):
            await thumbnail(shop, seconds)
        before = shop.thumbnails.kept_bytes
        await shop.retention.run_once()
        assert shop.thumbnails.kept_bytes == before > 0
        await shop.clock.advance(86_500)
        await shop.retention.run_once()
        assert (shop.objects(), shop.thumbnails.kept_bytes) == ([], 0)


async def test_thumbnails_of_what_is_being_written_are_kept(tmp_path: Path) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        shop.recorder.apply([policy()])
        await shop.policies.replace([policy()])
        await shop.record(units(40))
        assert (await thumbnail(shop, 0.2)).status_code == 200
        await shop.retention.run_once()
        assert shop.thumbnails.kept_bytes > 0


async def test_no_more_is_kept_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(250, gop=25))
        first = len((await thumbnail(shop, 0)).content)
        monkeypatch.setattr(shop.thumbnails, "_most_bytes", 2 * first + first // 2)
        for seconds in range(10):
            await thumbnail(shop, seconds)
        assert 0 < shop.thumbnails.kept_bytes <= 2 * first + first // 2


@pytest.mark.parametrize(
    ("action", "resource"), [(Action.LIVE, str(STREAM)), (Action.PLAYBACK, "59350/cam-other/main")]
)
async def test_another_ticket_opens_no_thumbnail(tmp_path: Path, action: Action, resource: str) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(50))
        assert (await thumbnail(shop, 0, shop.token(action, resource))).status_code == 403


async def test_a_ticket_bounds_the_instants_of_thumbnails(tmp_path: Path) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(250))
        token = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S, end_s=START_S + 3)
        statuses = [(await thumbnail(shop, seconds, token)).status_code for seconds in (-1, 2, 3)]
    assert statuses == [403, 200, 403]


async def test_a_kept_thumbnail_opens_to_nobody_whose_right_has_ended(tmp_path: Path) -> None:
    async with workshop(tmp_path, stills=one(Child())) as shop:
        await shop.record_all(units(50))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        assert (await thumbnail(shop, 0, token)).status_code == 200
        await shop.clock.advance(1)
        shop.lessor.revoke_camera(STREAM.camera_path)
        shop.confirm()
        assert (await thumbnail(shop, 0, token)).status_code == 403


async def test_a_child_that_ends_is_told_and_the_next_one_works(tmp_path: Path) -> None:
    children = [Child(dying=True), Child()]

    async def spawn() -> Child:
        return children.pop(0)

    async with workshop(tmp_path, stills=spawn) as shop:
        await shop.record_all(units(50))
        statuses = [(await thumbnail(shop, 0)).status_code for _ in range(2)]
    assert statuses == [503, 200]


async def test_whoever_leaves_in_the_middle_leaves_no_answer_to_the_next(tmp_path: Path) -> None:
    children = [Child(silent=True), Child()]
    first = children[0]

    async def spawn() -> Child:
        return children.pop(0)

    async with workshop(tmp_path, stills=spawn) as shop:
        await shop.record_all(units(50))
        leaving = asyncio.create_task(shop.thumbnails.at(STREAM, START_NS))
        await eventually(lambda: first.taken == 1, what="a picture under way")
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert first.killed.is_set()
        assert (await thumbnail(shop, 0)).status_code == 200


async def test_too_many_at_a_time_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "_MOST_WAITING", 1)
    child = Child(silent=True)
    async with workshop(tmp_path, stills=one(child)) as shop:
        await shop.record_all(units(50))
        waiting = asyncio.create_task(shop.thumbnails.at(STREAM, START_NS))
        await eventually(lambda: child.taken == 1, what="a picture under way")
        refused = await thumbnail(shop, 0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert (refused.status_code, refused.json()["why"]["code"]) == (503, "thumbnails-full")


def test_the_process_of_stills_is_told_so() -> None:
    limits = Limits(longest_side=320, stills=True)
    assert Limits.parse(limits.arguments()) == limits
