"""A simulated camera with a card: its ONVIF services over HTTP and the replay of its recordings over RTSP.

Real sockets, real H.264, and the habits that people report of real devices.
"""

import asyncio
import base64
import gzip
import hashlib
import re
import secrets
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache

from ingest.simulator.auth import Door, Scheme, Verdict
from ingest.simulator.encoder import Coding, Encoder
from ingest.simulator.rtp import RtpPacket, h264_payloads
from ingest.simulator.rtsp import Request, parse_request
from ingest.simulator.scene import Scene
from shared.clock import Clock
from shared.codecs.h264 import parameter_sets

FPS = 5
GROUP_S = 2
_CODING = Coding(width=128, height=96, fps=Fraction(FPS), gop_s=GROUP_S, kbps=60)
_LOOP_S = 20
_NTP_EPOCH_S = 2_208_988_800
_SERVICES = {
    "device": "http://www.onvif.org/ver10/device/wsdl",
    "search": "http://www.onvif.org/ver10/search/wsdl",
    "replay": "http://www.onvif.org/ver10/replay/wsdl",
}
_FREE = frozenset({"GetSystemDateAndTime"})
_SKEW = timedelta(seconds=5)


class Habit(Enum):
    """What a device does otherwise than it should, or than others do."""

    IGNORES_RANGE = auto()
    PLAYS_NOW = auto()
    REPEATS_GROUPS = auto()
    NO_EXTENSION = auto()
    EXTENSION_ON_KEYS = auto()
    WHOLE_SECONDS = auto()
    CLAIMS_MORE = auto()
    HANGS_UP = auto()
    GOES_SILENT = auto()
    SAYS_BYE = auto()
    HTTP_DIGEST = auto()
    GUARDS_ITS_CLOCK = auto()
    NAMES_OTHER_HOST = auto()
    NO_SEARCH = auto()
    NO_EVENTS = auto()
    NEVER_COMPLETED = auto()
    SEVERAL_RECORDINGS = auto()
    BUSY = auto()
    NO_REPLAY_TAG = auto()
    ENTITY_BOMB = auto()
    HUGE = auto()
    DEEP = auto()
    PACKED = auto()
    NUMBERS = auto()
    SLOW = auto()
    REDIRECTS = auto()


@dataclass(frozen=True, slots=True)
class Section:
    """Pictures on the card without a hole, by the camera's clock."""

    start_ns: int
    seconds: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + self.seconds * 1_000_000_000


@dataclass(frozen=True, slots=True)
class OnCard:
    utc_ns: int
    key: bool
    data: bytes
    ends: bool


@dataclass(slots=True)
class Seen:
    """What clients did."""

    operations: list[str] = field(default_factory=list)
    plays: list[dict[str, str]] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    pictures_sent: int = 0
    sessions: int = 0
    torn_down: int = 0
    refused: int = 0
    elsewhere: int = 0


@lru_cache(maxsize=1)
def _loop() -> tuple[tuple[bool, bytes], ...]:
    scene, encoder = Scene("card", _CODING.width, _CODING.height), Encoder(_CODING)
    coded = [one for n in range(FPS * _LOOP_S) for one in encoder.encode(scene.picture(n, n / FPS, None))]
    return tuple((one.key, one.data) for one in [*coded, *encoder.finish()])


