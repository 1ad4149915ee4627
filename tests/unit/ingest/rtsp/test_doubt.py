"""Pictures of a sender that was not announced."""

from ingest.ports import Packet
from ingest.rtsp.doubt import DOUBT_NS, Doubt
from shared.codecs.h264 import annex_b
from tests.unit.ingest.rtsp.packets import IDR, SLICE, Rig, rtp

OTHER = 0xBAD


def _data(rig: Rig) -> list[bytes]:
    return [picture.data for picture in rig.pictures]


async def test_a_camera_that_announces_another_sender_than_it_has_loses_no_picture() -> None:
    rig = Rig(announced=OTHER)
    rig.take(rtp(IDR, 1, 0, marker=True))
    assert rig.pictures == []
    await rig.clock.advance(DOUBT_NS / 1e9)
    rig.take(rtp(SLICE, 2, 90_000, marker=True))
    assert _data(rig) == [annex_b([IDR]), annex_b([SLICE])]


def test_what_is_kept_back_has_a_bound_and_is_given_in_order() -> None:
    given = list[Packet]()
    doubt = Doubt(OTHER, given.append)
    doubt.begins(0)
    pictures = [Packet(b"picture", number, False, 0) for number in range(100)]
    for picture in pictures:
        doubt.take(picture, 0)
    assert given == pictures


def test_what_was_kept_back_of_somebody_else_is_never_given() -> None:
    given = list[Packet]()
    doubt = Doubt(OTHER, given.append)
    doubt.begins(0)
    doubt.take(Packet(b"spy", 0, True, 0), 0)
    assert not doubt.gave
    doubt.ends()
    doubt.take(Packet(b"camera", 0, True, 0), DOUBT_NS)
    assert ([picture.data for picture in given], doubt.gave) == ([b"camera"], True)
