"""Opens cameras with FFmpeg's RTSP client, through `av`. No other part of ingest proper knows `av`.

One thread a camera demultiplexes and hands whole coded pictures to the event loop.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterator

import av
import av.error
import av.logging
from av.container import InputContainer
from av.packet import Packet as AvPacket
from av.video.stream import VideoStream

from ingest import refusals
from ingest.addresses import AddressRules, Target
from ingest.ffmpeg.relay import Relay
from ingest.ports import (
    CameraAddress,
    NoAnswer,
    NotRtsp,
    Packet,
    SourceCounts,
    SourceError,
    Stalled,
    silent,
)
from ingest.queued_source import QueuedSource
from ingest.rtsp.digest import Answers, Credentials
from ingest.rtsp.opener import OPEN_TIMEOUT_S, info_of
from ingest.rtsp.redirects import follow
from ingest.rtsp.sdp import Video
from shared.causes import LINK_BROKE, OTHER
from shared.clock import Clock
from shared.reasons import Cause, Reason, why

_DEAD_S = 120.0
"""Longer than anybody waits for a picture: who waits for one decides that, and ends FFmpeg by the relay."""

_OPTIONS = {
    # Interleaved TCP crosses every firewall; audio is never set up, by law and by construction.
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    # The least probing: pictures are passed on as they come, and their parameter sets are read by us.
    "probesize": "2048",
    "analyzeduration": "0",
    "fpsprobesize": "0",
    # There is nothing else that it may open.
    "protocol_whitelist": "tcp",
}


class AvOpener:
    """The Opener that lets FFmpeg speak RTSP, behind a relay that lets it go nowhere else."""

    def __init__(
        self, rules: AddressRules, clock: Clock, *, cnonce: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        self._rules, self._clock, self._cnonce = rules, clock, cnonce
        # FFmpeg's own log would print addresses.
        av.logging.set_level(None)

    async def open(self, address: CameraAddress) -> "AvSource":
        target = await self._rules.check(address.url)
        credentials = Credentials(address.username, address.password)
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                return await follow(self._rules, target, credentials, self._at)
        except TimeoutError:
            raise refusals.late(target.place, OPEN_TIMEOUT_S) from None

    async def _at(self, target: Target, credentials: Credentials, answers: Answers | None) -> "AvSource":
        source = AvSource(target, credentials, self._clock, self._cnonce, answers)
        try:
            await source.open()
        except BaseException:
            source.close()
            raise
        return source


class AvSource(QueuedSource):
    """One open camera. Its thread ends by itself soon after `close` or `fail`: the relay's end is FFmpeg's.

    Of its counts FFmpeg tells none: `packets` and `begun` are what the relay sees.
    """

    def __init__(
        self,
        target: Target,
        credentials: Credentials,
        clock: Clock,
        cnonce: Callable[[], str],
        answers: Answers | None = None,
    ) -> None:
        super().__init__(SourceCounts())
        self._target, self._clock = target, clock
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._given_up: SourceError | None = None
        self._relay = Relay(
            target, credentials, self.counts, clock, cnonce, self._playing, self.fail, answers
        )

    async def open(self) -> None:
        """Return once the camera plays. Raises SourceError, Moved, ClosedOnChallenge."""
        try:
            url = await self._relay.open()
        except OSError as error:
            raise refusals.unreachable(self._target.place, error.errno) from None
        name = f"rtsp {self._target.place}"
        threading.Thread(target=self._work, args=(url,), name=name, daemon=True).start()
        try:
            await self.started()
        except SourceError:
            if self._relay.elsewhere is not None:
                raise self._relay.elsewhere from None
            raise

    @property
    def silence(self) -> Reason:
        return silent(self._target.place)

    def fail(self, error: SourceError) -> None:
        """The session is over: the thread says so once FFmpeg has given the picture that it still held."""
        if self._given_up is None:
            self._given_up = error
        self._relay.close()

    def close(self) -> None:
        self._closed = True
        self.waiting.clear()
        self._relay.close()

    def _playing(self, video: Video) -> None:
        # FFmpeg itself says so with the second picture, which may take a minute.
        self.begun(info_of(video))

    def _work(self, url: str) -> None:
        """The thread. Every way out of it hands over an error, so that nobody waits for ever."""
        try:
            self._demultiplex(url)
        except SourceError as error:
            self._hand_over(error)
        except Exception as error:  # The last frame of a thread: what is lost here is lost for good.
            kind = type(error).__name__
            self._hand_over(
                refusals.lost(self._target.place, Cause(f"{OTHER}:{kind}", f"reading failed: {kind}"))
            )

    def _demultiplex(self, url: str) -> None:
        with self._opened(url) as container:
            streams = container.streams.video
            if not streams:
                raise refusals.no_video(self._target.place)
            # What the description was read as, where it names several.
            told = (one for one in streams if one.codec_context and one.codec_context.name == self.info.codec)
            self._read(container.demux(next(told, streams[0])))

    def _read(self, packets: "Iterator[AvPacket[VideoStream]]") -> None:
        first = True
        asked_ns, arrival_ns = self._clock.monotonic_ns(), self._relay.first_ns or self._clock.utc_ns()
        while not self._closed:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError as error:
                raise self._reading_failed(error) from None
            if packet is None or packet.size == 0:
                raise refusals.ended(self._target.place)
            # FFmpeg counts from the first packet's time, and leaves exactly that one out.
            pts90 = 0 if first and packet.pts is None else packet.pts
            first = False
            self._hand_over(Packet(bytes(packet), pts90, packet.is_keyframe, arrival_ns))
            waited_s = (self._clock.monotonic_ns() - asked_ns) / 1e9
            if waited_s >= _DEAD_S:
                # On a time-out FFmpeg first gives what its parser still held, and would wait once more.
                raise self._stalled()
            # The parser ends a picture when the next one begins: now is when that one began to arrive.
            asked_ns, arrival_ns = self._clock.monotonic_ns(), self._clock.utc_ns()

    def _opened(self, url: str) -> InputContainer:
        try:
            return av.open(url, mode="r", options=_OPTIONS, timeout=_DEAD_S)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            # Not chained: FFmpeg's error carries the relay's address, which only FFmpeg may know.
            raise self._opening_failed(error) from None

    def _opening_failed(self, error: Exception) -> SourceError:
        place = self._target.place
        if isinstance(error, av.error.HTTPForbiddenError):
            return refusals.account_elsewhere(place)
        if isinstance(error, av.error.HTTPNotFoundError):
            return refusals.no_stream(place)
        if isinstance(error, av.error.HTTPClientError | av.error.HTTPServerError):
            return NotRtsp(
                why(
                    "camera-answers-error",
                    "{place} answers with an error to what a camera must understand",
                    place=place,
                )
            )
        if isinstance(error, av.error.InvalidDataError | av.error.ProtocolNotFoundError | EOFError):
            return refusals.no_rtsp(place)
        return NoAnswer(refusals.unreachable(place, None).reason)

    def _reading_failed(self, error: av.error.FFmpegError) -> SourceError:
        if isinstance(error, av.error.ExitError | TimeoutError):
            return self._stalled()
        return refusals.lost(self._target.place, LINK_BROKE)

    def _stalled(self) -> Stalled:
        return Stalled(self.silence)

    def _hand_over(self, item: Packet | SourceError) -> None:
        """The one door from the thread to the loop."""
        try:
            self._loop.call_soon_threadsafe(self._take, item)
        except RuntimeError:
            # The loop is closed: the service has ended before its camera's thread.
            self._closed = True

    def _take(self, item: Packet | SourceError) -> None:
        if self._closed:
            return
        if isinstance(item, Packet):
            self.put(item)
        else:
            self._relay.close()
            super().fail(self._given_up or item)
