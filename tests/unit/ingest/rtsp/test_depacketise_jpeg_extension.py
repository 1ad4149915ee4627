"""Motion JPEG whose headers are in RTP's header extension, as ONVIF has it."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checks.common import NotDecodable
from ingest.checks.jpeg import NO_SIZE, JpegChecks
from ingest.rtsp.depacketise_jpeg import JpegDepacketiser
from ingest.simulator.rtp import jpeg_payloads
from tests.unit.ingest.rtsp.packets import Rig, rtp

QUALITY = 60
SOF, SOS, DQT, DHT, DRI = 0xC0, 0xDA, 0xDB, 0xC4, 0xDD


def encoded(width: int, height: int, *more: int, grey: bool = False) -> bytes:
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    planes = [across % 256, down % 256, (across + down) % 256]
    image = (planes[2] if grey else np.stack(planes, axis=2)).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY, *more])
    return jpeg.tobytes()


def decoded(jpeg: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return image


def segments(jpeg: bytes, *kinds: int) -> bytes:
    """The segments of these kinds in an image's head."""
    found, at = b"", 2
    while True:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] in kinds:
            found += jpeg[at:end]
        if jpeg[at + 1] == SOS:
            return found
        at = end


def extension(told: bytes, kind: int = 0xFFD8) -> bytes:
    told += b"\xff" * (-len(told) % 4)
    return struct.pack("!HH", kind, len(told) // 4) + told


def packets(jpeg: bytes, extensions: list[bytes], time32: int = 0, *, alone: bool = False) -> list[bytes]:
    """RTP of an image whose packets say size 0; the extensions go with its first packets, or with packets
    before those."""
    payloads = [payload[:6] + b"\0\0" + payload[8:] for payload in jpeg_payloads(jpeg, 0, 0, QUALITY)]
    if alone:
        payloads = [b""] * len(extensions) + payloads
    made = []
    for place, payload in enumerate(payloads):
        told = extensions[place] if place < len(extensions) else b""
        last = place == len(payloads) - 1
        flags = 0x90 if told else 0x80
        made.append(rtp(told + payload, place + time32, time32, marker=last, flags=flags))
    return made


def images(*frames: list[bytes]) -> list[bytes]:
    """What a receiver makes of frames, numbered one behind the other."""
    rig = Rig(JpegDepacketiser())
    sequence = 0
    for frame in frames:
        for packet in frame:
            rig.take(packet[:2] + sequence.to_bytes(2, "big") + packet[4:])
            sequence += 1
    assert rig.counts.damaged_pictures == 0
    return [picture.data for picture in rig.pictures]


def test_an_image_beyond_2040_pixels_is_whole() -> None:
    jpeg = encoded(2592, 1944)
    (image,) = images(packets(jpeg, [extension(segments(jpeg, SOF))]))
    assert np.array_equal(decoded(image), decoded(jpeg))
    checks = JpegChecks()
    assert checks.check(image).key
    assert checks.description is not None
    assert (checks.description.width, checks.description.height) == (2592, 1944)


@pytest.mark.parametrize("alone", [False, True])
def test_tables_of_the_extension_go_before_the_usual_ones(alone: bool) -> None:
    jpeg = encoded(2048, 64, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_LUMA_QUALITY, 30)
    head = segments(jpeg, DQT, SOF, DHT, SOS)
    assert segments(jpeg, DHT) != segments(encoded(2048, 64), DHT)
    (image,) = images(packets(jpeg, [extension(head)], alone=alone))
    assert np.array_equal(decoded(image), decoded(jpeg))


def test_headers_may_come_in_several_packets_and_restarts_are_told() -> None:
    jpeg = encoded(2048, 64, cv2.IMWRITE_JPEG_RST_INTERVAL, 4)
    parts = [extension(segments(jpeg, SOF)), extension(segments(jpeg, DRI), 0xFFFF)]
    (image,) = images(packets(jpeg, parts, alone=True))
    assert np.array_equal(decoded(image), decoded(jpeg))


def test_grey_images_have_one_component() -> None:
    jpeg = encoded(2048, 64, grey=True)
    (image,) = images(packets(jpeg, [extension(segments(jpeg, SOF, DHT, DQT))]))
    assert np.array_equal(decoded(image), decoded(jpeg))


def test_what_an_extended_frame_leaves_out_is_that_of_the_one_before() -> None:
    jpeg = encoded(2048, 64, cv2.IMWRITE_JPEG_OPTIMIZE, 1)
    first = packets(jpeg, [extension(segments(jpeg, DQT, SOF, DHT))])
    second = packets(jpeg, [extension(b"")], 3600)
    before, after = images(first, second)
    assert np.array_equal(decoded(after), decoded(before))


def test_a_frame_without_an_extension_has_nothing_of_one_before() -> None:
    jpeg = encoded(2048, 64)
    _, plain = images(packets(jpeg, [extension(segments(jpeg, SOF))]), packets(jpeg, [], 3600))
    with pytest.raises(NotDecodable, match=NO_SIZE):
        JpegChecks().check(plain)


def test_other_extensions_say_nothing() -> None:
    jpeg = encoded(320, 64)
    made = [rtp(struct.pack("!HHI", 0xBEDE, 1, 7) + b"", 0, 0, flags=0x90)]
    made += [rtp(one, 1 + n, 0) for n, one in enumerate(jpeg_payloads(jpeg, 320, 64, QUALITY))]
    made[-1] = made[-1][:1] + bytes((made[-1][1] | 0x80,)) + made[-1][2:]
    (image,) = images(made)
    assert np.array_equal(decoded(image), decoded(jpeg))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from([0xFFD8, 0xFFFF]), st.binary(max_size=60)), max_size=4), st.booleans()
)
def test_noise_in_extensions_raises_nothing(told: list[tuple[int, bytes]], alone: bool) -> None:
    jpeg = encoded(320, 64)
    rig = Rig(JpegDepacketiser())
    rig.take(*packets(jpeg, [extension(noise, kind) for kind, noise in told], alone=alone))
    for picture in rig.pictures:
        try:
            JpegChecks().check(picture.data)
        except NotDecodable:
            continue
