"""The RTSP server: many simulated cameras behind one port, RTP over the RTSP connection only."""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass

from ingest.simulator.cameras import CameraPlan, Fault
from ingest.simulator.encoder import Coding
from ingest.simulator.feeds import Feed, GarbageFeed, LiveFeed, Loop, LoopFeed
from ingest.simulator.rtsp import Digest, Request, parse_request, response
from shared.clock import Clock, SystemClock

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"
_MAX_BACKLOG_BYTES = 8 << 20
_LOOP_PHASES = 8


@dataclass(slots=True)
class Counts:
    """What happened at a camera since it was added."""

    sessions: int = 0
    logins: int = 0
    refused: int = 0
    audio_setups: int = 0


class SimulatedCamera:
    """One camera of the server: its plan, its feed and its counts."""

    def __init__(self, plan: CameraPlan, feed: Feed) -> None:
        self.plan = plan
        self.feed = feed
        self.counts = Counts()
        self.paused = False
        self.jumped = False


class SimulatedCameras:
    """An RTSP server in this process. `async with` it, or `start` and `close` it."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None) -> None:
        self._host, self.port = host, port
        self._clock = clock or SystemClock()
        self._cameras: dict[str, SimulatedCamera] = {}
        self._loops: dict[Coding, list[LoopFeed]] = {}
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; with port 0, `port` then says which one."""
        self._server = await asyncio.start_server(self._serve, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End all sessions and stop listening."""
        if self._server is not None:
            self._server.close()
        for session in tuple(self._sessions):
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        for camera in self._cameras.values():
            await camera.feed.close()

    async def __aenter__(self) -> "SimulatedCameras":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def add(self, plan: CameraPlan) -> SimulatedCamera:
        """Put a camera behind the port. One of the same name is replaced for new sessions."""
        camera = SimulatedCamera(plan, self._feed(plan))
        self._cameras[plan.name] = camera
        return camera

    def get(self, name: str) -> SimulatedCamera | None:
        return self._cameras.get(name)

    def url(self, name: str) -> str:
        return f"rtsp://{self._host}:{self.port}/{name}"

    def _feed(self, plan: CameraPlan) -> Feed:
        if plan.fault is Fault.GARBAGE:
            return GarbageFeed(plan.coding, self._clock)
        if plan.live:
            return LiveFeed(plan, self._clock)
        if plan.coding not in self._loops:
            loop = Loop(plan.coding)
            step = max(1, len(loop.pictures) // _LOOP_PHASES)
            self._loops[plan.coding] = [
                LoopFeed(loop, self._clock, phase * step) for phase in range(_LOOP_PHASES)
            ]
        return self._loops[plan.coding][len(self._cameras) % _LOOP_PHASES]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, writer, self._clock)
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            while await session.answer(await _read_message(reader)):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            # The client is gone or speaks something else: a camera closes the connection without a word.
            pass
        except asyncio.CancelledError:
            pass
        finally:
            self._sessions.discard(task)
            session.end()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def _read_message(reader: asyncio.StreamReader) -> Request | None:
    """The next request, None for an interleaved frame (the client's RTCP). Raises ValueError on neither."""
    first = await reader.readexactly(1)
    if first == b"$":
        header = await reader.readexactly(3)
        await reader.readexactly(int.from_bytes(header[1:], "big"))
        return None
    request = parse_request(first + await reader.readuntil(b"\r\n\r\n"))
    await reader.readexactly(int(request.headers.get("content-length", "0")))
    return request


class _Session:
    """One connection: its state in RTSP and, once playing, a watcher of the camera's feed."""

    def __init__(self, cameras: SimulatedCameras, writer: asyncio.StreamWriter, clock: Clock) -> None:
        self._cameras, self._writer, self._clock = cameras, writer, clock
        self._id = secrets.token_hex(8)
        self._digest: Digest | None = None
        self._camera: SimulatedCamera | None = None
        self._video_set_up = False
        self._playing = False
        self._synchronised = False
        self._first_ns: int | None = None

    async def answer(self, request: Request | None) -> bool:
        """Answer one request; False once the session is over."""
        if request is None:
            return True
        if request.method == "OPTIONS":
            self._write(response(200, request, [("Public", _METHODS)]))
            return True
        path = request.path
        name = path.removesuffix("/video").removesuffix("/audio")
        camera = self._cameras.get(name)
        if camera is None:
            self._write(response(404, request))
            return True
        if not self._authenticated(camera, request):
            return True
        match request.method:
            case "DESCRIBE":
                self._describe(camera, request)
            case "SETUP":
                self._set_up(camera, request, audio=path.endswith("/audio"))
            case "PLAY":
                self._play(camera, request)
            case "GET_PARAMETER":
                self._write(response(200, request, [("Session", self._id)]))
            case "TEARDOWN":
                self._write(response(200, request))
                return False
            case _:
                self._write(response(405, request, [("Allow", _METHODS)]))
        return True

    def end(self) -> None:
        if self._playing and self._camera is not None:
            self._camera.feed.leave(self)
            self._camera.counts.sessions -= 1
            self._playing = False

    def picture(self, key: bool, packets: bytes) -> None:
        camera = self._camera
        assert camera is not None
        now_ns = self._clock.monotonic_ns()
        if not self._synchronised:
            if not key:
                return
            self._synchronised, self._first_ns = True, now_ns
        elapsed_s = (now_ns - (self._first_ns or now_ns)) / 1e9
        plan = camera.plan
        if plan.jump_after_s is not None and elapsed_s >= plan.jump_after_s and not camera.jumped:
            camera.jumped = True
            camera.feed.jump(plan.jump_s)
        stalled = plan.stall_after_s is not None and elapsed_s >= plan.stall_after_s
        if not stalled and not camera.paused:
            self._write(packets)

    def report(self, packet: bytes) -> None:
        if self._synchronised and self._camera is not None and not self._camera.paused:
            self._write(packet)

    def _authenticated(self, camera: SimulatedCamera, request: Request) -> bool:
        plan = camera.plan
        if not plan.username:
            return True
        if self._digest is None:
            self._digest = Digest(plan.username, plan.password)
        if self._digest.accepts(request):
            return True
        if "authorization" in request.headers:
            camera.counts.refused += 1
        self._write(response(401, request, [("WWW-Authenticate", self._digest.challenge)]))
        return False

    def _describe(self, camera: SimulatedCamera, request: Request) -> None:
        lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", f"s={camera.plan.name}", "c=IN IP4 0.0.0.0", "t=0 0"]
        lines += ["a=control:*", *camera.feed.media_lines(), "a=control:video"]
        if camera.plan.audio:
            lines += ["m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", "a=control:audio"]
        headers = [
            ("Content-Base", request.uri.rstrip("/") + "/"),
            ("Content-Type", "application/sdp"),
        ]
        self._write(response(200, request, headers, "\r\n".join(lines) + "\r\n"))

    def _set_up(self, camera: SimulatedCamera, request: Request, *, audio: bool) -> None:
        if "interleaved" not in request.headers.get("transport", ""):
            self._write(response(461, request))
            return
        if audio:
            camera.counts.audio_setups += 1
        else:
            self._video_set_up = True
        # A picture's packets are built once for all watchers: the channel is the server's choice.
        channels = "2-3" if audio else "0-1"
        headers = [
            ("Transport", f"RTP/AVP/TCP;unicast;interleaved={channels}"),
            ("Session", f"{self._id};timeout=60"),
        ]
        self._write(response(200, request, headers))

    def _play(self, camera: SimulatedCamera, request: Request) -> None:
        if not self._video_set_up:
            self._write(response(455, request))
            return
        self._write(response(200, request, [("Session", self._id), ("Range", "npt=0.000-")]))
        if not self._playing:
            self._playing = True
            self._camera = camera
            camera.counts.sessions += 1
            camera.counts.logins += 1
            camera.feed.join(self)

    def _write(self, data: bytes) -> None:
        transport = self._writer.transport
        if transport.get_write_buffer_size() > _MAX_BACKLOG_BYTES:
            transport.abort()
            return
        self._writer.write(data)
