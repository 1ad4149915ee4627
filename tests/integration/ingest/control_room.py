"""A stand-in for control_room's two worker routes, for tests that are not about the real one."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field

from shared.messages.codec import decode, encode
from shared.messages.ingest import TAP_KEY_HEADER, CameraReports, CameraStatus, WantedCamera, WantedCameras


@dataclass
class StandIn:
    """Answers `GET /worker/cameras` with ETag and takes `PUT /worker/reports`; refuses another token."""

    commune: str
    token: str
    cameras: tuple[WantedCamera, ...] = ()
    reports: CameraReports = field(default_factory=lambda: CameraReports(()))
    raw_reports: list[bytes] = field(default_factory=list)
    tap_keys: set[str] = field(default_factory=set)
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def status(self, camera: str) -> CameraStatus | None:
        """What the worker last said of a camera."""
        stream = f"{self.commune}/{camera}/main"
        return next((report.status for report in self.reports.reports if report.stream == stream), None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while self._server is not None:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = head.split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines[1:])
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(self._answer(lines[0], headers, body))
        writer.close()

    def _answer(self, line: str, headers: dict[str, str], body: bytes) -> bytes:
        if headers.get("authorization") != f"Bearer {self.token}":
            return _response("401 Unauthorized")
        self.tap_keys.update({headers[TAP_KEY_HEADER.lower()]} if TAP_KEY_HEADER.lower() in headers else ())
        if line.startswith("GET /api/v1/worker/cameras "):
            version = str(hash(self.cameras))
            if headers.get("if-none-match") == f'"{version}"':
                return _response("304 Not Modified")
            wanted = WantedCameras(self.commune, version, self.cameras)
            return _response("200 OK", encode(wanted), f'ETag: "{version}"\r\n')
        if line.startswith("PUT /api/v1/worker/reports "):
            self.raw_reports.append(json.dumps(json.loads(body)).encode())
            self.reports = decode(CameraReports, body)
            return _response("204 No Content")
        return _response("404 Not Found")


def _response(status: str, body: bytes = b"", extra: str = "") -> bytes:
    length = "" if status.startswith(("204", "304")) else f"Content-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{length}{extra}\r\n".encode() + body
