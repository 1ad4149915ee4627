"""The cards of the cameras that are pulled: what is on them, and their footage. One replay a camera at a
time, a few in all; the live stream of the camera is never asked for anything."""

import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from urllib.parse import urlsplit

from ingest.addresses import AddressRules, Target
from ingest.checks.choice import checks_for
from ingest.onvif.card_choice import CardChoice, CardPlace
from ingest.onvif.card_units import CardUnits
from ingest.onvif.clock_ahead import ClockAhead
from ingest.onvif.device import OnvifDevice
from ingest.onvif.recordings import CardRecording, spans_of
from ingest.onvif.refused import absent, live_first, no_recording, silent, unnamed_recording
from ingest.onvif.replay import Replay, Replayer
from ingest.ports import CameraAddress, Refused, SourceError
from ingest.rtsp.digest import Credentials
from shared import metrics
from shared.cards import CARD_RUN, CardBegin, CardEnd, CardItem, CardRecorded
from shared.clock import Clock
from shared.errors import NotFound, TooManyRequests
from shared.ids import StreamId, StreamKind
from shared.log import get_logger
from shared.reasons import Reason
from shared.spans import Span

MOST_AT_ONCE = 4
_RETRY_AFTER_S = 15
_BEHIND_NS = 15_000_000_000
"""The group of pictures that goes on at the end of a span goes on for so long at most."""

_REFUSED_S = 60.0
"""Cameras lock accounts that fail: one that was refused is not tried again sooner."""

Addresses = Callable[[], Mapping[StreamId, CameraAddress]]


