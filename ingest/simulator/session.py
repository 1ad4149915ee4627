"""One connection to a simulated camera: its state in RTSP, and a watcher of the feed while it plays."""

import asyncio
import secrets
from collections.abc import Callable

from ingest.simulator.auth import Door, Verdict
from ingest.simulator.camera import SimulatedCamera
from ingest.simulator.description import description
from ingest.simulator.faults import Fault
from ingest.simulator.feeds import Feed
from ingest.simulator.line import Line
from ingest.simulator.mangling import Mangling
from ingest.simulator.manners import Manners, manners
from ingest.simulator.rtsp import Request, asking, is_answer, parse_request, response
from ingest.simulator.udp import client_ports
from shared.clock import Clock

_RECEIVER_REPORT = 201

Find = Callable[[str], SimulatedCamera | None]


class Session:
    """Serves one connection until one side ends it."""

    def __init__(
        self, find: Find, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, clock: Clock
    ) -> None:
        self._find, self._reader, self._line, self._clock = find, reader, Line(writer), clock
        self._id = secrets.token_hex(8)
        self._manners: Manners = manners(Fault.NONE)
        self._door: Door | None = None
        self._camera: SimulatedCamera | None = None
        self._feed: Feed | None = None
        self._mangling: Mangling | None = None
        self._described = self._set_up_once = self._synchronised = False
        self._asked_back = 0
        self._watching: asyncio.Task[None] | None = None
        self._first_ns: int | None = None
        self._heard_ns = self._reported_ns = clock.monotonic_ns()

    async def serve(self) -> None:
        """Answer requests until the client goes or the camera drops it."""
        try:
            while await self._answer(await self._next()):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            # The client is gone or speaks something else: a camera closes the connection without a word.
            pass
        except asyncio.CancelledError:
            pass
        finally:
            self._end()
            await self._line.close()

    def picture(self, key: bool, packets: bytes) -> None:
        camera = self._camera
        assert camera is not None
        now_ns = self._clock.monotonic_ns()
        plan = camera.plan
        if not self._synchronised:
            if key is (plan.fault is Fault.LATE_KEY):
                return
            self._synchronised, self._first_ns = True, now_ns
        elapsed_s = (now_ns - (self._first_ns or now_ns)) / 1e9
        if plan.jump_after_s is not None and elapsed_s >= plan.jump_after_s and not camera.jumped:
            camera.jumped = True
            camera.feed.jump(plan.jump_s)
        stalled = plan.stall_after_s is not None and elapsed_s >= plan.stall_after_s
        if stalled or camera.paused or self._line.half_closed:
            return
        if elapsed_s >= plan.after_s and self._strike(camera):
            return
        if self._mangling is not None:
            self._line.frames(self._mangling.picture(key, packets, elapsed_s))
        else:
            self._line.picture(packets)

    def report(self, packet: bytes) -> None:
        if not self._synchronised or self._camera is None or self._camera.paused or self._line.half_closed:
            return
        if self._mangling is not None:
            self._line.frames(self._mangling.report(packet))
        else:
            self._line.report(packet)

    def _strike(self, camera: SimulatedCamera) -> bool:
        """Do what the fault does in the middle of a session; whether the picture is lost by it."""
        if camera.plan.fault is Fault.HALF_CLOSED:
            self._line.half_close()
            return True
        if camera.other is not None and self._feed is camera.feed:
            # The rest of this feed is the old size's: the client gets the other one from its key picture on.
            camera.feed.leave(self)
            self._feed, self._synchronised = camera.other, False
            camera.other.join(self)
            return True
        if self._manners.asks and self._asked_back < 2:
            self._asked_back += 1
            verb = ("OPTIONS", "ANNOUNCE")[self._asked_back - 1]
            self._say(asking(verb, f"rtsp://camera/{camera.plan.name}", self._asked_back))
        return False

    async def _watch(self, camera: SimulatedCamera) -> None:
        """Drop a client that is silent, or reports nothing, for longer than this camera bears."""
        limit_s = self._timeout_s(camera) / camera.plan.hurry
        while True:
            await self._clock.sleep(limit_s / 20)
            heard_ns = self._reported_ns if self._manners.wants_reports else self._heard_ns
            if (self._clock.monotonic_ns() - heard_ns) / 1e9 > limit_s:
                camera.counts.timed_out += 1
                self._line.hang_up()
                return

    async def _next(self) -> Request | None:
        """The next request, None for the client's RTCP or an answer. Raises ValueError on neither."""
        first = await self._reader.readexactly(1)
        if first == b"$":
            header = await self._reader.readexactly(3)
            self._rtcp(await self._reader.readexactly(int.from_bytes(header[1:], "big")))
            return None
        head = first + await self._reader.readuntil(b"\r\n\r\n")
        if is_answer(head):
            if self._camera is not None:
                self._camera.counts.answers += 1
            return None
        request = parse_request(head)
        await self._reader.readexactly(int(request.headers.get("content-length", "0")))
        return request

    def _rtcp(self, packet: bytes) -> None:
        if len(packet) >= 2 and packet[1] == _RECEIVER_REPORT:
            self._reported_ns = self._clock.monotonic_ns()
            if self._camera is not None:
                self._camera.counts.reports += 1

    async def _answer(self, request: Request | None) -> bool:
        """Answer one request; False once the session is over."""
        if request is None:
            return True
        self._heard_ns = self._clock.monotonic_ns()
        name = request.path.removesuffix("/video").removesuffix("/audio")
        camera = self._find(name)
        if camera is not None:
            self._manners = manners(camera.plan.fault)
            camera.counts.asked(request.method)
        if request.method in self._manners.deaf_to:
            return True
        if request.method == "OPTIONS":
            self._respond(200, request, [("Public", self._manners.methods)])
        elif camera is None:
            self._respond(404, request)
        elif self._let_in(camera, request):
            return await self._do(camera, request)
        elif self._manners.closes_on_401:
            return False
        return True

    async def _do(self, camera: SimulatedCamera, request: Request) -> bool:
        if request.method in self._manners.refused:
            self._respond(self._manners.refused[request.method], request)
            return True
        match request.method:
            case "DESCRIBE":
                await self._describe(camera, request)
            case "SETUP":
                await self._set_up(camera, request)
            case "PLAY":
                self._play(camera, request)
            case "GET_PARAMETER" | "SET_PARAMETER":
                self._respond(200, request, [("Session", self._id)])
            case "TEARDOWN":
                self._respond(200, request)
                return False
            case _:
                self._respond(405, request, [("Allow", self._manners.methods)])
        return True

    def _end(self) -> None:
        if self._feed is not None and self._camera is not None:
            self._feed.leave(self)
            self._camera.counts.sessions -= 1
        self._feed = None
        if self._watching is not None:
            self._watching.cancel()

    def _let_in(self, camera: SimulatedCamera, request: Request) -> bool:
        plan, counts = camera.plan, camera.counts
        if request.method == "DESCRIBE" and not self._described:
            self._described = True
            counts.attempts_ns.append(self._clock.monotonic_ns())
        if camera.busy:
            self._respond(503, request)
            return False
        if not plan.username:
            return True
        if self._door is None:
            uses = self._manners.nonce_uses
            nonce = plan.name.encode().hex() if self._manners.closes_on_401 else ""
            self._door = Door(plan.username, plan.password, self._manners.schemes, uses, nonce)
        if request.headers.get("authorization", "").lower().startswith("basic"):
            counts.clear_passwords += 1
        verdict = self._door.judge(request)
        if verdict is Verdict.RIGHT:
            return True
        if verdict is Verdict.WRONG:
            counts.refused += 1
        challenges = self._door.challenges(stale=verdict is Verdict.STALE)
        self._respond(401, request, [("WWW-Authenticate", challenge) for challenge in challenges])
        return False

    async def _describe(self, camera: SimulatedCamera, request: Request) -> None:
        plan = camera.plan
        if self._manners.late_answer:
            await self._clock.sleep(plan.after_s)
        if self._manners.redirects:
            self._respond(302, request, [("Location", self._elsewhere(plan.target, request))])
            return
        headers = [("Content-Type", "application/sdp")]
        if self._manners.content_base is not None:
            uri = request.uri.rstrip("/")
            base = self._manners.content_base.format(uri=uri, path=plan.name)
            headers.insert(0, ("Content-Base", base))
        self._respond(200, request, headers, description(camera, self._manners, request.uri))

    def _elsewhere(self, target: str, request: Request) -> str:
        """The address a redirect names: a whole one, or another camera of this server."""
        if "://" in target:
            return target
        host = request.uri.split("://", 1)[-1].partition("/")[0]
        return f"rtsp://{host}/{target}"

    async def _set_up(self, camera: SimulatedCamera, request: Request) -> None:
        asked = request.headers.get("transport", "")
        tcp = "interleaved" in asked or "RTP/AVP/TCP" in asked
        ports = client_ports(asked)
        if not (self._manners.tcp if tcp else self._manners.udp and ports is not None):
            self._respond(461, request)
            return
        audio = request.path.endswith("/audio")
        if audio:
            camera.counts.audio_setups += 1
        else:
            self._set_up_once = True
            self._mangling = camera.mangled()
        # A picture's packets are built once for all watchers: the channel is the server's choice.
        channel = self._manners.channel
        channels = "2-3" if audio else f"{channel}-{channel + 1}"
        transport = f"RTP/AVP/TCP;unicast;interleaved={channels}"
        if tcp:
            self._line.channel = channel
        if not tcp and ports is not None:
            own_ports = await self._line.open_udp(ports, self._rtcp)
            transport = f"RTP/AVP;unicast;client_port={ports[0]}-{ports[1]};server_port={own_ports}"
        if self._manners.names_source and self._mangling is not None:
            transport += f";ssrc={self._mangling.ssrc:08X}"
        session = self._manners.session.format(id=self._id, timeout=round(self._timeout_s(camera)))
        self._respond(200, request, [("Transport", transport), ("Session", session)])

    def _play(self, camera: SimulatedCamera, request: Request) -> None:
        if not self._set_up_once:
            self._respond(455, request)
            return
        begins = self._feed is None
        if begins and self._mangling is not None:
            self._line.frames(self._mangling.before_play())
        self._respond(200, request, [("Session", self._id), ("Range", "npt=0.000-")])
        if begins:
            self._camera, self._feed = camera, camera.feed
            camera.counts.sessions += 1
            camera.counts.logins += 1
            camera.feed.join(self)
            if self._manners.enforced:
                self._reported_ns = self._clock.monotonic_ns()
                self._watching = asyncio.create_task(self._watch(camera))

    def _timeout_s(self, camera: SimulatedCamera) -> float:
        told = camera.plan.session_s
        return told if told is not None else self._manners.timeout_s

    def _respond(
        self, status: int, request: Request, headers: list[tuple[str, str]] | None = None, body: str = ""
    ) -> None:
        number = self._manners.numbered(request.headers.get("cseq"))
        self._say(response(status, number, headers or (), body))

    def _say(self, message: bytes) -> None:
        self._line.write(self._manners.spoken(message))
