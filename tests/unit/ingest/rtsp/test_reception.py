"""What receiver reports tell of a sender (RFC 3550)."""

from ingest.rtsp.reception import Receptions
from ingest.rtsp.rtcp import SenderReport

SECOND_NS = 1_000_000_000


def test_the_lost_fraction_is_of_what_came_since_the_report_before() -> None:
    receptions = Receptions(90_000)
    assert receptions.tell(1, 100, 25, 0, 0).lost_share256 == 64
    later = receptions.tell(1, 200, 25, 0, 0)
    assert (later.lost_share256, later.lost) == (0, 25)


def test_the_delay_since_the_sender_s_report_is_in_65536ths_of_a_second() -> None:
    receptions = Receptions(90_000)
    assert receptions.tell(1, 0, 0, 0, SECOND_NS).delay65536 == 0
    receptions.reported(SenderReport(1, 0, 0, 0x1234), SECOND_NS)
    told = receptions.tell(1, 0, 0, 0, 3 * SECOND_NS)
    assert (told.middle32, told.delay65536) == (0x1234, 2 * 65536)


def test_pictures_on_time_have_no_jitter_and_late_ones_have() -> None:
    receptions = Receptions(90_000)
    for number in range(10):
        receptions.began(number * SECOND_NS, number * 90_000)
    assert receptions.tell(1, 0, 0, 0, 0).jitter == 0
    receptions.began(11 * SECOND_NS, 10 * 90_000)
    assert receptions.tell(1, 0, 0, 0, 0).jitter == 90_000 // 16


def test_another_sender_is_counted_anew() -> None:
    receptions = Receptions(90_000)
    receptions.reported(SenderReport(1, 0, 0, 7), 0)
    receptions.tell(1, 1000, 500, 0, 0)
    receptions.forget()
    told = receptions.tell(2, 10, 0, 0, SECOND_NS)
    assert (told.lost_share256, told.middle32, told.delay65536) == (0, 0, 0)
