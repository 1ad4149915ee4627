"""Loss, jitter and round trip from receiver reports."""

import pytest

from mux.congestion.reception import Reception
from mux.rtp.rtcp import ReportBlock, SenderReport, parse

SECOND_NS = 1_000_000_000
REPORT = SenderReport(7, 1_700_000_000 * SECOND_NS, 0, 1, 1)


def block(*, lost: float = 0.0, last: int = 0, since_s: float = 0.0) -> ReportBlock:
    return ReportBlock(7, lost, 0, 900, last, since_s)


def test_nothing_is_known_before_the_first_report() -> None:
    reception = Reception()
    assert (reception.loss, reception.jitter_ms, reception.rtt_ms, reception.heard_ns) == (None,) * 4


def test_the_round_trip_is_the_time_since_our_report_less_what_the_browser_kept_it() -> None:
    reception = Reception()
    reception.reported(REPORT, 10 * SECOND_NS)
    reception.heard(block(last=REPORT.middle, since_s=0.5), 10 * SECOND_NS + 580_000_000, 0)
    assert reception.rtt_ms == pytest.approx(80)


@pytest.mark.parametrize(
    ("last", "since_s"), [(0, 0.0), (12345, 0.0), (REPORT.middle, 2.0)], ids=["none", "foreign", "impossible"]
)
def test_a_report_that_answers_none_of_ours_says_no_round_trip(last: int, since_s: float) -> None:
    reception = Reception()
    reception.reported(REPORT, 0)
    reception.heard(block(last=last, since_s=since_s), SECOND_NS, 0)
    assert reception.rtt_ms is None


def test_loss_follows_the_reports_without_jumping_to_each() -> None:
    reception = Reception()
    for lost in (0.2, 0.0, 0.0):
        reception.heard(block(lost=lost), SECOND_NS, 0)
    assert reception.loss == pytest.approx(0.05)


def test_another_stream_begins_without_the_loss_of_the_one_before() -> None:
    reception = Reception()
    reception.heard(block(lost=0.5), SECOND_NS, 0)
    reception.restart(2 * SECOND_NS)
    reception.heard(block(), 3 * SECOND_NS, 0)
    assert reception.loss == 0.0


def test_jitter_is_that_of_the_link_once_what_was_sent_at_once_at_the_beginning_is_forgotten() -> None:
    reception = Reception()
    reception.begun(10 * SECOND_NS)
    # 8 packets a second: the statistic of RFC 3550 is one of packets, not of time.
    for number in range(8):
        reception.heard(block(), (11 + number) * SECOND_NS, 20 + 8 * number)
        assert (reception.jitter_ms, reception.link_jitter_ms) == (10, 10 if number == 7 else None)
    reception.begun(20 * SECOND_NS)
    assert reception.link_jitter_ms is None
    reception.heard(block(), 20 * SECOND_NS + 100_000_000, 400)
    reception.heard(block(), 21 * SECOND_NS, 460)
    assert reception.link_jitter_ms is None
    reception.heard(block(), 22 * SECOND_NS, 520)
    assert reception.link_jitter_ms == 10


def test_what_a_browser_calls_our_report_by_is_read_back_from_it() -> None:
    compound = REPORT.compound(b"beffroi")
    assert int.from_bytes(compound[10:14], "big") == REPORT.middle
    assert parse(compound) == []
