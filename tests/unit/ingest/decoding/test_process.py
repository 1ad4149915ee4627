"""The real child: what it says of real pictures, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ingest.decoding.process import ChildDecoder
from ingest.simulator.encoder import Coding, Encoding
from shared.codecs.h264 import Nal, annex_b, nal_type, nal_units
from shared.errors import Unavailable
from shared.units import Codec
from tests.support.field_pictures import fields
from tests.support.parameter_pictures import GOP, refreshed, units_of
from tests.unit.ingest.camera_packets import costly

pytestmark = pytest.mark.slow

_CODINGS = {
    Codec.H264: Coding(),
    Codec.H265: Coding(encoding=Encoding.H265),
    Codec.MJPEG: Coding(encoding=Encoding.MJPEG),
    Codec.MPEG4: Coding(encoding=Encoding.MPEG4),
}


def key_picture(codec: Codec = Codec.H264) -> bytes:
    return next(packet.data for packet in costly(_CODINGS[codec]) if packet.key)


@pytest.fixture
async def decoder() -> AsyncIterator[ChildDecoder]:
    child = ChildDecoder()
    yield child
    await child.rest()


async def test_key_pictures_of_every_codec_decode(decoder: ChildDecoder) -> None:
    said = {codec: (await decoder.verdict(codec, [key_picture(codec)])).said for codec in Codec}
    assert said == dict.fromkeys(Codec, "")


async def test_a_picture_without_the_parameters_it_refers_to_does_not_decode(decoder: ChildDecoder) -> None:
    nals = [bytes(nal) for nal in nal_units(key_picture()) if nal_type(nal) not in (7, 8)]
    assert (await decoder.verdict(Codec.H264, [annex_b(nals)])).said != ""
    assert (await decoder.verdict(Codec.H264, [key_picture()])).said == ""


async def test_noise_is_told_and_survived(decoder: ChildDecoder) -> None:
    for codec in Codec:
        assert (await decoder.verdict(codec, [b"\0\0\0\1\x65" + b"\x55" * 500])).said != ""
    assert (await decoder.verdict(Codec.H264, [key_picture()])).cpu_ns > 0


async def test_two_fields_make_a_picture_and_one_does_not(decoder: ChildDecoder) -> None:
    first, second = fields(1)
    said = [(await decoder.verdict(Codec.H264, one)).said for one in ([first, second], [first])]
    assert said == ["", "the decoder gives no picture"]


def noisy(data: bytes) -> bytes:
    """The same unit with noise behind the heads of its slices."""
    nals = [bytes(nal) for nal in nal_units(data)]
    return annex_b(
        [
            nal[:8] + bytes(7 * byte % 255 + 1 for byte in nal[8:]) if nal_type(nal) == Nal.SLICE else nal
            for nal in nals
        ]
    )


async def test_a_stream_without_key_pictures_is_tried_from_a_recovery_point_on(decoder: ChildDecoder) -> None:
    sample = [unit.data for unit in units_of(refreshed()[2:])][:GOP]
    sound = await decoder.verdict(Codec.H264, sample)
    damaged = await decoder.verdict(Codec.H264, [noisy(data) for data in sample])
    assert (sound.said, damaged.said) == ("", "the picture is damaged")


async def test_a_child_that_hangs_is_ended_and_the_next_picture_has_another() -> None:
    hurried = ChildDecoder(within_s=0.001)
    with pytest.raises(Unavailable, match="not answered"):
        await hurried.verdict(Codec.H264, [key_picture()])
    assert hurried._process is None


async def test_a_child_that_was_killed_is_started_anew(decoder: ChildDecoder) -> None:
    await decoder.verdict(Codec.H264, [key_picture()])
    process = decoder._process
    assert process is not None
    process.kill()
    await asyncio.wait_for(process.wait(), 10)
    with pytest.raises(Unavailable):
        await decoder.verdict(Codec.H264, [key_picture()])
    assert (await decoder.verdict(Codec.H264, [key_picture()])).said == ""
