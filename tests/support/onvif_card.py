"""A simulated camera with a card: its ONVIF services over HTTP and the replay of its recordings over RTSP.

Real sockets, real H.264, and the habits that people report of real devices.
"""

import asyncio
import base64
import re
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from ingest.simulator.auth import Door, Scheme, Verdict
from ingest.simulator.encoder import Coding, Encoder
from ingest.simulator.rtp import RtpPacket, h264_payloads
from ingest.simulator.rtsp import Request, parse_request
from ingest.simulator.scene import Scene
from shared.clock import Clock
from shared.codecs.h264 import parameter_sets
from tests.support.onvif_soap import Habit, OnvifServices, Section

FPS = 5
GROUP_S = 2
_CODING = Coding(width=128, height=96, fps=Fraction(FPS), gop_s=GROUP_S, kbps=60)
_LOOP_S = 20
_NTP_EPOCH_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class OnCard:
    utc_ns: int
    key: bool
    data: bytes
    ends: bool


@lru_cache(maxsize=1)
def _loop() -> tuple[tuple[bool, bytes], ...]:
    scene, encoder = Scene("card", _CODING.width, _CODING.height), Encoder(_CODING)
    coded = [one for n in range(FPS * _LOOP_S) for one in encoder.encode(scene.picture(n, n / FPS, None))]
    return tuple((one.key, one.data) for one in [*coded, *encoder.finish()])


