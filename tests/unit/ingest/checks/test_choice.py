"""Only decodable H.265, JPEG and MPEG-4 gets through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checks.choice import checks_for
from ingest.checks.common import Checks, NotDecodable
from ingest.ports import StreamInfo
from ingest.simulator.encoder import Coding, Encoding
from ingest.simulator.media import Media
from tests.unit.ingest.camera_packets import GOP, costly

NAMES = {Encoding.H265: "hevc", Encoding.MJPEG: "mjpeg", Encoding.MPEG4: "mpeg4"}
PREDICTED = [Encoding.H265, Encoding.MPEG4]


def pictures(encoding: Encoding) -> list[bytes]:
    """Two groups of GOP pictures."""
    return [packet.data for packet in costly(Coding(encoding=encoding))]


def checks(encoding: Encoding, sets: bytes = b"") -> Checks:
    return checks_for(StreamInfo(NAMES[encoding], parameter_sets=sets))


def bare(encoding: Encoding, data: bytes) -> bytes:
    return Media(Coding(encoding=encoding), b"").without_sets(data)


def sets_of(encoding: Encoding) -> bytes:
    first = pictures(encoding)[0]
    return first[: -len(bare(encoding, first))]


@pytest.mark.parametrize("encoding", NAMES)
def test_a_good_stream_passes_unchanged(encoding: Encoding) -> None:
    tested = checks(encoding)
    assert [tested.check(data).data for data in pictures(encoding)] == pictures(encoding)
    assert tested.garbage == 0


@pytest.mark.parametrize("encoding", PREDICTED)
def test_key_units_are_those_where_decoding_can_start(encoding: Encoding) -> None:
    tested = checks(encoding)
    keys = [tested.check(data).key for data in pictures(encoding)]
    assert keys == [number % GOP == 0 for number in range(2 * GOP)]


def test_every_jpeg_image_is_a_key_unit() -> None:
    assert all(checks(Encoding.MJPEG).check(data).key for data in pictures(Encoding.MJPEG))


@pytest.mark.parametrize("encoding", NAMES)
def test_size_and_codec_are_read_from_the_stream(encoding: Encoding) -> None:
    tested = checks(encoding)
    assert tested.description is None
    tested.check(pictures(encoding)[0])
    assert tested.description is not None
    assert (tested.description.width, tested.description.height) == (320, 240)
    assert tested.description.codec.startswith(("hvc1.1.", "mp4v.6C", "mp4v.20."))
    assert "H.264" in tested.advice


@pytest.mark.parametrize("encoding", PREDICTED)
def test_sets_told_outside_the_stream_are_put_into_key_units(encoding: Encoding) -> None:
    tested = checks(encoding, sets_of(encoding))
    units = [tested.check(bare(encoding, data)) for data in pictures(encoding)]
    for unit in units:
        assert (unit.data != bare(encoding, unit.data)) is unit.key


@pytest.mark.parametrize("encoding", PREDICTED)
def test_sets_given_once_are_repeated_in_later_key_units(encoding: Encoding) -> None:
    tested = checks(encoding)
    first, *rest = pictures(encoding)
    units = [tested.check(data) for data in (first, *(bare(encoding, data) for data in rest))]
    assert units[GOP].data != bare(encoding, units[GOP].data)


@pytest.mark.parametrize("encoding", PREDICTED)
def test_nothing_passes_before_a_key_unit(encoding: Encoding) -> None:
    tested = checks(encoding, sets_of(encoding))
    with pytest.raises(NotDecodable, match="key picture"):
        tested.check(pictures(encoding)[1])


@pytest.mark.parametrize("encoding", PREDICTED)
def test_nothing_passes_before_the_parameter_sets(encoding: Encoding) -> None:
    with pytest.raises(NotDecodable, match="yet"):
        checks(encoding).check(bare(encoding, pictures(encoding)[0]))


@pytest.mark.parametrize("encoding", PREDICTED)
def test_after_a_loss_the_next_unit_is_a_key_unit(encoding: Encoding) -> None:
    tested = checks(encoding)
    tested.check(pictures(encoding)[0])
    tested.lose_sync()
    with pytest.raises(NotDecodable):
        tested.check(pictures(encoding)[1])
    assert tested.check(pictures(encoding)[GOP]).key


@pytest.mark.parametrize("encoding", NAMES)
def test_a_unit_without_a_picture_is_dropped(encoding: Encoding) -> None:
    with pytest.raises(NotDecodable):
        checks(encoding).check(sets_of(encoding) if encoding in PREDICTED else pictures(encoding)[0][:200])


@pytest.mark.parametrize("encoding", [Encoding.MJPEG, Encoding.MPEG4])
def test_what_is_no_picture_is_counted_as_garbage(encoding: Encoding) -> None:
    tested = checks(encoding)
    with pytest.raises(NotDecodable):
        tested.check(b"nothing of the kind")
    assert tested.garbage == 1


@settings(deadline=None)
@given(st.sampled_from(list(NAMES)), st.data())
def test_a_damaged_stream_raises_nothing_unexpected(encoding: Encoding, data: st.DataObject) -> None:
    tested = checks(encoding)
    for picture in pictures(encoding)[:4]:
        broken = bytearray(picture)
        for _ in range(data.draw(st.integers(0, 3))):
            broken[data.draw(st.integers(0, min(90, len(broken) - 1)))] = data.draw(st.integers(0, 255))
        try:
            tested.check(bytes(broken))
        except NotDecodable:
            continue
