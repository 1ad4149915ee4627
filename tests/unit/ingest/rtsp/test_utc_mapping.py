"""UTC of pictures by the camera's clock."""

import pytest

from ingest.rtsp.rtcp import SenderReport
from ingest.rtsp.utc_mapping import MAX_OFFSET_NS, NEVER_SET_NS, UPTIME_NS, UtcMapping
from shared.arrival import MAX_DELAY_NS

NOW_NS = 1_700_000_000_000_000_000
MS = 1_000_000
DAY_NS = 86_400_000 * MS


def _mapping(utc_ns: int = NOW_NS, time32: int = 0) -> UtcMapping:
    mapping = UtcMapping(90_000)
    mapping.reported(SenderReport(1, utc_ns, time32, 0))
    return mapping


def test_without_a_report_nothing_is_known() -> None:
    assert UtcMapping(90_000).utc_of(0, NOW_NS) is None


@pytest.mark.parametrize("step", [90_000, -90_000])
def test_a_picture_before_or_after_the_report_has_its_own_time(step: int) -> None:
    mapped = _mapping().utc_of(step, NOW_NS + step // 90_000 * 1_000_000_000 + 40 * MS)
    assert mapped is not None
    assert mapped.utc_ns == NOW_NS + step // 90_000 * 1_000_000_000


def test_the_report_s_time_wraps_with_the_pictures() -> None:
    mapped = _mapping(time32=0xFFFF_FFFF - 8999).utc_of(81_000, NOW_NS + 1_000 * MS)
    assert mapped is not None
    assert mapped.utc_ns == NOW_NS + 1_000 * MS


def test_the_uncertainty_is_the_offset_or_the_delay_it_may_hide() -> None:
    on_time = _mapping().utc_of(0, NOW_NS + 10 * MS)
    ahead = _mapping(NOW_NS + 500 * MS).utc_of(0, NOW_NS)
    assert on_time is not None
    assert ahead is not None
    assert on_time.uncertainty_ns == MAX_DELAY_NS - 10 * MS
    assert ahead.uncertainty_ns == 500 * MS + MAX_DELAY_NS


def test_the_uncertainty_grows_with_the_report_s_age() -> None:
    mapping = _mapping()
    soon = mapping.utc_of(0, NOW_NS + 10 * MS)
    later = mapping.utc_of(90_000 * 100, NOW_NS + 100_010 * MS)
    assert soon is not None
    assert later is not None
    assert later.uncertainty_ns - soon.uncertainty_ns == 20 * MS


@pytest.mark.parametrize("wrong_ns", [MAX_OFFSET_NS + MS, -MAX_OFFSET_NS - MS, -NOW_NS])
def test_a_clock_that_cannot_be_right_is_not_believed_but_told(wrong_ns: int) -> None:
    mapping = _mapping(NOW_NS + wrong_ns)
    assert mapping.utc_of(0, NOW_NS) is None
    assert mapping.offset_ns == wrong_ns


@pytest.mark.parametrize(
    ("told_ns", "known"),
    [
        (NOW_NS + 40 * DAY_NS, True),
        (NOW_NS - 40 * DAY_NS, True),
        (NEVER_SET_NS - 1, False),
        (20 * DAY_NS, False),
        (UPTIME_NS.start + 20 * DAY_NS, False),
    ],
    ids=["ahead", "behind", "before 2020", "up for 20 days since 1970", "up for 20 days by NTP"],
)
def test_a_clock_far_from_ours_is_told_where_it_was_ever_set(told_ns: int, known: bool) -> None:
    mapping = _mapping(told_ns)
    assert mapping.utc_of(0, NOW_NS) is None
    assert mapping.ahead_ns(NOW_NS) == (told_ns - NOW_NS if known else None)


def test_a_report_too_old_tells_no_time() -> None:
    mapping = _mapping(NOW_NS + 40 * DAY_NS)
    mapping.utc_of(0, NOW_NS)
    mapping.utc_of(90_000 * 601, NOW_NS + 601_000 * MS)
    assert mapping.ahead_ns(NOW_NS) is None


def test_one_late_picture_does_not_count_against_the_camera() -> None:
    mapping = _mapping()
    mapping.utc_of(0, NOW_NS + 10 * MS)
    assert mapping.utc_of(90_000, NOW_NS + 1_000 * MS + 3 * MAX_OFFSET_NS) is not None


def test_a_report_of_long_ago_tells_no_longer() -> None:
    assert _mapping().utc_of(90_000 * 601, NOW_NS + 601_000 * MS) is None


def test_another_sender_has_another_clock() -> None:
    mapping = _mapping()
    mapping.utc_of(0, NOW_NS)
    mapping.forget()
    assert (mapping.utc_of(0, NOW_NS), mapping.offset_ns) == (None, None)


@pytest.mark.parametrize("fast_ppm", [-20_000, -3_000, 1_000, 20_000])
def test_a_media_clock_that_goes_wrong_between_reports_is_told_as_uncertain(fast_ppm: int) -> None:
    """By the second report it is seen; what is told until the next one covers it."""
    mapping = UtcMapping(90_000)
    for second in (0, 5, 10):
        time32 = second * (90_000 + 90_000 * fast_ppm // 1_000_000)
        mapping.reported(SenderReport(1, NOW_NS + second * 1000 * MS, time32, 0))
        told = mapping.utc_of(time32, NOW_NS + second * 1000 * MS + 100 * MS)
        assert told is not None
        assert told.uncertainty_ns == 100 * MS
    later32 = 14 * (90_000 + 90_000 * fast_ppm // 1_000_000)
    late = mapping.utc_of(later32, NOW_NS + 14_000 * MS + 100 * MS)
    assert late is not None
    drift_ns = abs(late.utc_ns - NOW_NS - 14_000 * MS)
    assert drift_ns >= 3 * MS
    assert late.uncertainty_ns >= 100 * MS + drift_ns * 9 // 10


def test_a_clock_that_was_set_between_two_reports_is_no_drift() -> None:
    mapping = UtcMapping(90_000)
    mapping.reported(SenderReport(1, NOW_NS - 3_600_000 * MS, 0, 0))
    mapping.reported(SenderReport(1, NOW_NS + 5000 * MS, 450_000, 0))
    told = mapping.utc_of(900_000, NOW_NS + 10_000 * MS + 100 * MS)
    assert told is not None
    assert told.uncertainty_ns == 100 * MS + 5000 * MS * 200 // 1_000_000