class OnvifCard(OnvifServices):
    """`async with` it: `http_port` and `rtsp_port` then say where it is."""

    def __init__(
        self,
        clock: Clock,
        sections: list[Section],
        *,
        habits: frozenset[Habit] = frozenset(),
        username: str = "",
        password: str = "",
        ahead_s: float = 0.0,
    ) -> None:
        super().__init__(
            clock, sections, habits=habits, username=username, password=password, ahead_s=ahead_s
        )
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "OnvifCard":
        for serve in (self._http, self._rtsp):
            self._servers.append(await asyncio.start_server(self._tracked(serve), self._host, 0))
        self.http_port, self.rtsp_port = (one.sockets[0].getsockname()[1] for one in self._servers)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """The address of the camera's live stream."""
        return f"rtsp://{self._host}:{self.rtsp_port}/live"

    def pictures(self) -> list[OnCard]:
        """All that is on the card."""
        step_ns = 1_000_000_000 // FPS
        found = []
        for section in self.sections:
            count = section.seconds * FPS
            for number in range(count):
                key, data = _loop()[number % len(_loop())]
                found.append(OnCard(section.start_ns + number * step_ns, key, data, number == count - 1))
        return found

    def _tracked(
        self, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
                    await serve(reader, writer)
            finally:
                self._tasks.discard(task)
                writer.close()

        return run

    async def _rtsp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door = Door(self._username, self._password, (Scheme.MD5_QOP,)) if self._username else None
        playing: asyncio.Task[None] | None = None
        self.seen.sessions += 1
        try:
            while True:
                first = await reader.readexactly(1)
                if first == b"$":
                    await reader.readexactly(int.from_bytes((await reader.readexactly(3))[1:], "big"))
                    continue
                request = parse_request(first + await reader.readuntil(b"\r\n\r\n"))
                if "require" in request.headers:
                    self.seen.requires.append(request.method)
                if request.method == "TEARDOWN":
                    self.seen.torn_down += 1
                    return
                if door is not None and request.method != "OPTIONS":
                    verdict = door.judge(request)
                    if verdict is not Verdict.RIGHT:
                        self.seen.refused += verdict is Verdict.WRONG
                        _say(writer, request, 401, [f"WWW-Authenticate: {one}" for one in door.challenges()])
                        continue
                if request.method == "PLAY":
                    self.seen.plays.append(dict(request.headers))
                    _say(writer, request, 200, ["Session: 1;timeout=60"])
                    playing = asyncio.create_task(self._play(request, writer))
                else:
                    self._talk(request, writer)
        finally:
            self.seen.sessions -= 1
            if playing is not None:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    def _talk(self, request: Request, writer: asyncio.StreamWriter) -> None:
        match request.method:
            case "OPTIONS":
                _say(
                    writer, request, 200, ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"]
                )
            case "DESCRIBE":
                _say(writer, request, 200, ["Content-Type: application/sdp"], _description())
            case "SETUP" if self._has(Habit.BUSY):
                _say(writer, request, 453)
            case "SETUP" if self._has(Habit.NO_REPLAY_TAG):
                _say(writer, request, 551)
            case "SETUP":
                chosen = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
                _say(writer, request, 200, [chosen, "Session: 1;timeout=60"])
            case _:
                _say(writer, request, 200)

    async def _play(self, request: Request, writer: asyncio.StreamWriter) -> None:
        sequence = 65_530
        cseq = int(request.headers["cseq"]) & 0xFF
        for sent, picture in enumerate(self._asked(request.headers.get("range", ""))):
            if self._has(Habit.HANGS_UP) and sent == 2 * FPS:
                writer.close()
                return
            if self._has(Habit.GOES_SILENT) and sent == 2 * FPS:
                return
            extension = self._extension(picture, cseq)
            time90 = picture.utc_ns * 9 // 100_000
            payloads = h264_payloads(picture.data)
            for index, payload in enumerate(payloads):
                packet = RtpPacket(
                    96, index == len(payloads) - 1, sequence, time90, 7, payload, b"" if index else extension
                )
                sequence += 1
                writer.write(struct.pack("!BBH", 0x24, 0, len(packet.data)) + packet.data)
            self.seen.pictures_sent += 1
            await writer.drain()
        if self._has(Habit.SAYS_BYE):
            bye = struct.pack("!BBHI", 0x81, 203, 1, 7)
            writer.write(struct.pack("!BBH", 0x24, 1, len(bye)) + bye)

    def _asked(self, told: str) -> list[OnCard]:
        start_ns, end_ns = read_range(told)
        every = self.pictures()
        if self._has(Habit.PLAYS_NOW):
            now_ns = self._clock.utc_ns()
            return [
                OnCard(now_ns + one.utc_ns - every[0].utc_ns, one.key, one.data, one.ends) for one in every
            ]
        if self._has(Habit.IGNORES_RANGE):
            return every
        keys = [place for place, one in enumerate(every) if one.key]
        # The clean point at or before where footage is there, the first one behind it else.
        inside = any(one.start_ns <= start_ns < one.end_ns for one in self.sections)
        before = [place for place in keys if every[place].utc_ns <= start_ns]
        behind = [place for place in keys if every[place].utc_ns > start_ns]
        if not (before if inside else behind):
            return []
        first = before[-1] if inside else behind[0]
        chosen = [one for one in every[first:] if one.utc_ns <= end_ns]
        if self._has(Habit.REPEATS_GROUPS):
            group = FPS * GROUP_S
            return [one for at in range(0, len(chosen), group) for one in chosen[at : at + group] * 2]
        return chosen

    def _extension(self, picture: OnCard, cseq: int) -> bytes:
        if self._has(Habit.NO_EXTENSION) or (self._has(Habit.EXTENSION_ON_KEYS) and not picture.key):
            return b""
        seconds, rest_ns = divmod(picture.utc_ns, 1_000_000_000)
        if self._has(Habit.WHOLE_SECONDS):
            rest_ns = 0
        flags = (0x80 if picture.key else 0) | (0x40 if picture.ends else 0)
        fraction = -(-(rest_ns << 32) // 1_000_000_000)
        return struct.pack("!HHIIBBH", 0xABAC, 3, seconds + _NTP_EPOCH_S, fraction, flags, cseq, 0)


def _say(
    writer: asyncio.StreamWriter,
    request: Request,
    status: int,
    headers: list[str] | None = None,
    body: str = "",
) -> None:
    lines = [f"RTSP/1.0 {status} X", f"CSeq: {request.headers['cseq']}", *(headers or [])]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())


def _description() -> str:
    sps, pps = parameter_sets(_loop()[0][1])
    assert sps is not None
    assert pps is not None
    sets = ",".join(base64.b64encode(one).decode() for one in (sps, pps))
    return (
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=replay\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
        "a=control:video\r\na=rtpmap:96 H264/90000\r\na=x-onvif-track:VIDEO001\r\n"
        f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\n"
    )


def read_range(told: str) -> tuple[int, int]:
    """Where a Range header in `clock=` begins and ends."""
    found = re.fullmatch(r"clock=(\d{8}T\d{6}\.\d{3}Z)-(\d{8}T\d{6}\.\d{3}Z)", told)
    assert found is not None, told
    start_ns, end_ns = (_clock_ns(text) for text in found.groups())
    return start_ns, end_ns


def _clock_ns(text: str) -> int:
    when = datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
