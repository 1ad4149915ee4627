"""Stands between FFmpeg and a camera, for FFmpeg follows redirects by itself and signs in where it is sent.

Our side speaks to the checked address alone, signs in and keeps the session; FFmpeg gets the camera's answers
written anew, never one that leads elsewhere.
"""

import asyncio
from collections.abc import Callable, Coroutine

from ingest import refusals
from ingest.addresses import Target
from ingest.ffmpeg.door import Door
from ingest.ffmpeg.frames import AvFrames
from ingest.ports import NotRtsp, SourceCounts, SourceError
from ingest.rtsp.connection import Connection, ConnectionLost
from ingest.rtsp.dialogue import ClosedOnChallenge, Dialogue, Moved, answer_to_camera
from ingest.rtsp.digest import Answers, Credentials
from ingest.rtsp.headers import DEFAULT_TIMEOUT_S, session_of, transport_of
from ingest.rtsp.keepalive import KeepAlive
from ingest.rtsp.messages import Request, Response, response
from ingest.rtsp.sdp import Video, video_of
from shared.clock import Clock
from shared.reasons import why

_OURS = frozenset({"cseq", "user-agent", "session", "authorization", "content-length"})
"""Headers of FFmpeg's requests that our side writes itself."""

_KEPT_BACK = frozenset({"cseq", "content-length", "location", "www-authenticate", "connection"})
"""Headers of the camera's answers that are not for FFmpeg."""

_MOST_ASKED = 8
_QUIET_S = 0.25
_ANSWER_WITHIN_S = 10.0


