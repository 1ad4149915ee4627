"""Cut into packets and put together again: every codec."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.depacketise_h265 import H265Depacketiser
from ingest.rtsp.depacketise_jpeg import JpegDepacketiser
from ingest.rtsp.depacketise_mpeg4 import Mpeg4Depacketiser
from ingest.simulator.rtp import h264_payloads, h265_payloads, jpeg_payloads, mpeg4_payloads
from shared.codecs.h264 import annex_b, nal_starts

_BODY = st.integers(1, 4000).map(lambda size: b"\x9a" + bytes(n % 251 + 1 for n in range(size)))
_H264 = st.tuples(st.sampled_from([0x41, 0x65, 0x67, 0x68, 0x06]), _BODY).map(
    lambda parts: bytes((parts[0],)) + parts[1]
)
_H265 = st.tuples(st.sampled_from([1, 19, 32, 33, 34, 39]), _BODY).map(
    lambda parts: bytes((parts[0] << 1, 1)) + parts[1]
)


def put(depacketiser: Depacketiser, payloads: list[bytes]) -> None:
    for payload in payloads:
        # Not at the beginning of the buffer: offsets must be the payload's.
        depacketiser.add(memoryview(b"##" + payload + b"##"), 2, 2 + len(payload))


@settings(max_examples=40)
@given(st.lists(_H264, min_size=1, max_size=5))
def test_h264_comes_out_as_it_went_in(nals: list[bytes]) -> None:
    depacketiser = H264Depacketiser()
    put(depacketiser, h264_payloads(annex_b(nals)))
    kinds = {nal[0] & 31 for nal in nals}
    assert (depacketiser.has_picture, depacketiser.key) == (bool(kinds & {1, 5}), 5 in kinds)
    assert not depacketiser.damaged
    assert depacketiser.nals == list(nal_starts(annex_b(nals)))
    assert depacketiser.take() == annex_b(nals)
    assert depacketiser.unit == b""
    assert depacketiser.nals == []


@settings(max_examples=40)
@given(st.lists(_H265, min_size=1, max_size=5))
def test_h265_comes_out_as_it_went_in(nals: list[bytes]) -> None:
    depacketiser = H265Depacketiser()
    put(depacketiser, h265_payloads(annex_b(nals)))
    kinds = {nal[0] >> 1 for nal in nals}
    assert (depacketiser.has_picture, depacketiser.key) == (bool(kinds & {1, 19}), 19 in kinds)
    assert not depacketiser.damaged
    assert depacketiser.nals == list(nal_starts(annex_b(nals)))
    assert depacketiser.take() == annex_b(nals)


@settings(max_examples=150)
@given(
    st.sampled_from([H264Depacketiser, H265Depacketiser, JpegDepacketiser, Mpeg4Depacketiser]),
    st.lists(st.binary(max_size=40), max_size=8),
)
def test_noise_raises_nothing(make: type[Depacketiser], noise: list[bytes]) -> None:
    depacketiser = make()
    put(depacketiser, noise)
    if depacketiser.has_picture:
        depacketiser.take()


_NALS = [b"\x67sps", b"\x68pps", b"\x65\x88slice"]


def _aggregate(head: bytes, nals: list[bytes], between: bytes = b"") -> bytes:
    return head + b"".join(len(nal).to_bytes(2, "big") + between + nal for nal in nals)


@pytest.mark.parametrize(
    "payload",
    [
        _aggregate(b"\x78", _NALS),
        _aggregate(b"\x79\0\1", _NALS),
        _aggregate(b"\x7a\0\1", _NALS, b"\0\0\0"),
        _aggregate(b"\x7b\0\1", _NALS, b"\0\0\0\0"),
        annex_b(_NALS),
    ],
)
def test_units_sent_together_are_taken_apart(payload: bytes) -> None:
    depacketiser = H264Depacketiser()
    put(depacketiser, [payload])
    assert depacketiser.key
    assert depacketiser.take() == annex_b(_NALS)


def test_h265_units_sent_together_are_taken_apart() -> None:
    nals = [b"\x40\1vps", b"\x42\1sps", b"\x26\1\xafslice"]
    depacketiser = H265Depacketiser()
    put(depacketiser, [_aggregate(b"\x60\1", nals)])
    assert depacketiser.key
    assert depacketiser.take() == annex_b(nals)


def test_fragments_with_an_order_number_are_put_together() -> None:
    depacketiser = H264Depacketiser()
    put(depacketiser, [b"\x7d\x85\0\1\x88sl", b"\x7c\x45ice"])
    assert depacketiser.take() == annex_b([b"\x65\x88slice"])


@pytest.mark.parametrize(
    "payloads",
    [[b"\x7c\x45rest"], [b"\x78\0\x09short"], [b"\x7c\x85"], [b"\x65\x88whole", b"\x7c\x05middle"]],
)
def test_a_hole_marks_the_picture(payloads: list[bytes]) -> None:
    depacketiser = H264Depacketiser()
    put(depacketiser, payloads)
    assert depacketiser.damaged


def test_empty_units_leave_no_trace() -> None:
    depacketiser = H264Depacketiser()
    put(depacketiser, [b"", b"\x65", b"\x65\x88x", b""])
    assert depacketiser.take() == annex_b([b"\x65\x88x"])
    assert depacketiser.malformed == 2


def _image() -> np.ndarray:
    across, down = np.meshgrid(np.arange(320), np.arange(240))
    return np.stack([across % 256, down, (across + down) % 256], axis=2).astype(np.uint8)


def _decoded(jpeg: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


@pytest.mark.parametrize("quality", [20, 60, 95])
def test_jpeg_decodes_to_the_same_picture(quality: int) -> None:
    _, encoded = cv2.imencode(".jpg", _image(), [cv2.IMWRITE_JPEG_QUALITY, quality])
    jpeg = encoded.tobytes()
    depacketiser = JpegDepacketiser()
    put(depacketiser, jpeg_payloads(jpeg, 320, 240, quality))
    assert depacketiser.key
    taken, expected = _decoded(depacketiser.take()), _decoded(jpeg)
    assert np.array_equal(taken, expected)


def test_a_jpeg_with_a_hole_is_marked() -> None:
    _, encoded = cv2.imencode(".jpg", _image())
    payloads = jpeg_payloads(encoded.tobytes(), 320, 240, 95)
    depacketiser = JpegDepacketiser()
    put(depacketiser, [payloads[0], *payloads[2:]])
    assert depacketiser.damaged


def test_tables_in_the_stream_are_kept_for_the_next_image() -> None:
    depacketiser = JpegDepacketiser()
    tables = bytes(range(1, 129))
    put(depacketiser, [b"\0\0\0\0\1\xc8\x28\x1e" + b"\0\0\0\x80" + tables + b"scan"])
    first = depacketiser.take()
    assert tables[:64] in first
    assert tables[64:] in first
    put(depacketiser, [b"\0\0\0\0\1\xc8\x28\x1e" + b"\0\0\0\0" + b"scan"])
    assert depacketiser.take() == first


def test_restart_intervals_are_told_to_the_decoder() -> None:
    depacketiser = JpegDepacketiser()
    put(depacketiser, [b"\0\0\0\0\x41\x32\x28\x1e" + b"\0\x05\xff\xff" + b"scan"])
    image = depacketiser.take()
    assert b"\xff\xdd\0\4\0\5" in image
    assert image.endswith(b"scan\xff\xd9")


@pytest.mark.parametrize(("coding", "key"), [(b"\x10", True), (b"\x50", False)])
def test_mpeg4_comes_out_as_it_went_in(coding: bytes, key: bool) -> None:
    unit = b"\0\0\1\xb0\1\0\0\1\xb6" + coding + b"v" * 5000
    depacketiser = Mpeg4Depacketiser()
    put(depacketiser, mpeg4_payloads(unit))
    assert (depacketiser.has_picture, depacketiser.key) == (True, key)
    assert depacketiser.take() == unit


def test_the_rest_of_an_mpeg4_picture_alone_is_damaged() -> None:
    depacketiser = Mpeg4Depacketiser()
    put(depacketiser, [b"rest"])
    assert depacketiser.damaged
