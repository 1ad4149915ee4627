"""Opens cameras with FFmpeg's RTSP client, through `av`. No other part of ingest proper knows `av`.

One thread a camera demultiplexes and hands whole coded pictures to the event loop.
"""

import asyncio
import errno
import threading
from collections.abc import Iterator
from urllib.parse import quote

import av
import av.error
import av.logging
from av.container import InputContainer
from av.packet import Packet as AvPacket
from av.video.stream import VideoStream

from ingest import refusals
from ingest.addresses import AddressRules, Target
from ingest.ports import (
    STALL_S,
    CameraAddress,
    NoAnswer,
    NotRtsp,
    Packet,
    SourceCounts,
    SourceError,
    Stalled,
    StreamInfo,
    silent,
)
from ingest.queued_source import QueuedSource
from shared.causes import LINK_BROKE, OTHER
from shared.clock import Clock
from shared.reasons import Cause, Reason, why

OPEN_TIMEOUT_S = 8.0

_OPTIONS = {
    # Interleaved TCP crosses every firewall; audio is never set up, by law and by construction.
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    # The least probing: pictures are passed on as they come, and their parameter sets are read by us.
    "probesize": "2048",
    "analyzeduration": "0",
    "fpsprobesize": "0",
    "user_agent": "Beffroi",
}
_UNHEARD = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ETIMEDOUT})
"""With these the camera never heard us."""


class AvOpener:
    """The Opener for real cameras."""

    def __init__(self, rules: AddressRules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        # FFmpeg's own log would print addresses, and credentials with them.
        av.logging.set_level(None)

    async def open(self, address: CameraAddress) -> "AvSource":
        target = await self._rules.check(address.url)
        source = AvSource(target, address, self._clock)
        try:
            await source.started()
        except BaseException:
            source.close()
            raise
        return source


class AvSource(QueuedSource):
    """One open camera. Its thread ends by itself soon after `close`: at the next packet or time-out.

    Its counts stay at naught: FFmpeg does not tell.
    """

    def __init__(self, target: Target, address: CameraAddress, clock: Clock) -> None:
        super().__init__(SourceCounts())
        self._target, self._address, self._clock = target, address, clock
        self._loop = asyncio.get_running_loop()
        self._closed = False
        threading.Thread(target=self._work, name=f"rtsp {target.place}", daemon=True).start()

    @property
    def silence(self) -> Reason:
        return silent(self._target.place)

    def close(self) -> None:
        self._closed = True
        self.waiting.clear()

    def _work(self) -> None:
        """The thread. Every way out of it hands over an error, so that nobody waits for ever."""
        try:
            self._demultiplex()
        except SourceError as error:
            self._hand_over(error)
        except Exception as error:  # The last frame of a thread: what is lost here is lost for good.
            kind = type(error).__name__
            self._hand_over(
                refusals.lost(self._target.place, Cause(f"{OTHER}:{kind}", f"reading failed: {kind}"))
            )

    def _demultiplex(self) -> None:
        with self._opened() as container:
            if not container.streams.video:
                raise refusals.no_video(self._target.place)
            stream = container.streams.video[0]
            context = stream.codec_context
            rate = stream.average_rate
            self._hand_over(
                StreamInfo(
                    # FFmpeg has no context for a codec it does not know.
                    codec=context.name if context is not None else refusals.UNNAMED,
                    width=context.width if context is not None else 0,
                    height=context.height if context is not None else 0,
                    fps=float(rate) if rate else 0.0,
                    parameter_sets=bytes(context.extradata or b"") if context is not None else b"",
                )
            )
            self._read(container.demux(stream))

    def _read(self, packets: "Iterator[AvPacket[VideoStream]]") -> None:
        first = True
        asked_ns, arrival_ns = self._clock.monotonic_ns(), self._clock.utc_ns()
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
            if waited_s >= STALL_S:
                # On a time-out FFmpeg first gives what its parser still held, and would wait once more.
                raise self._stalled()
            # The parser ends a picture when the next one begins: now is when that one began to arrive.
            asked_ns, arrival_ns = self._clock.monotonic_ns(), self._clock.utc_ns()

    def _opened(self) -> InputContainer:
        address = self._address
        userinfo = ""
        if address.username or address.password:
            userinfo = f"{quote(address.username, safe='')}:{quote(address.password, safe='')}"
        started_ns = self._clock.monotonic_ns()
        try:
            return av.open(
                self._target.url(userinfo), mode="r", options=_OPTIONS, timeout=(OPEN_TIMEOUT_S, STALL_S)
            )
        except (av.error.FFmpegError, OSError, ValueError) as error:
            elapsed_s = (self._clock.monotonic_ns() - started_ns) / 1e9
            # Not chained: FFmpeg's error carries the address with the credentials in it.
            raise self._opening_failed(error, elapsed_s) from None

    def _opening_failed(self, error: Exception, elapsed_s: float) -> SourceError:
        place = self._target.place
        if isinstance(error, av.error.HTTPUnauthorizedError):
            if self._address.username or self._address.password:
                return refusals.account_wrong(place)
            return refusals.account_needed(place)
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
        if isinstance(error, av.error.ExitError) or elapsed_s >= OPEN_TIMEOUT_S:
            return refusals.late(place, OPEN_TIMEOUT_S)
        if isinstance(error, av.error.InvalidDataError | av.error.ProtocolNotFoundError | EOFError):
            return refusals.no_rtsp(place)
        number = getattr(error, "errno", None)
        failed = refusals.unreachable(place, number)
        return failed if number in _UNHEARD else NoAnswer(failed.reason)

    def _reading_failed(self, error: av.error.FFmpegError) -> SourceError:
        if isinstance(error, av.error.ExitError | TimeoutError):
            return self._stalled()
        return refusals.lost(self._target.place, LINK_BROKE)

    def _stalled(self) -> Stalled:
        return Stalled(self.silence)

    def _hand_over(self, item: StreamInfo | Packet | SourceError) -> None:
        """The one door from the thread to the loop."""
        try:
            self._loop.call_soon_threadsafe(self._take, item)
        except RuntimeError:
            # The loop is closed: the service has ended before its camera's thread.
            self._closed = True

    def _take(self, item: StreamInfo | Packet | SourceError) -> None:
        if self._closed:
            return
        if isinstance(item, Packet):
            self.put(item)
        elif isinstance(item, StreamInfo):
            self.begun(item)
        else:
            self.fail(item)
