"""Tells control_room how the cameras are: at each change, and every few seconds."""

import asyncio
from collections.abc import Callable

import httpx

from shared.log import get_logger
from shared.messages.codec import encode
from shared.messages.ingest import CameraReport, CameraReports

REPORT_EVERY_S = 5.0
_GATHER_S = 0.1
_PATH = "/api/v1/worker/reports"


class Reporter:
    """Sends what `reports` gives. Call `changed` when it would give something else."""

    def __init__(self, client: httpx.AsyncClient, reports: Callable[[], tuple[CameraReport, ...]]) -> None:
        self._client, self._reports = client, reports
        self._changed = asyncio.Event()
        self._log = get_logger("ingest.reports")
        self.trouble: str | None = None

    def changed(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        """Report for ever."""
        while True:
            try:
                async with asyncio.timeout(REPORT_EVERY_S):
                    await self._changed.wait()
                # Changes come in groups, as when a switch fails; one report tells them all.
                await asyncio.sleep(_GATHER_S)
            except TimeoutError:
                pass
            self._changed.clear()
            await self._send()

    async def _send(self) -> None:
        try:
            answer = await self._client.put(
                _PATH,
                content=encode(CameraReports(self._reports())),
                headers={"Content-Type": "application/json"},
            )
            trouble = None if answer.is_success else f"control_room answers {answer.status_code} to reports"
        except httpx.HTTPError as error:
            trouble = f"control_room takes no reports ({type(error).__name__})"
        if trouble is not None and trouble != self.trouble:
            self._log.warning("reports-not-taken", reason=trouble)
        self.trouble = trouble