class OnvifCard:
    """`async with` it: `http_port` and `rtsp_port` then say where it is.

    Its clock is `ahead_s` ahead of `clock`. `most` bounds the pictures of a section that are sent.
    """

    def __init__(
        self,
        clock: Clock,
        sections: list[Section],
        *,
        habits: frozenset[Habit] = frozenset(),
        username: str = "",
        password: str = "",
        ahead_s: float = 0.0,
        host: str = "127.0.0.1",
    ) -> None:
        self._clock, self.sections, self._habits = clock, sections, habits
        self._username, self._password, self._ahead_s, self._host = username, password, ahead_s, host
        self.http_port = self.rtsp_port = 0
        self.seen = Seen()
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._door = Door(username, password, (Scheme.MD5_QOP,)) if username else None
        self._searches: dict[str, list[str]] = {}

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

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.utc_ns() / 1e9, UTC) + timedelta(seconds=self._ahead_s)

    def _has(self, habit: Habit) -> bool:
        return habit in self._habits

    # SOAP

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(next(re.finditer(r"(?i)content-length: *(\d+)", head))[1])
            body = (await reader.readexactly(length)).decode()
            status, headers, answer = self._soap(head, body)
            lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(answer)}", *headers, "", ""]
            writer.write("\r\n".join(lines).encode())
            if self._has(Habit.SLOW):
                for byte in answer:
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(0.1)
            writer.write(answer)
            await writer.drain()

    def _soap(self, head: str, body: str) -> tuple[str, list[str], bytes]:
        found = re.search(r"<s:Body><(?:\w+:)?(\w+)", body)
        assert found is not None, body
        operation = found[1]
        self.seen.operations.append(operation)
        kind = ["Content-Type: application/soap+xml; charset=utf-8"]
        free = operation in _FREE and not self._has(Habit.GUARDS_ITS_CLOCK)
        if self._has(Habit.GUARDS_ITS_CLOCK) and operation in _FREE and "UsernameToken" not in body:
            free = True
        if self._username and not free:
            if self._has(Habit.HTTP_DIGEST):
                challenge = self._http_refusal(head)
                if challenge:
                    self.seen.refused += 1
                    return "401 Unauthorized", [*kind, *challenge], b""
            elif not self._token_is_right(body):
                self.seen.refused += 1
                return "400 Bad Request", kind, _fault("ter:NotAuthorized", "Sender not Authorized")
        if self._has(Habit.REDIRECTS):
            return "302 Found", [*kind, f"Location: http://{self._host}:{self.rtsp_port}/"], b""
        hostile = self._hostile(operation)
        if hostile is not None:
            packed = ["Content-Encoding: gzip"] if self._has(Habit.PACKED) else []
            return "200 OK", [*kind, *packed], hostile
        answer = getattr(self, "_" + operation, None)
        if answer is None:
            return "500 Error", kind, _fault("ter:ActionNotSupported", "Optional Action Not Implemented")
        return "200 OK", kind, _envelope(answer(body))

    def _hostile(self, operation: str) -> bytes | None:
        if operation not in ("GetRecordingSearchResults", "GetSystemDateAndTime"):
            return None
        if self._has(Habit.NUMBERS) and operation == "GetSystemDateAndTime":
            date, time = "<Date><Year>1e999</Year></Date>", "<Time><Hour>1e999</Hour></Time>"
            return _envelope(f"<D><UTCDateTime>{time}{date}</UTCDateTime></D>")
        if operation == "GetSystemDateAndTime":
            return None
        if self._has(Habit.ENTITY_BOMB):
            levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
            text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">{levels}]><x>&e11;</x>'
            return text.encode()
        if self._has(Habit.HUGE):
            return _envelope("<R/>" * (4 << 20))
        if self._has(Habit.DEEP):
            inside = "<R>" * 20_000 + "</R>" * 20_000
            return _envelope(
                f"<ResultList><SearchState>Completed</SearchState>"
                f"<RecordingInformation>{inside}</RecordingInformation></ResultList>"
            )
        if self._has(Habit.PACKED):
            return gzip.compress(b" " * (64 << 20))
        return None

    def _http_refusal(self, head: str) -> list[str]:
        assert self._door is not None
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        headers = {name.lower(): value for name, value in lines.items()}
        method, path, _ = head.split("\r\n", 1)[0].split(" ")
        verdict = self._door.judge(Request(method, path, headers))
        if verdict is Verdict.RIGHT:
            return []
        self._door = Door(self._username, self._password, (Scheme.MD5_QOP,))
        return [f"WWW-Authenticate: {one}" for one in self._door.challenges(stale=verdict is Verdict.STALE)]

    def _token_is_right(self, body: str) -> bool:
        def told(name: str) -> str:
            found = re.search(rf"<(?:\w+:)?{name}[^>]*>([^<]*)</", body)
            return found[1] if found else ""

        try:
            nonce, created = base64.b64decode(told("Nonce")), told("Created")
            when = datetime.fromisoformat(created.replace("Z", "+00:00"))
        except ValueError:
            return False
        secret = hashlib.sha1(nonce + created.encode() + self._password.encode(), usedforsecurity=False)
        right = base64.b64encode(secret.digest()).decode() == told("Password")
        return right and told("Username") == self._username and abs(when - self._now) < _SKEW

    def _GetSystemDateAndTime(self, _: str) -> str:
        now = self._now
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
            f"<tt:Second>{now.second}</tt:Second></tt:Time>"
            f"<tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month>"
            f"<tt:Day>{now.day}</tt:Day></tt:Date>"
            "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _GetServices(self, _: str) -> str:
        host = "203.0.113.9" if self._has(Habit.NAMES_OTHER_HOST) else self._host
        names = ["device"] if self._has(Habit.NO_SEARCH) else list(_SERVICES)
        return "".join(
            f"<tds:Service><tds:Namespace>{_SERVICES[name]}</tds:Namespace>"
            f"<tds:XAddr>http://{host}:{self.http_port}/onvif/{name}</tds:XAddr></tds:Service>"
            for name in names
        )

    def _FindRecordings(self, _: str) -> str:
        start_ns = min(one.start_ns for one in self.sections)
        end_ns = max(one.end_ns for one in self.sections)
        if self._has(Habit.CLAIMS_MORE):
            end_ns += 3600 * 1_000_000_000
        tokens = ["REC1", "REC2"] if self._has(Habit.SEVERAL_RECORDINGS) else ["REC1"]
        return self._search(
            [
                f"<tt:RecordingInformation><tt:RecordingToken>{token}</tt:RecordingToken>"
                "<tt:Source><tt:SourceId>x</tt:SourceId></tt:Source>"
                f"<tt:Track><tt:TrackToken>VIDEO001</tt:TrackToken><tt:TrackType>Video</tt:TrackType>"
                f"<tt:DataFrom>{_iso(start_ns)}</tt:DataFrom><tt:DataTo>{_iso(end_ns)}</tt:DataTo></tt:Track>"
                "<tt:RecordingStatus>Stopped</tt:RecordingStatus></tt:RecordingInformation>"
                for token in tokens
            ]
        )

    def _FindEvents(self, _: str) -> str:
        changes = [(one.start_ns, True) for one in self.sections]
        if not self._has(Habit.CLAIMS_MORE):
            changes += [(one.end_ns, False) for one in self.sections]
        return self._search(
            [
                f"<tt:Result><tt:RecordingToken>REC1</tt:RecordingToken><tt:TrackToken>VIDEO001</tt:TrackToken>"
                f"<tt:Time>{_iso(at_ns)}</tt:Time><tt:Event>"
                '<wsnt:Topic Dialect="x">tns1:RecordingHistory/Track/State</wsnt:Topic>'
                "<wsnt:Message><tt:Message><tt:Source>"
                '<tt:SimpleItem Name="RecordingToken" Value="REC1"/><tt:SimpleItem Name="Track" Value="V"/>'
                '</tt:Source><tt:Data><tt:SimpleItem Name="IsDataPresent" '
                f'Value="{str(present).lower()}"/></tt:Data></tt:Message></wsnt:Message></tt:Event>'
                "<tt:StartStateEvent>false</tt:StartStateEvent></tt:Result>"
                for at_ns, present in sorted(changes)
            ]
        )

    def _search(self, results: list[str]) -> str:
        token = secrets.token_hex(4)
        self._searches[token] = results
        return f"<tse:FindResponse><tse:SearchToken>{token}</tse:SearchToken></tse:FindResponse>"

    def _results(self, body: str) -> str:
        found = re.search(r"SearchToken>([^<]*)<", body)
        assert found is not None
        # A few at a time, as devices do.
        results = self._searches[found[1]]
        given, self._searches[found[1]] = results[:2], results[2:]
        completed = not self._searches[found[1]] and not self._has(Habit.NEVER_COMPLETED)
        state = "Completed" if completed else "Searching"
        return f"<tse:ResultList><tt:SearchState>{state}</tt:SearchState>{''.join(given)}</tse:ResultList>"

    _GetRecordingSearchResults = _results
    _GetEventSearchResults = _results

    def _EndSearch(self, _: str) -> str:
        return "<tse:EndSearchResponse/>"

    def _GetReplayUri(self, _: str) -> str:
        host = "203.0.113.9" if self._has(Habit.NAMES_OTHER_HOST) else self._host
        return (
            f"<trp:GetReplayUriResponse><trp:Uri>rtsp://{host}:{self.rtsp_port}/replay?rec=REC1</trp:Uri>"
            "</trp:GetReplayUriResponse>"
        )

    # RTSP

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
        found = re.fullmatch(r"clock=(\d{8}T\d{6}\.\d{3}Z)-(\d{8}T\d{6}\.\d{3}Z)", told)
        assert found is not None, told
        start_ns, end_ns = (_clock_ns(text) for text in found.groups())
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


def _envelope(body: str) -> bytes:
    names = {
        "s": "http://www.w3.org/2003/05/soap-envelope",
        "tt": "http://www.onvif.org/ver10/schema",
        "tds": _SERVICES["device"],
        "tse": _SERVICES["search"],
        "trp": _SERVICES["replay"],
        "wsnt": "http://docs.oasis-open.org/wsn/b-2",
        "tns1": "http://www.onvif.org/ver10/topics",
    }
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in names.items())
    return f"<s:Envelope {spaces}><s:Body>{body}</s:Body></s:Envelope>".encode()


def _fault(code: str, text: str) -> bytes:
    return _envelope(
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{text}</s:Text></s:Reason></s:Fault>'
    )


def _iso(utc_ns: int) -> str:
    return datetime.fromtimestamp(utc_ns / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _clock_ns(text: str) -> int:
    when = datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
