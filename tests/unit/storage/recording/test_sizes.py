"""A camera whose pictures change their size in mid-run: what is played and handed over stays readable."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from ingest.simulator.encoder import Coding, Encoding
from shared.codecs.mpeg4 import configuration
from shared.evidence.verify import verify
from shared.tickets import Action
from shared.units import AccessUnit
from storage.model.instants import text_from_ns
from tests.support.pictures import START_NS, STREAM, units_as
from tests.unit.storage.packages import exported, order, videos_of
from tests.unit.storage.segments import buffer
from tests.unit.storage.workshop import Workshop, workshop

SECOND_NS = 1_000_000_000
COUNT = 50
SMALL = Coding(320, 240, Fraction(25), 0.4, 300)
CODINGS = [
    SMALL,
    replace(SMALL, b_frames=2),
    replace(SMALL, encoding=Encoding.H265),
    replace(SMALL, encoding=Encoding.MJPEG),
    replace(SMALL, encoding=Encoding.MPEG4),
]
every_coding = pytest.mark.parametrize("coding", CODINGS, ids=lambda one: f"{one.encoding}-{one.b_frames}")
Sizes = Counter[tuple[int, int]]


def resized(coding: Coding) -> list[AccessUnit]:
    """One run of two seconds of each size."""
    first = units_as(coding, COUNT)
    second = units_as(replace(coding, width=640, height=480), COUNT)
    later = [
        replace(unit, seq=unit.seq + COUNT, pts90=unit.pts90 + 180_000, utc_ns=unit.utc_ns + 2 * SECOND_NS)
        for unit in second
    ]
    return [*first, *later]


def sizes_in(film: bytes) -> Sizes:
    """How many pictures of each size FFmpeg decodes. It is told to stop at the first error."""
    with av.open(buffer(film), "r", format="mp4", options={"err_detect": "explode"}) as container:
        return Counter((frame.width, frame.height) for frame in container.decode(video=0))


async def played(shop: Workshop) -> list[bytes]:
    """All a player gets that asks on from where each answer ends."""
    films: list[bytes] = []
    start = text_from_ns(START_NS)
    while True:
        answer = await shop.get(
            f"/recordings/{STREAM}/media",
            shop.token(Action.PLAYBACK, str(STREAM)),
            **{"from": start, "to": text_from_ns(START_NS + 60 * SECOND_NS)},
        )
        if answer.status_code == 204:
            return films
        films.append(answer.content)
        start = answer.headers["x-beffroi-to"]


@every_coding
async def test_each_size_plays_as_a_film_of_its_own_and_no_picture_is_missing(
    tmp_path: Path, coding: Coding
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(resized(coding))
        found = [sizes_in(film) for film in await played(shop)]
    assert found == [{(320, 240): COUNT}, {(640, 480): COUNT}]


@every_coding
async def test_each_size_is_handed_over_as_a_film_of_its_own(tmp_path: Path, coding: Coding) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(resized(coding))
        package = await exported(shop, order(0, 10))
        assert verify(package, shop.evidence_pem).sound
        found = [sizes_in(film) for film in videos_of(package)]
    assert found == [{(320, 240): COUNT}, {(640, 480): COUNT}]


async def test_a_file_of_mpeg_4_tells_the_headers_that_a_decoder_needs(tmp_path: Path) -> None:
    units = units_as(replace(SMALL, encoding=Encoding.MPEG4), COUNT)
    headers = configuration(units[0].data)
    async with workshop(tmp_path) as shop:
        await shop.record_all(list(units))
        [film] = await played(shop)
    with av.open(buffer(film), "r", format="mp4") as container:
        coder = container.streams.video[0].codec_context
        assert coder.extradata == headers
        assert (coder.width, coder.height) == (320, 240)
        shown = 0
        for packet in container.demux(video=0):
            # As of a camera that tells its headers in the description alone: the file's have to do.
            bare = av.Packet(bytes(packet).replace(headers, b""))
            shown += len(coder.decode(bare)) if packet.size else 0
        assert shown + len(coder.decode(None)) == COUNT
