"""The ONVIF services of a simulated camera with a card, over HTTP: device, search, replay."""

import asyncio
import base64
import gzip
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from ingest.simulator.auth import Door, Scheme, Verdict
from ingest.simulator.rtsp import Request
from shared.clock import Clock

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


class OnvifServices:
    """Answers SOAP. Its clock is `ahead_s` ahead of `clock`; the replay is at `rtsp_port`."""

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
        self._door = Door(username, password, (Scheme.MD5_QOP,)) if username else None
        self._searches: dict[str, list[str]] = {}

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.utc_ns() / 1e9, UTC) + timedelta(seconds=self._ahead_s)

    def _has(self, habit: Habit) -> bool:
        return habit in self._habits

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
