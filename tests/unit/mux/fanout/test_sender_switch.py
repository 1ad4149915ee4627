"""One viewer is sent another stream, or in another format, on the same source."""

from mux.fanout.token_bucket import CAREFUL
from mux.rtp.header import PlayoutDelay, RtpFormat
from tests.unit.mux.fakes import Viewed, picture, sequence, ssrc, timestamp
from tests.unit.mux.starts import SECOND_NS, steps


def test_another_stream_goes_on_with_numbers_and_times_as_if_it_were_one() -> None:
    viewed = Viewed()
    viewed.live(picture(1000, key=True))
    # The other stream's picture 10 is shown when the first one's 1001 would have been.
    viewed.sender.switch([picture(10, key=True)], SECOND_NS, (1001 - 10) * 3600)
    viewed.live(picture(11), SECOND_NS)
    packets = viewed.received()
    assert set(steps([sequence(one) for one in packets], 1 << 16)) == {1}
    assert set(steps(sorted({timestamp(one) for one in packets}), 1 << 32)) == {3600}


def test_what_is_left_out_of_a_stream_takes_no_time_but_what_it_has_waited() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.sender.start(
        [picture(0, key=True), *(picture(number, size=100_000) for number in range(1, 10))], 0
    )
    for number in range(10, 15):
        viewed.live(picture(number), 0)
    last = viewed.received()[-1]
    # A picture of the other stream is shown when the first one's 15 is due.
    waited_ns = 20_000_000
    viewed.sender.switch([picture(0, key=True)], waited_ns, 15 * 3600)
    step90 = timestamp(viewed.received()[0]) - timestamp(last)
    assert 1800 <= step90 <= 1800 + 2 * 3600


def test_a_stream_without_pictures_is_waited_for_in_silence() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    viewed.received()
    viewed.sender.switch([], SECOND_NS, 0)
    viewed.live(picture(1), SECOND_NS)
    assert viewed.received() == []


def test_another_payload_type_keeps_source_and_numbers_and_forgets_what_was_sent() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    before = viewed.received()[-1]
    viewed.sender.reformat(RtpFormat(0x1234, 98, 5), RtpFormat(0x1235, 99, 5))
    viewed.live(picture(1))
    after = viewed.received()[-1]
    assert (after[1] & 0x7F, ssrc(after), sequence(after) - sequence(before)) == (98, 0x1234, 1)
    viewed.sender.retransmit([sequence(before)], 0)
    assert viewed.received() == []


def test_another_playout_delay_keeps_what_can_be_sent_again() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    before = viewed.received()[-1]
    viewed.sender.reformat(
        RtpFormat(0x1234, 102, 5, PlayoutDelay(10, 50)), RtpFormat(0x1235, 103, 5, PlayoutDelay(10, 50))
    )
    viewed.sender.retransmit([sequence(before)], 0)
    assert viewed.received()[-1][20:22] == before[2:4]


def test_numbers_of_a_chunk_the_socket_refused_are_not_used_for_another_stream_s() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    last = sequence(viewed.received()[-1])
    viewed.transport.full = True
    refused = picture(1, size=3000)
    viewed.live(refused)
    viewed.transport.full = False
    viewed.sender.switch([picture(2, key=True)], SECOND_NS, 0)
    first = sequence(viewed.received()[0])
    assert (first - last) & 0xFFFF == 1 + len(refused.chunks[0].packets)
    viewed.sender.retransmit([last + 1], SECOND_NS)
    assert viewed.received() == []


def test_what_was_lost_of_the_stream_before_is_not_sent_again_after_a_switch() -> None:
    viewed = Viewed()
    viewed.live(picture(0, key=True))
    lost = sequence(viewed.received()[-1])
    viewed.sender.switch([picture(1, key=True)], SECOND_NS, 0)
    viewed.timers.run_all()
    of_the_new = sequence(viewed.received()[-1])
    viewed.sender.retransmit([lost], SECOND_NS)
    assert viewed.received() == []
    viewed.sender.retransmit([of_the_new], SECOND_NS)
    assert len(viewed.received()) == 1
