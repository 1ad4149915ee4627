"""What happens to packets whatever the fault: one name, one numbering."""

from ingest.simulator.mangling import FU_A, MEDIA, Mangling, Packets, at_time, joined, swapped
from ingest.simulator.rtp import Frame, RtpPacket, RtpStream, h264_payloads, split
from shared.codecs.h264 import annex_b

SLICE = b"\x65" + bytes(range(1, 251)) * 20
PICTURE = RtpStream(7, 96, 65_534).picture(h264_payloads(annex_b([b"\x67\x42", SLICE])), 3600)


class Halved(Mangling):
    """A camera that leaves out every second packet before it numbers them."""

    def change(self, packets: Packets, key: bool, elapsed_s: float) -> Packets:
        return packets[::2]


def packets_of(frames: list[Frame]) -> Packets:
    assert {frame.channel for frame in frames} == {MEDIA}
    return [RtpPacket.parse(frame.data) for frame in frames]


def test_what_a_fault_leaves_out_does_not_look_like_loss() -> None:
    camera = Halved()
    sent = packets_of([*camera.picture(True, PICTURE, 0.0), *camera.picture(False, PICTURE, 0.1)])
    assert [packet.sequence for packet in sent] == [(65_534 + n) & 0xFFFF for n in range(len(sent))]
    assert {packet.ssrc for packet in sent} == {camera.ssrc}


def test_fragments_are_put_together_and_times_set() -> None:
    packets = [RtpPacket.parse(packet) for packet in split(PICTURE)]
    assert any(packet.payload[0] & 0x1F == FU_A for packet in packets)
    assert [packet.payload for packet in joined(packets)] == [b"\x67\x42", SLICE]
    assert {packet.time90 for packet in at_time(packets, (1 << 32) + 9)} == {9}


def test_neighbours_change_places_and_none_is_lost() -> None:
    frames = [Frame(MEDIA, bytes((number,))) for number in range(5)]
    assert [frame.data[0] for frame in swapped(frames)] == [1, 0, 3, 2, 4]
