"""Runs of packets taken at one go: of the sender that is listened to, and of nobody else."""

import pytest

from ingest.ports import Packet, Pictures, SourceCounts
from ingest.rtsp.assembly import Assembly
from ingest.rtsp.core import Core
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.doubt import Doubt
from ingest.rtsp.listened import Listened
from ingest.rtsp.numbering import Numbering
from ingest.rtsp.packet_runs import PacketRuns
from ingest.rtsp.timing import Timing
from shared.clock import SimulatedClock
from shared.codecs.h264 import annex_b
from tests.support.ingest_core import built_core
from tests.unit.ingest.rtsp.packets import IDR, SLICE, SSRC, rtp

_PADDING = bytes(range(1, 30))


class _Rig:
    def __init__(self, core: Core | None) -> None:
        self.pictures: list[Packet] = []
        together: list[Pictures] = []
        counts = SourceCounts()
        timing = Timing(90_000, SimulatedClock())
        self.listened, self.numbering = (
            Listened(96, Doubt(None, self.pictures.append), counts),
            Numbering(counts),
        )
        assembly = Assembly(H264Depacketiser(), 90_000, timing, counts, self.pictures.append, lambda: None)
        self.runs = PacketRuns(core, 90_000, self.listened, self.numbering, assembly, timing, together.append)

    def listen(self) -> None:
        self.listened.first(SSRC, 0)
        self.numbering.begin(1)

    def take(self, *packets: bytes) -> tuple[int, int]:
        """How many bytes of so many are taken."""
        frames = [b"$\0" + len(packet).to_bytes(2, "big") + packet for packet in packets]
        data = memoryview(bytearray(b"".join(frames)))
        return self.runs.take(data, 0, len(data), 0), len(data)


@pytest.mark.parametrize("compiled", [False, True])
def test_nothing_is_taken_before_a_sender_is_listened_to(compiled: bool) -> None:
    rig = _Rig(built_core() if compiled else None)
    assert rig.take(rtp(IDR + _PADDING, 1, 0, marker=True))[0] == 0
    assert not rig.pictures


def test_a_run_ends_where_somebody_else_or_another_number_comes() -> None:
    first, second = rtp(IDR + _PADDING, 1, 0, marker=True), rtp(SLICE + _PADDING, 2, 3600, marker=True)
    for odd in (rtp(SLICE, 3, 7200, marker=True, ssrc=0xBAD), rtp(SLICE, 9, 7200, marker=True)):
        rig = _Rig(built_core())
        rig.listen()
        taken, sent = rig.take(first, second, odd)
        assert taken == sent - 4 - len(odd)
        assert [one.data for one in rig.pictures] == [annex_b([IDR + _PADDING]), annex_b([SLICE + _PADDING])]
        assert (rig.numbering.taken, rig.numbering.expected) == (2, 3)


def test_without_a_core_heads_of_pictures_are_left_to_the_receiver() -> None:
    rig = _Rig(None)
    rig.listen()
    assert rig.take(rtp(IDR + _PADDING, 1, 0, marker=True))[0] == 0
