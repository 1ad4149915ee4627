"""Telling control_room how the cameras are."""

import asyncio
from datetime import UTC, datetime

import httpx

from ingest.reports import Reporter
from shared.messages.codec import decode
from shared.messages.ingest import CameraReport, CameraReports, CameraStatus
from tests.support.eventually import eventually

REPORT = CameraReport("59350/gate/main", CameraStatus.LIVE, "", datetime(2026, 11, 21, tzinfo=UTC), run=3)


class Desk:
    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.received: list[CameraReports] = []
        self.client = httpx.AsyncClient(
            transport=httpx.MockTransport(self._handle), base_url="http://control"
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("PUT", "/api/v1/worker/reports")
        self.received.append(decode(CameraReports, request.content))
        return httpx.Response(self.status)


async def test_a_change_is_reported_at_once_with_all_cameras() -> None:
    desk = Desk()
    reporter = Reporter(desk.client, lambda: (REPORT,))
    task = asyncio.create_task(reporter.run())
    reporter.changed()
    await eventually(lambda: desk.received, within_s=1)
    task.cancel()
    assert desk.received == [CameraReports((REPORT,))]


async def test_changes_of_one_moment_make_one_report() -> None:
    desk = Desk()
    reporter = Reporter(desk.client, lambda: (REPORT,))
    task = asyncio.create_task(reporter.run())
    for _ in range(50):
        reporter.changed()
        await asyncio.sleep(0)
    await eventually(lambda: desk.received, within_s=1)
    task.cancel()
    assert len(desk.received) == 1


async def test_a_report_not_taken_is_said() -> None:
    desk = Desk(status=401)
    reporter = Reporter(desk.client, lambda: (REPORT,))
    task = asyncio.create_task(reporter.run())
    reporter.changed()
    await eventually(lambda: reporter.trouble, within_s=1)
    task.cancel()
    assert reporter.trouble == "control_room answers 401 to reports"
