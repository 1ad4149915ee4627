"""In which order packets come, what is missing and what is late."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ports import SourceCounts
from ingest.rtsp.numbering import Numbering
from tests.unit.ingest.rtsp.packets import IDR, Rig, rtp


def test_packets_that_come_twice_count_once_however_many_they_are() -> None:
    rig = Rig()
    for number in range(100):
        packet = rtp(IDR, number, 3600 * number, marker=True)
        rig.take(packet, packet)
    assert len(rig.pictures) == 100
    assert (rig.counts.late, rig.counts.lost) == (100, 0)


def test_a_sender_that_counts_anew_is_followed() -> None:
    rig = Rig()
    rig.take(rtp(IDR, 40_000, 0, marker=True))
    for number in range(40):
        rig.take(rtp(IDR, 20_000 + number, 3600 * (number + 1), marker=True))
    assert len(rig.pictures) > 20


@settings(max_examples=60)
@given(st.integers(0, 0xFFFF_FFFF), st.integers(0, 0xFFFF))
def test_times_and_numbers_wrap_unnoticed(time32: int, sequence: int) -> None:
    rig = Rig()
    for number in range(5):
        rig.take(rtp(IDR, sequence + number, time32 + number * (1 << 29), marker=True))
    assert [picture.pts90 for picture in rig.pictures] == [number * (1 << 29) for number in range(5)]
    assert rig.counts.lost == 0


@settings(max_examples=40)
@given(st.integers(0, 0xFFFF), st.lists(st.integers(1, 300), min_size=1, max_size=60))
def test_what_was_sent_is_what_was_taken_and_what_was_missed(first: int, steps: list[int]) -> None:
    counts = SourceCounts()
    numbering, sequence = Numbering(counts), first
    numbering.begin(sequence)
    numbering.took(sequence)
    for step in steps:
        sequence = (sequence + step) & 0xFFFF
        assert step == 1 or numbering.skips_to(sequence)
        numbering.took(sequence)
    assert numbering.expected == (sequence + 1) & 0xFFFF
    assert (numbering.taken, numbering.missed) == (1 + len(steps), sum(steps) - len(steps))
    assert (numbering.sent, numbering.highest) == (1 + sum(steps), first + sum(steps))
    assert counts.lost == numbering.missed