class Relay:
    """One session of FFmpeg with one camera.

    `playing` is called when the camera has agreed to play, `failed` once when the session ends by itself.
    `elsewhere` then says where the camera wants to be asked instead.
    """

    def __init__(
        self,
        target: Target,
        credentials: Credentials,
        counts: SourceCounts,
        clock: Clock,
        cnonce: Callable[[], str],
        playing: Callable[[Video], None],
        failed: Callable[[SourceError], None],
        answers: Answers | None = None,
    ) -> None:
        self._target, self._counts, self._clock = target, counts, clock
        self._playing, self._failed = playing, failed
        self.elsewhere: Moved | ClosedOnChallenge | None = None
        self._connection = Connection(
            counts,
            arrived=_unheard,
            frame=self._stray,
            answered=self._answered,
            asked=self._asked_by_camera,
            ended=self._lost,
        )
        self._dialogue = Dialogue(self._connection, target, credentials, cnonce, answers)
        self._keepalive = KeepAlive()
        self._door = Door(self)
        self._frames = AvFrames(clock.utc_ns)
        self._requests: asyncio.Queue[tuple[Request, str]] = asyncio.Queue(_MOST_ASKED)
        self._pending: Request | None = None
        self._video: Video | None = None
        self._aggregate = target.uri
        self._timeout_s = DEFAULT_TIMEOUT_S
        self._plays = self._over = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def first_ns(self) -> int | None:
        """The UTC at which the first picture began to arrive."""
        return self._frames.first_ns

    async def open(self) -> str:
        """Connect to the camera and give the address that FFmpeg is to open. Raises OSError."""
        loop = asyncio.get_running_loop()
        # The checked address, never the name again: it may have changed its mind.
        await loop.create_connection(lambda: self._connection, self._target.ip, self._target.port)
        await self._door.open()
        self._start(self._pass_on())
        self._start(self._settle())
        return self._door.url(self._target.path)

    def close(self) -> None:
        """Let both go, without waiting: FFmpeg reads the end at once. Twice is no error."""
        if self._over:
            return
        self._over = True
        for task in self._tasks:
            task.cancel()
        if self._plays and self._dialogue.session:
            self._dialogue.tell("TEARDOWN", self._aggregate)
        self._connection.close()
        self._door.close()

    # What FFmpeg says.

    def asked(self, request: Request, path: str) -> None:
        if self._plays:
            # The session is kept by us: FFmpeg says a word only when packets come.
            self._door.send(response(200, "OK", [("CSeq", request.header("cseq"))]))
            return
        try:
            self._requests.put_nowait((request, path))
        except asyncio.QueueFull:
            self._fail(
                NotRtsp(why("camera-answers-slowly", "{place} answers too slowly", place=self._target.place))
            )

    def framed(self, channel: int, data: bytes) -> None:
        self._connection.send_frame(channel, data)

    def hold(self, holding: bool) -> None:
        self._connection.hold(holding)

    def left(self) -> None:
        self.close()

    async def _pass_on(self) -> None:
        """Ask the camera what FFmpeg asks, one after the other, until it plays."""
        while not self._plays:
            request, path = await self._requests.get()
            try:
                await self._ask(request, path)
            except SourceError as error:
                self._fail(error)
            except (Moved, ClosedOnChallenge) as elsewhere:
                self.elsewhere = elsewhere
                self._fail(
                    NotRtsp(
                        why("camera-sends-elsewhere", "{place} sends us elsewhere", place=self._target.place)
                    )
                )
            except ConnectionLost as error:
                self._fail(refusals.unanswered(self._target.place, error.cause))
        self._start(self._keep())

    async def _ask(self, request: Request, path: str) -> None:
        uri = path if "://" in path else self._target.uri.removesuffix(self._target.path) + path
        headers = [(name.title(), value) for name, value in request.headers if name not in _OURS]
        if request.method == "PLAY":
            self._aggregate = uri
        self._pending = request
        answer = await self._dialogue.ask(request.method, uri, headers)
        if self._pending is None:
            return
        if 300 <= answer.status < 400:
            if request.method == "DESCRIBE" and answer.header("location"):
                raise Moved(answer.header("location"))
            raise self._dialogue.failed(request.method, answer.status)
        self._answer(request, answer)

    # What the camera says.

    def _answered(self, answer: Response) -> None:
        """At once, where it is a success: packets that follow in the same read are for who has read it."""
        request = self._pending
        if request is None or not answer.ok or self._over:
            return
        match request.method:
            case "OPTIONS":
                self._keepalive.listed(answer.header("public"))
            case "DESCRIBE":
                self._video = video_of(answer.body.decode("utf-8", "replace"))
                if self._video is None:
                    self._fail(refusals.no_video(self._target.place))
                    return
            case "SETUP":
                self._dialogue.session, self._timeout_s = session_of(answer.header("session"))
                channels = transport_of(answer.header("transport")).channels or ()
                self._frames.know(channels)
                self._connection.know(channels)
            case "PLAY" if self._video is not None:
                self._plays = True
                self._connection.give_media(self._media)
                self._playing(self._video)
        self._answer(request, answer)

    def _answer(self, request: Request, answer: Response) -> None:
        self._pending = None
        headers = [(name.title(), value) for name, value in answer.headers if name not in _KEPT_BACK]
        own = [("CSeq", request.header("cseq")), ("Content-Length", str(len(answer.body)))]
        reason = "OK" if answer.ok else "Refused"
        self._door.send(response(answer.status, reason, [*own, *headers]) + answer.body)

    def _media(self, data: memoryview, start: int, end: int, channel: int) -> int:
        """Give on the packets that lie one behind the other, whatever their channel."""
        stop, given = self._frames.take(data, start, end)
        if given:
            self._door.send(given)
        self._counts.packets, self._counts.begun = self._frames.told, self._frames.begun
        return stop

    def _stray(self, channel: int, data: memoryview, start: int, end: int) -> None:
        """A packet before the camera agreed to play."""
        self._counts.foreign += 1

    def _asked_by_camera(self, asked: Request) -> tuple[int, str]:
        return answer_to_camera(asked, self._lost)

    def _lost(self, error: ConnectionLost) -> None:
        if self._plays:
            self._fail(refusals.lost(self._target.place, error.cause))

    def _fail(self, error: SourceError) -> None:
        if not self._over:
            self._failed(error)
            self.close()

    # What is due by time.

    async def _settle(self) -> None:
        while not self._plays:
            await self._clock.sleep(_QUIET_S)
            self._connection.settle()

    async def _keep(self) -> None:
        while True:
            await self._clock.sleep(self._timeout_s / 2)
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    answer = await self._dialogue.ask(self._keepalive.verb.value, self._aggregate)
            except TimeoutError:
                # A camera that answers nothing and sends on is left to: silence is noticed by its pictures.
                continue
            except ConnectionLost:
                return
            except SourceError as error:
                self._fail(error)
                return
            self._keepalive.answered(answer)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))


def _unheard(ago_ns: int | None) -> None:
    """Nobody needs to know that something arrived."""
