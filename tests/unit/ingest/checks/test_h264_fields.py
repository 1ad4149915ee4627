"""H.264 coded field by field is passed on, whatever a camera makes of a frame's times and markers."""

from dataclasses import replace

import pytest

from ingest.checks.common import NotDecodable
from ingest.checks.h264 import H264Checks
from ingest.ports import Packet
from ingest.simulator.rtp import h264_payloads
from ingest.timestamps import StandingTime, TimestampGuard
from shared.codecs.h264 import annex_b, is_field, nal_starts, parse_sps
from tests.support.field_pictures import GOP, SIDE, fields, sets
from tests.support.parameter_pictures import CODING, coded
from tests.unit.ingest.decoded import decoded
from tests.unit.ingest.rtsp.packets import Rig, rtp

FRAMES = 2 * GOP


def received(*, step90: int, marks_fields: bool) -> list[Packet]:
    """What a receiver makes of fields that are `step90` apart."""
    rig = Rig()
    sequence = 0
    for number, data in enumerate(fields(FRAMES)):
        payloads = h264_payloads(data)
        for place, payload in enumerate(payloads):
            last = place == len(payloads) - 1 and (marks_fields or number % 2 == 1)
            time90 = 3600 * (number // 2) + step90 * (number % 2)
            rig.take(rtp(payload, sequence, time90, marker=last))
            sequence += 1
    return rig.pictures


@pytest.mark.parametrize(
    ("step90", "marks_fields"),
    [(0, True), (0, False), (1800, True)],
    ids=["one time, two markers", "one time, one marker", "two times"],
)
def test_every_frame_of_two_fields_is_passed_on_and_decodes(step90: int, marks_fields: bool) -> None:
    checks, guard, standing = H264Checks(), TimestampGuard(), StandingTime()
    units = []
    for packet in received(step90=step90, marks_fields=marks_fields):
        checked = checks.check(packet.data, packet.nals)
        assert packet.pts90 is not None
        assert guard.accepts(packet.pts90, reordered=checked.reordered)
        assert not standing.begins(packet.pts90, packet.pts90 * 100_000 // 9)
        units.append(checked)
    assert sum(unit.key for unit in units) == 2
    assert len(decoded(unit.data for unit in units)) == FRAMES
    assert "interlaced" in checks.advice


def test_a_second_field_alone_is_no_beginning() -> None:
    checks = H264Checks()
    with pytest.raises(NotDecodable, match="key picture"):
        checks.check(annex_b(sets()) + fields(1)[1])


def test_the_size_is_that_of_the_frame_and_fields_are_told_from_frames() -> None:
    known = parse_sps(sets()[0])
    assert (known.width, known.height, known.interlaced) == (SIDE, SIDE, True)
    assert is_field(fields(1)[0], known)
    assert not is_field(annex_b(sets()), known)


def test_interlaced_frames_are_no_fields_and_ask_for_no_change() -> None:
    checks = H264Checks()
    pictures = [one.data for one in coded(replace(CODING, interlaced=True), FRAMES)]
    units = [checks.check(data, tuple(nal_starts(data))) for data in pictures]
    assert checks.parameters is not None
    assert checks.parameters.interlaced
    assert checks.advice == ""
    assert len(decoded(unit.data for unit in units)) == FRAMES
