"""What of a first picture is sent twice."""

import pytest

from mux.fanout.proactive_retransmission import MOST_PACKETS
from mux.fanout.token_bucket import CAREFUL, NEAR, Pace
from mux.rtp.picture import Picture
from tests.unit.mux.fakes import Viewed, picture, sequence, ssrc

SECOND_NS = 1_000_000_000
PRIMARY, REPAIR = 0x1234, 0x1235
GROUP = [picture(0, key=True, size=30_000), *(picture(number) for number in range(1, 20))]


def gathered(shown: Picture, sharers: int) -> list[int]:
    """Which of a first picture's packets are sent again, to a viewer with so many tiles."""
    viewed = Viewed(pace=CAREFUL)
    viewed.bucket.sharers = sharers
    viewed.sender.start([shown], 0)
    viewed.timers.run_all()
    got = viewed.received()
    # The first packet of all goes out twice by itself.
    first = sequence(got[0])
    again = [int.from_bytes(one[20:22], "big") for one in got if ssrc(one) == REPAIR]
    return [(number - first) & 0xFFFF for number in again]


def repeated(viewed: Viewed) -> list[bytes]:
    viewed.timers.run_all()
    return [one for one in viewed.received() if ssrc(one) == REPAIR]


def test_an_ordinary_picture_is_repeated_whole_and_in_order() -> None:
    shown = picture(0, key=True, size=90_000)
    assert gathered(shown, 1) == list(range(shown.packet_count))


def test_of_a_large_picture_beginning_and_end_are_repeated() -> None:
    shown = picture(0, key=True, size=400_000)
    last = shown.packet_count
    assert gathered(shown, MOST_PACKETS // 9) == [0, 1, 2, *range(last - 6, last)]


def test_the_first_picture_of_a_far_viewer_goes_out_again_behind_itself_and_before_the_others() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.sender.start(GROUP, 0)
    viewed.timers.run_all()
    kinds = [ssrc(one) for one in viewed.received()]
    count = GROUP[0].packet_count
    assert kinds[: 2 * count] == [PRIMARY] * count + [REPAIR] * count
    assert set(kinds[2 * count :]) == {PRIMARY}
    assert viewed.counts.proactive_retransmissions == count


def test_a_live_key_picture_that_is_the_first_goes_out_again_too() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.sender.start([], 0)
    viewed.live(picture(0, key=True, size=30_000), SECOND_NS)
    assert len(repeated(viewed)) == picture(0, key=True, size=30_000).packet_count
    viewed.live(picture(1, key=True, size=30_000), 2 * SECOND_NS)
    assert repeated(viewed) == []


@pytest.mark.parametrize("pace", [NEAR, Pace(200, 40)], ids=["near", "small"])
def test_nothing_goes_out_again_to_who_is_near_or_on_a_link_known_to_be_small(pace: Pace) -> None:
    viewed = Viewed(pace=pace)
    viewed.sender.start(GROUP, 0)
    assert repeated(viewed) == []


def test_the_tiles_of_a_viewer_share_what_goes_out_again() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.bucket.sharers = 16
    viewed.sender.start(GROUP, 0)
    assert len(repeated(viewed)) == MOST_PACKETS // 16


def test_who_is_given_another_camera_gets_no_more_of_the_one_before() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.sender.start(GROUP, 0)
    viewed.received()
    viewed.sender.start([], SECOND_NS)
    assert repeated(viewed) == []


def test_without_retransmission_the_very_same_packets_go_out_again() -> None:
    viewed = Viewed(pace=CAREFUL, rtx=False)
    viewed.sender.start(GROUP[:1], 0)
    viewed.timers.run_all()
    datagrams = viewed.transport.datagrams
    count = GROUP[0].packet_count
    assert set(datagrams[-count:]) == set(datagrams[:-count])
    assert [sequence(one) for one in viewed.received()] == sorted({sequence(one) for one in datagrams})


def test_a_retransmission_just_after_a_start_goes_out_twice_to_a_far_viewer_and_once_later() -> None:
    viewed = Viewed(pace=CAREFUL)
    viewed.sender.start(GROUP, 0)
    viewed.timers.run_all()
    wanted = sequence(viewed.received()[0])
    before = len(viewed.transport.datagrams)
    viewed.sender.retransmit([wanted], SECOND_NS // 2)
    assert len(viewed.transport.datagrams) == before + 2
    viewed.sender.retransmit([wanted], 2 * SECOND_NS)
    assert len(viewed.transport.datagrams) == before + 3
    assert viewed.counts.repaired == 2
