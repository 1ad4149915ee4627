"""When a sender's pictures were captured."""

from mux.fanout.sender_report import report_of
from tests.unit.mux.fakes import Viewed, timestamp
from tests.unit.mux.starts import GROUP, SECOND_NS, started


def test_a_report_maps_the_time_of_a_picture_to_its_capture() -> None:
    viewed = Viewed()
    assert report_of(viewed.sender, (0, 0), 0) is None
    last = started(viewed)[-1]
    report = report_of(viewed.sender, (GROUP[-1].time90, 5 * SECOND_NS), 6 * SECOND_NS)
    assert report is not None
    assert (report.timestamp - timestamp(last)) & 0xFFFFFFFF == 90_000
    assert report.packets == sum(one.packet_count for one in GROUP)
