"""What edges send comes in once, whole, on time and of their own commune, or not at all."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared.errors import BadInput, Forbidden, NotFound
from shared.evidence.verify import verify
from shared.ids import StreamId
from shared.messages.edge import EdgeReport, FootageRange, SegmentOffer, UploadState, UploadStatus
from shared.spans import Span
from storage.edge.own_recordings import OwnRecordings
from storage.edge.source import SegmentFile
from storage.fetching.receiving import Receiving
from storage.index.holds import Hold
from storage.model.ranges import gaps, present
from storage.model.segment import object_key
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.edge.source_contract import fetched
from tests.unit.storage.packages import exported, order, pictures_in, videos_of
from tests.unit.storage.workshop import Workshop, policy, units, workshop

S = 1_000_000_000
DAY = Span(START_NS, START_NS + 6 * S)
COMMUNE = STREAM.commune


@dataclass(frozen=True)
class Pair:
    """A centre that knows the camera, and an edge that recorded six seconds of it."""

    centre: Workshop
    edge: Workshop
    files: list[SegmentFile]

    @property
    def receiving(self) -> Receiving:
        return self.centre.fetching.receiving

    async def send(self, file: SegmentFile, chunk: int = 1 << 20) -> UploadState:
        """All of a file, as an edge sends it."""
        data, state = file.path.read_bytes(), await self.receiving.offer(COMMUNE, offer_of(file))
        while state.status is UploadStatus.WANTED:
            part = data[state.offset : state.offset + chunk]
            state = await self.receiving.take(COMMUNE, file.sha256, state.offset, part)
        return state

    def parts(self) -> list[str]:
        return [path.name for path in (self.centre.folder / "spool").glob("arriving/*")]


def offer_of(file: SegmentFile) -> SegmentOffer:
    return SegmentOffer(
        file.key, str(file.stream), file.run, file.start_ns, file.end_ns, file.size, file.sha256
    )


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        shops = []
        for name in ("centre", "edge"):
            (tmp_path / name).mkdir()
            shops.append(await stack.enter_async_context(workshop(tmp_path / name, nonce=name)))
        centre, edge = shops
        await centre.policies.replace([policy()])
        await edge.record_all(units(150))
        own = OwnRecordings(edge.archive.shown, edge.object_file, edge.clock)
        yield Pair(centre, edge, await fetched(own, STREAM, DAY))


async def test_a_segment_is_entered_as_any_other_with_the_hash_it_had_at_the_edge(pair: Pair) -> None:
    for file in pair.files:
        assert (await pair.send(file)).status is UploadStatus.STORED
    await pair.centre.finish()
    here = {one.key: one for one in await pair.centre.rows.everything()}
    there = {one.key: one for one in await pair.edge.rows.everything()}
    assert here == there
    assert await pair.centre.ledger.seal() == len(pair.files)
    assert pair.centre.objects() == sorted(here)
    assert pair.parts() == []


async def test_an_upload_goes_on_where_it_stopped_and_comes_once(pair: Pair) -> None:
    file = pair.files[0]
    data = file.path.read_bytes()
    await pair.receiving.offer(COMMUNE, offer_of(file))
    await pair.receiving.take(COMMUNE, file.sha256, 0, data[:1000])
    # Said again, as after an answer that got lost: nothing is written twice.
    again = await pair.receiving.take(COMMUNE, file.sha256, 0, data[:1000])
    assert again == UploadState(UploadStatus.WANTED, 1000)
    # As after a restart of the centre, which remembers files alone.
    pair.receiving._uploads.clear()
    with pytest.raises(NotFound):
        await pair.receiving.take(COMMUNE, file.sha256, 1000, data[1000:])
    assert await pair.receiving.offer(COMMUNE, offer_of(file)) == UploadState(UploadStatus.WANTED, 1000)
    assert (await pair.send(file)).status is UploadStatus.STORED
    assert (await pair.receiving.offer(COMMUNE, offer_of(file))).status is UploadStatus.STORED
    await pair.centre.finish()
    assert (await pair.receiving.offer(COMMUNE, offer_of(file))).status is UploadStatus.STORED
    assert len(await pair.centre.rows.everything()) == 1


async def test_what_is_not_what_was_offered_is_refused_and_nothing_of_it_stays(pair: Pair) -> None:
    file = pair.files[0]
    other = pair.edge.folder / "other"
    data = bytearray(file.path.read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    assert (await pair.send(replace(file, path=other))).status is UploadStatus.REFUSED
    assert pair.parts() == []
    assert (await pair.send(file)).status is UploadStatus.STORED


async def test_a_file_that_says_inside_that_it_is_another_segment_is_refused(pair: Pair) -> None:
    late = pair.files[0]
    key = object_key(STREAM, late.start_ns + S, late.run, "lied")
    assert (
        await pair.send(replace(late, key=key, start_ns=late.start_ns + S, end_ns=late.end_ns + S))
    ).status is UploadStatus.REFUSED
    torn = pair.edge.folder / "torn"
    torn.write_bytes(b"no segment at all")
    digest = hashlib.sha256(b"no segment at all").hexdigest()
    assert (await pair.send(replace(late, path=torn, size=17, sha256=digest))).status is UploadStatus.REFUSED
    assert pair.parts() == []


async def test_a_segment_past_its_deadline_is_refused_and_told_but_not_one_that_a_hold_keeps(
    pair: Pair,
) -> None:
    await pair.centre.clock.advance(31 * 86_400)
    refused = await pair.receiving.offer(COMMUNE, offer_of(pair.files[0]))
    assert (refused.status, "deadline" in refused.reason) == (UploadStatus.REFUSED, True)
    await pair.centre.holds.put(Hold("h-1", str(STREAM), DAY.start_ns, DAY.end_ns, "PV 1"))
    assert (await pair.send(pair.files[0])).status is UploadStatus.STORED


async def test_a_deadline_that_comes_during_an_upload_counts(pair: Pair) -> None:
    file = pair.files[0]
    data = file.path.read_bytes()
    await pair.receiving.offer(COMMUNE, offer_of(file))
    await pair.receiving.take(COMMUNE, file.sha256, 0, data[:1000])
    await pair.centre.clock.advance(31 * 86_400)
    assert await pair.centre.left_overs.overdue_ns(pair.centre.clock.utc_ns()) > 0
    state = await pair.receiving.take(COMMUNE, file.sha256, 1000, data[1000:])
    assert state.status is UploadStatus.REFUSED
    assert pair.parts() == []


async def test_what_is_left_half_sent_dies_at_its_deadline(pair: Pair) -> None:
    file = pair.files[0]
    await pair.receiving.offer(COMMUNE, offer_of(file))
    await pair.receiving.take(COMMUNE, file.sha256, 0, file.path.read_bytes()[:1000])
    await pair.centre.left_overs.sweep_once()
    assert len(pair.parts()) == 1
    await pair.centre.clock.advance(31 * 86_400)
    await pair.centre.left_overs.sweep_once()
    assert pair.parts() == []


async def test_what_nobody_goes_on_with_is_removed(pair: Pair) -> None:
    file = pair.files[0]
    await pair.receiving.offer(COMMUNE, offer_of(file))
    await pair.receiving.take(COMMUNE, file.sha256, 0, file.path.read_bytes()[:1000])
    (part,) = (pair.centre.folder / "spool").glob("arriving/*")
    for idle_s, left in ((3600, 1), (7 * 3600, 0)):
        then_ns = pair.centre.clock.utc_ns() - idle_s * S
        os.utime(part, ns=(then_ns, then_ns))
        await pair.receiving.sweep_once()
        assert len(pair.parts()) == left


async def test_no_stream_of_another_commune_and_no_key_of_another_place_is_taken(pair: Pair) -> None:
    right = offer_of(pair.files[0])
    other = StreamId("59512", "cam-test")
    key = object_key(other, right.start_ns, right.run, "abc")
    with pytest.raises(Forbidden):
        await pair.receiving.offer(COMMUNE, replace(right, stream=str(other), key=key))
    for wrong in (key, "../../etc/passwd", right.key.replace(".mp4", "/../x.mp4"), f"{right.key}\n"):
        with pytest.raises(BadInput):
            await pair.receiving.offer(COMMUNE, replace(right, key=wrong))
    with pytest.raises(Forbidden):
        await pair.centre.fetching.edges.hear(
            COMMUNE, EdgeReport((FootageRange(str(other), right.start_ns, right.end_ns),))
        )
    unknown = StreamId(COMMUNE, "cam-unknown")
    key = object_key(unknown, right.start_ns, right.run, "abc")
    state = await pair.receiving.offer(COMMUNE, replace(right, stream=str(unknown), key=key))
    assert state.status is UploadStatus.REFUSED


async def test_what_both_recorded_is_shown_and_exported_once(pair: Pair, tmp_path: Path) -> None:
    """The centre recorded the first four seconds itself; the edge's segments overlap them."""
    await pair.centre.record_all(units(90))
    for file in pair.files:
        await pair.send(file)
    await pair.centre.finish()
    footage = await pair.centre.catalogue.between(STREAM, DAY.start_ns, DAY.end_ns)
    assert gaps(present(footage, DAY), DAY) == []
    package = await exported(pair.centre, order(0, 6))
    assert verify(package, pair.centre.evidence_pem).sound
    (film,) = videos_of(package)
    assert len(pictures_in(film)) == 150


async def test_a_segment_of_the_future_is_not_taken_before_its_time(pair: Pair) -> None:
    """It would dispute the centre's clock, and keep everything from being destroyed."""
    right = offer_of(pair.files[0])
    start_ns = pair.centre.clock.utc_ns() + 400 * S
    key = object_key(STREAM, start_ns, right.run, "ahead")
    ahead = replace(right, key=key, start_ns=start_ns, end_ns=start_ns + 2 * S)
    assert (await pair.receiving.offer(COMMUNE, ahead)).status is UploadStatus.LATER
    await pair.centre.clock.advance(400)
    assert (await pair.receiving.offer(COMMUNE, ahead)).status is UploadStatus.WANTED


async def test_uploads_are_bounded_for_each_commune_and_the_oldest_gives_way(pair: Pair) -> None:
    right = offer_of(pair.files[0])
    for number in range(6):
        key = object_key(STREAM, right.start_ns, right.run, f"n{number}")
        await pair.receiving.offer(COMMUNE, replace(right, key=key, sha256=f"{number:064x}"))
    assert [sha256[-1] for _, sha256 in pair.receiving._uploads] == ["2", "3", "4", "5"]
