"""How a camera is, in a word and a sentence."""

from datetime import timedelta

from ingest.ports import StreamInfo
from ingest.state import CameraState
from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.messages.ingest import CameraStatus
from shared.reasons import why
from tests.support.told import said


class Noted:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.changes = 0
        self.state = CameraState(StreamId("59350", "gate"), self.clock, self._changed)

    def _changed(self) -> None:
        self.changes += 1


def test_a_new_camera_is_connecting() -> None:
    assert Noted().state.report.status is CameraStatus.CONNECTING


def test_the_same_again_is_no_news() -> None:
    noted = Noted()
    assert noted.state.to(CameraStatus.REFUSED, said("wrong password"))
    assert not noted.state.to(CameraStatus.REFUSED, said("wrong password"))
    assert noted.changes == 1


async def test_since_is_when_the_status_began_whatever_the_reason_becomes() -> None:
    noted = Noted()
    noted.state.to(CameraStatus.UNREACHABLE, said("nothing listens"))
    since = noted.state.report.since
    await noted.clock.advance(60)
    noted.state.to(CameraStatus.UNREACHABLE, said("no way there"))
    assert noted.state.report.since == since
    noted.state.to(CameraStatus.STALLED, said("silent"))
    assert noted.state.report.since == since + timedelta(seconds=60)


def test_a_live_camera_tells_what_it_sends() -> None:
    noted = Noted()
    noted.state.live(7, StreamInfo("avc1.42c016", 704, 576, 12.5), "")
    report = noted.state.report
    assert (report.status, report.run, report.width, report.height) == (CameraStatus.LIVE, 7, 704, 576)


def test_advice_is_told_with_a_live_camera_and_again_when_it_changes() -> None:
    noted, info = Noted(), StreamInfo("avc1.640016", 704, 576, 12.5)
    noted.state.live(7, info, "")
    noted.state.live(7, info, "set the number of B-frames to 0")
    assert (noted.state.report.status, noted.changes) == (CameraStatus.LIVE, 2)
    assert noted.state.report.advice == "set the number of B-frames to 0"
    noted.state.live(8, info, "set the number of B-frames to 0")
    assert noted.changes == 2


def test_a_measured_rate_alone_makes_no_report() -> None:
    noted = Noted()
    noted.state.measured(12.4999)
    assert noted.state.report.fps == 12.5
    assert noted.changes == 0


NO_PPS = why("pictures-do-not-decode", "its pictures cannot be decoded: {said}", said="no PPS 0")


def test_pictures_that_come_and_do_not_decode_are_not_live() -> None:
    noted = Noted()
    noted.state.live(1, StreamInfo("h264", 640, 360, 25.0), "")
    noted.state.decodes(NO_PPS)
    report = noted.state.report
    assert (report.status, report.reason, report.why) == (CameraStatus.INVALID, NO_PPS.text, NO_PPS)
    assert noted.changes == 2


def test_pictures_that_decode_again_are_live_again() -> None:
    noted = Noted()
    noted.state.live(1, StreamInfo("h264", 640, 360, 25.0), "")
    noted.state.decodes(NO_PPS)
    noted.state.decodes(None)
    assert (noted.state.report.status, noted.state.report.why) == (CameraStatus.LIVE, None)


def test_a_camera_that_is_gone_says_that_and_not_how_its_pictures_were() -> None:
    noted = Noted()
    noted.state.live(1, StreamInfo("h264", 640, 360, 25.0), "")
    noted.state.decodes(NO_PPS)
    noted.state.to(CameraStatus.UNREACHABLE, said("nothing listens"))
    assert noted.state.report.status is CameraStatus.UNREACHABLE