class Cards:
    """Asks cameras for the footage on their cards. `addresses` tells where the wanted streams are, `sought`
    which of them do not come: a replay may hold the session that a live stream needs, and gives way.
    """

    def __init__(
        self,
        choice: CardChoice,
        addresses: Addresses,
        rules: AddressRules,
        replayer: Replayer,
        clock: Clock,
        *,
        sought: Callable[[StreamId], bool],
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._sought = sought
        self._choice, self._addresses, self._rules = choice, addresses, rules
        self._replayer, self._clock, self._at_once = replayer, clock, at_once
        self._busy: set[str] = set()
        self._ahead: dict[str, ClockAhead] = {}
        self._refusals: dict[CameraAddress, tuple[int, Reason]] = {}
        self._log = get_logger("ingest.cards")
        self._replays = metrics.counter(
            "ingest_card_replays_total", "Replays of cameras' cards, by how", ["end"]
        )
        self._units = metrics.counter("ingest_card_units_total", "Pictures handed on from cameras' cards")

    async def recorded(self, stream: StreamId, span: Span) -> CardRecorded:
        """What the card says it has of a span. Raises NotFound, TooManyRequests, SourceError."""
        address, place = self._place(stream)
        async with self._alone(address), self._asking(stream, address, place) as (device, ahead, _):
            recording = await self._recording(device, stream, address, place)
            theirs = Span(ahead.to_cameras(span.start_ns), ahead.to_cameras(span.end_ns))
            changes = await device.changes(recording, theirs)
        spans = tuple(
            Span(ahead.to_ours(one.start_ns), ahead.to_ours(one.end_ns))
            for one in spans_of(recording, changes, theirs)
        )
        return CardRecorded(spans, ahead.ahead_ns, ahead.wrong_ns)

    async def footage(self, stream: StreamId, span: Span) -> AsyncGenerator[CardItem, None]:
        """The camera's clock, the units of a span as `CardUnits` has them, then how it ended.

        Raises NotFound, TooManyRequests, SourceError before the first one; later errors are in the CardEnd.
        """
        address, place = self._place(stream)
        async with self._alone(address):
            async with self._asking(stream, address, place) as (device, ahead, target):
                recording = await self._recording(device, stream, address, place)
                uri = await device.replay_address(recording)
            theirs = Span(ahead.to_cameras(span.start_ns), ahead.to_cameras(span.end_ns) + _BEHIND_NS)
            credentials = Credentials(address.username, address.password)
            with self._noting(address):
                replay = await self._replayer.open(uri, target, credentials, theirs)
            try:
                units = CardUnits(
                    stream,
                    checks_for(replay.info),
                    ahead,
                    span,
                    run=CARD_RUN | (zlib.crc32(recording.token.encode()) & (CARD_RUN - 1)),
                    clock_rate=replay.clock_rate,
                    place=target.place,
                )
                async with aclosing(self._played(stream, address, replay, units, ahead, target)) as played:
                    async for item in played:
                        yield item
            finally:
                replay.close()

    async def _played(
        self,
        stream: StreamId,
        address: CameraAddress,
        replay: Replay,
        units: CardUnits,
        ahead: ClockAhead,
        target: Target,
    ) -> AsyncGenerator[CardItem, None]:
        wrong: Reason | None = None
        begin = CardBegin(ahead.ahead_ns, ahead.wrong_ns)
        try:
            async with aclosing(replay.pictures()) as pictures:
                async for picture in pictures:
                    for unit in units.take(picture):
                        if not unit.seq:
                            yield begin
                        self._units.inc()
                        yield unit
                    if units.over:
                        break
                    self._let_live_first(address)
                    replay.may_end = units.complete
            if not units.complete:
                wrong = (silent if units.units else absent)(target.place).reason
        except SourceError as error:
            if not units.units:
                raise
            wrong = error.reason
        self._replays.labels("complete" if wrong is None else wrong.code).inc()
        self._log.info(
            "card-replayed",
            stream=str(stream),
            units=units.units,
            repeated=units.repeated,
            unusable=units.unusable,
            reason="" if wrong is None else wrong.text,
        )
        if not units.units:
            yield begin
        unusable = units.unusable + replay.counts.damaged_pictures
        yield CardEnd(wrong is None, units.units, units.repeated, unusable, wrong)

    def _place(self, stream: StreamId) -> tuple[CameraAddress, CardPlace]:
        address, place = self._addresses().get(stream), self._choice.place(stream.camera)
        # A card has one recording of a camera, which is its main stream's.
        if address is None or place is None or stream.kind is not StreamKind.MAIN:
            raise NotFound(f"no card of {stream} is offered here")
        return address, place

    @asynccontextmanager
    async def _alone(self, address: CameraAddress) -> AsyncIterator[None]:
        """One at a time a host, a few in all; the further ones are told to come again."""
        host = _host(address)
        if host in self._busy or len(self._busy) >= self._at_once:
            self._replays.labels("busy").inc()
            raise TooManyRequests("cards are being read already: come again", _RETRY_AFTER_S)
        self._let_live_first(address)
        self._busy.add(host)
        try:
            yield
        finally:
            self._busy.discard(host)

    def _let_live_first(self, address: CameraAddress) -> None:
        """Raises CardBusy where a stream of the same host is wanted and does not come."""
        host = _host(address)
        if any(self._sought(stream) for stream, other in self._addresses().items() if _host(other) == host):
            raise live_first(host)

    @asynccontextmanager
    async def _asking(
        self, stream: StreamId, address: CameraAddress, place: CardPlace
    ) -> AsyncIterator[tuple[OnvifDevice, ClockAhead, Target]]:
        """The camera's services, its clock, and its checked address."""
        with self._noting(address):
            # The very rules that the live stream's address passes, for the port of the services.
            host = urlsplit(address.url).hostname or ""
            shown = f"[{host}]" if ":" in host else host
            target = await self._rules.check(f"rtsp://{shown}:{place.port}/")
            credentials = Credentials(address.username, address.password)
            async with OnvifDevice.opened(target, credentials, self._clock) as device:
                yield device, await self._clock_ahead(device, stream.camera_path), target

    async def _clock_ahead(self, device: OnvifDevice, camera: str) -> ClockAhead:
        before = self._ahead.get(camera)
        ahead = (await device.clock_ahead(well=before is None)).unless_moved(before)
        if ahead is not before:
            if before is not None:
                ahead = await device.clock_ahead(well=True)
            self._ahead[camera] = ahead
        return ahead

    async def _recording(
        self, device: OnvifDevice, stream: StreamId, address: CameraAddress, place: CardPlace
    ) -> CardRecording:
        """The recording that is this camera's. Raises NoCard where nothing says which one is."""
        found = await device.recordings()
        if place.recording:
            found = tuple(one for one in found if one.token == place.recording)
        elif len(found) > 1 or self._shared(stream, address):
            # Another camera's pictures under this one's name would be false evidence.
            raise unnamed_recording(_host(address))
        if not found:
            raise no_recording(_host(address))
        return found[0]

    def _shared(self, stream: StreamId, address: CameraAddress) -> bool:
        """Whether other cameras are behind the same host: a recorder, or an encoder of several channels."""
        host = _host(address)
        return any(
            _host(other) == host and known.camera != stream.camera
            for known, other in self._addresses().items()
        )

    def _noting(self, address: CameraAddress) -> "_Noting":
        return _Noting(self._refusals, address, self._clock)


class _Noting:
    """Keeps an account that the camera refused from being tried again soon."""

    def __init__(
        self, refusals: dict[CameraAddress, tuple[int, Reason]], address: CameraAddress, clock: Clock
    ) -> None:
        self._refusals, self._address, self._clock = refusals, address, clock

    def __enter__(self) -> None:
        refused = self._refusals.get(self._address)
        if refused is not None:
            if (self._clock.monotonic_ns() - refused[0]) / 1e9 < _REFUSED_S:
                raise Refused(refused[1])
            del self._refusals[self._address]

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refused):
            now_ns = self._clock.monotonic_ns()
            for old in [
                one for one, (at_ns, _) in self._refusals.items() if (now_ns - at_ns) / 1e9 > _REFUSED_S
            ]:
                del self._refusals[old]
            self._refusals[self._address] = now_ns, error.reason


def _host(address: CameraAddress) -> str:
    return (urlsplit(address.url).hostname or "").lower()
