"""Why a camera's card gives no footage, worded in one place."""

from ingest.ports import Ended, InvalidStream, NotRtsp, SourceError
from shared.messages.ingest import CameraStatus
from shared.reasons import why


class CardBusy(SourceError):
    """The camera takes no further session now."""

    shows = CameraStatus.UNREACHABLE


class NoCard(SourceError):
    """There is nothing that could be asked, or nobody said what."""

    shows = CameraStatus.UNSUPPORTED
    settled = True


def busy(place: str) -> CardBusy:
    return CardBusy(why("card-busy", "{place} takes no further session now", place=place))


def no_card(place: str) -> NoCard:
    return NoCard(why("card-none", "{place} offers no recordings of its own (ONVIF Profile G)", place=place))


def no_recording(place: str) -> NoCard:
    return NoCard(why("card-no-recording", "the card of {place} has no recording with video", place=place))


def unnamed_recording(place: str) -> NoCard:
    return NoCard(
        why(
            "card-several-recordings",
            "the card of {place} has several recordings or cameras: say in BEFFROI_CARDS which one is meant",
            place=place,
        )
    )


def senseless(place: str) -> NotRtsp:
    return NotRtsp(why("card-senseless", "{place} answers what ONVIF does not foresee", place=place))


def untimed(place: str) -> InvalidStream:
    return InvalidStream(
        why("card-untimed", "{place} replays pictures without saying when they were taken", place=place)
    )


def astray(place: str) -> InvalidStream:
    return InvalidStream(
        why("card-astray", "{place} replays another time than it was asked for", place=place)
    )


def silent(place: str) -> Ended:
    return Ended(why("card-silent", "{place} stopped in the middle of a replay", place=place))


def absent(place: str) -> Ended:
    return Ended(why("card-absent", "the card of {place} has no pictures of this time", place=place))


def no_replay(place: str) -> NoCard:
    return NoCard(why("card-no-replay", "{place} does not replay its recordings as ONVIF asks", place=place))


def live_first(place: str) -> CardBusy:
    return CardBusy(
        why("card-live-first", "the live stream of {place} does not come: its card waits", place=place)
    )
