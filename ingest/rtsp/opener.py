"""Opens cameras with our own RTSP client."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

from ingest import refusals
from ingest.addresses import AddressRules, Target
from ingest.ports import (
    CameraAddress,
    NotRtsp,
    SourceCounts,
    StreamInfo,
)
from ingest.rounds import Rounds
from ingest.rtsp.core import Core
from ingest.rtsp.cutting import ReadRoom
from ingest.rtsp.depacketisers import depacketiser_of
from ingest.rtsp.digest import Answers, Credentials
from ingest.rtsp.headers import Chosen
from ingest.rtsp.receiver import Receiver
from ingest.rtsp.redirects import follow
from ingest.rtsp.rtcp import receiver_report
from ingest.rtsp.sdp import Video
from ingest.rtsp.session import Session, TransportRefused
from ingest.rtsp.source import RtspSource
from ingest.rtsp.turns import Turns
from shared.clock import Clock
from shared.codecs.h264 import parameter_sets, parse_sps
from shared.errors import BadInput
from shared.messages.ingest import CameraTransport
from shared.reasons import why

OPEN_TIMEOUT_S = 8.0


def _cnonce() -> str:
    return secrets.token_hex(8)


def _ssrc() -> int:
    return secrets.randbits(32)


class RtspOpener:
    """The Opener that speaks RTSP itself, with RTP over the RTSP connection or over UDP."""

    def __init__(
        self,
        rules: AddressRules,
        clock: Clock,
        *,
        cnonce: Callable[[], str] = _cnonce,
        ssrc: Callable[[], int] = _ssrc,
        core: Core | None = None,
    ) -> None:
        self._rules, self._clock = rules, clock
        self._cnonce, self._ssrc, self._core = cnonce, ssrc, core
        self._rounds, self._turns, self._room = Rounds(clock), Turns(), ReadRoom()

    async def open(self, address: CameraAddress) -> RtspSource:
        target = await self._rules.check(address.url)
        credentials = Credentials(address.username, address.password)
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                return await follow(
                    self._rules,
                    target,
                    credentials,
                    lambda target, known, answers: self._at(target, known, address.transport, answers),
                )
        except TimeoutError:
            raise refusals.late(target.place, OPEN_TIMEOUT_S) from None

    async def _at(
        self, target: Target, credentials: Credentials, transport: CameraTransport, answers: Answers | None
    ) -> RtspSource:
        counts = SourceCounts()
        own_ssrc = self._ssrc()
        source = RtspSource(target.place, counts, own_ssrc, self._clock, self._rounds, self._turns)
        session = Session(
            target, credentials, counts, self._clock, self._cnonce, source.fail, answers, self._room
        )
        try:
            await session.connect()
            video = await session.describe()
            depacketiser = depacketiser_of(video, target.place)
            chosen = await _set_up(session, video, transport, target)
            receiver = Receiver(
                video.payload_type,
                video.clock_rate,
                depacketiser,
                source.give,
                source.give_all,
                source.lost,
                counts,
                self._clock,
                chosen.ssrc,
                self._core,
            )
            await session.play(receiver, receiver_report(own_ssrc, None))
        except OSError as error:
            session.close()
            raise refusals.unreachable(target.place, error.errno) from None
        except BaseException:
            session.close()
            raise
        source.begin(info_of(video), session, receiver)
        return source


async def _set_up(session: Session, video: Video, transport: CameraTransport, target: Target) -> Chosen:
    """Set up as asked, or in the other way where the camera refuses that one."""
    other = CameraTransport.UDP if transport is CameraTransport.TCP else CameraTransport.TCP
    for way in (transport, other):
        with suppress(TransportRefused):
            return await session.set_up(video, way)
    raise NotRtsp(
        why(
            "camera-no-transport",
            "{place} sends neither over the RTSP connection nor by UDP",
            place=target.place,
        )
    )


def info_of(video: Video) -> StreamInfo:
    """What a description says of the video."""
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
