"""Opens cameras with our own RTSP client."""

import asyncio
import errno
import secrets
from collections.abc import Callable

from ingest.addresses import AddressRules, Target
from ingest.ports import (
    CameraAddress,
    NotRtsp,
    Refused,
    SourceCounts,
    SourceError,
    StreamInfo,
    Unreachable,
    UnsupportedCodec,
)
from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.dialogue import Moved
from ingest.rtsp.digest import Credentials
from ingest.rtsp.receiver import Receiver
from ingest.rtsp.sdp import Video
from ingest.rtsp.session import Session, TransportRefused
from ingest.rtsp.source import RtspSource
from shared.clock import Clock
from shared.errors import BadInput
from shared.h264 import parameter_sets, parse_sps

OPEN_TIMEOUT_S = 8.0
MAX_REDIRECTS = 3

_DEPACKETISERS: dict[str, Callable[[], Depacketiser]] = {"h264": H264Depacketiser}
_UNREACHABLE = {
    errno.ECONNREFUSED: "nothing listens at {place}",
    errno.EHOSTUNREACH: "there is no way to {place}",
    errno.ENETUNREACH: "there is no way to {place}",
    errno.ETIMEDOUT: "{place} does not answer",
    errno.ECONNRESET: "{place} ended the connection",
}


def _cnonce() -> str:
    return secrets.token_hex(8)


def _ssrc() -> int:
    return secrets.randbits(32)


class RtspOpener:
    """The Opener that speaks RTSP itself: RTP over the RTSP connection, H.264."""

    def __init__(
        self,
        rules: AddressRules,
        clock: Clock,
        *,
        cnonce: Callable[[], str] = _cnonce,
        ssrc: Callable[[], int] = _ssrc,
    ) -> None:
        self._rules, self._clock = rules, clock
        self._cnonce, self._ssrc = cnonce, ssrc

    async def open(self, address: CameraAddress) -> RtspSource:
        target = await self._rules.check(address.url)
        credentials = Credentials(address.username, address.password)
        place = target.place
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                return await self._open(target, credentials)
        except TimeoutError:
            raise Unreachable(f"{place} did not answer within {OPEN_TIMEOUT_S:g} s") from None

    async def _open(self, target: Target, credentials: Credentials) -> RtspSource:
        first = target
        for _ in range(MAX_REDIRECTS + 1):
            try:
                return await self._at(target, credentials if target.ip == first.ip else Credentials())
            except Moved as moved:
                target = await self._rules.check(moved.location)
            except Refused:
                if target.ip == first.ip or not credentials:
                    raise
                raise Refused(
                    f"{first.place} sends us to {target.place}, which asks for a name and a password: "
                    "those are for the first address only"
                ) from None
        raise NotRtsp(f"{first.place} sends us from one address to another without an end")

    async def _at(self, target: Target, credentials: Credentials) -> RtspSource:
        counts = SourceCounts()
        source = RtspSource(target.place, counts, self._ssrc(), self._clock)
        session = Session(target, credentials, counts, self._cnonce, source.fail)
        try:
            await session.connect()
            video = await session.describe()
            depacketiser = _depacketiser(video, target)
            chosen = await session.set_up(video)
            receiver = Receiver(
                video.payload_type,
                video.clock_rate,
                depacketiser,
                source.give,
                source.lost,
                counts,
                self._clock,
                chosen.ssrc,
            )
            await session.play(receiver)
        except OSError as error:
            session.close()
            raise _unreachable(error, target) from None
        except TransportRefused:
            session.close()
            raise NotRtsp(f"{target.place} does not send over the RTSP connection") from None
        except BaseException:
            session.close()
            raise
        source.begin(_info(video), session, receiver)
        return source


def _depacketiser(video: Video, target: Target) -> Depacketiser:
    make = _DEPACKETISERS.get(video.codec)
    if make is None:
        raise UnsupportedCodec(f"{target.place} sends {video.codec.upper()}, which is not known here")
    return make()


def _unreachable(error: OSError, target: Target) -> SourceError:
    sentence = _UNREACHABLE.get(error.errno or 0, "{place} cannot be opened")
    return Unreachable(sentence.format(place=target.place))


def _info(video: Video) -> StreamInfo:
    width, height = video.width, video.height
    sps, _ = parameter_sets(video.parameter_sets) if video.codec == "h264" else (None, None)
    if sps is not None:
        try:
            known = parse_sps(sps)
            width, height = known.width, known.height
        except BadInput:
            # What a camera says beside the stream may be wrong; the stream says it again.
            pass
    return StreamInfo(video.codec, width, height, video.fps, video.parameter_sets)
