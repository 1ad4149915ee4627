"""What a camera's answers to a search of its card mean (ONVIF Recording Search Specification).

The answers are a library's plain dictionaries of what a stranger sent: nothing in them is taken for granted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.onvif.clock_text import read_date_time
from shared.spans import Span

_TRACK, _RECORDING = "RecordingHistory/Track/State", "RecordingHistory/Recording/State"
_SAYS = {_TRACK: "IsDataPresent", _RECORDING: "IsRecording"}
_TRUE = ("true", "1")
MOST_SPANS = 10_000


@dataclass(frozen=True, slots=True)
class CardRecording:
    """A recording with video on a card. `start_ns` and `end_ns` are by the camera's clock, None where it does
    not say, or goes on."""

    token: str
    start_ns: int | None
    end_ns: int | None


@dataclass(frozen=True, slots=True)
class CardChange:
    """At `at_ns`, by the camera's clock, a recording began to have pictures, or had no more.

    `of_track` is whether it is told of a single track, which tells more exactly than of the whole.
    """

    at_ns: int
    present: bool
    of_track: bool


def recording_of(item: object) -> CardRecording | None:
    """A recording of `GetRecordingSearchResults`; None where it is none, or has no video."""
    token = _text(_at(item, "RecordingToken"))
    if not token:
        return None
    tracks = _several(_at(item, "Track"))
    videos = [track for track in tracks if _text(_at(track, "TrackType")).lower() == "video"]
    if tracks and not videos:
        return None
    starts = [_text(_at(video, "DataFrom")) for video in videos] or [_text(_at(item, "EarliestRecording"))]
    ends = [_text(_at(video, "DataTo")) for video in videos] or [_text(_at(item, "LatestRecording"))]
    goes_on = _text(_at(item, "RecordingStatus")).lower() == "recording"
    return CardRecording(token, _least(starts), None if goes_on else _most(ends))


def change_of(item: object, token: str) -> CardChange | None:
    """What an event of `GetEventSearchResults` says of a recording; None where that is nothing."""
    event = _at(item, "Event")
    topic = _text(_at(event, "Topic")).rpartition(":")[2]
    at_ns = read_date_time(_text(_at(item, "Time")))
    if topic not in _SAYS or at_ns is None or _text(_at(item, "RecordingToken")) not in ("", token):
        return None
    message = _at(_at(event, "Message"), "Message")
    for told in _several(_at(_at(message, "Data"), "SimpleItem")):
        if _text(_at(told, "@Name")) == _SAYS[topic]:
            present = _text(_at(told, "@Value")).lower() in _TRUE
            return CardChange(at_ns, present, topic == _TRACK)
    return None


def spans_of(recording: CardRecording, changes: Iterable[CardChange], asked: Span) -> tuple[Span, ...]:
    """The parts of `asked` of which a recording says it has pictures, by the camera's clock, oldest first.

    Of a card that tells no changes, all between its first and its last picture.
    """
    start_ns = asked.start_ns if recording.start_ns is None else max(asked.start_ns, recording.start_ns)
    end_ns = asked.end_ns if recording.end_ns is None else min(asked.end_ns, recording.end_ns)
    if start_ns >= end_ns:
        return ()
    every = sorted(changes, key=lambda change: (change.at_ns, change.present))
    told = [change for change in every if change.of_track] or every
    if not told:
        return (Span(start_ns, end_ns),)
    spans: list[Span] = []
    # Before its first change it was the other way.
    since_ns = None if told[0].present else start_ns
    for change in told:
        at_ns = min(max(change.at_ns, start_ns), end_ns)
        if change.present and since_ns is None:
            since_ns = at_ns
        elif not change.present and since_ns is not None:
            spans.append(Span(since_ns, at_ns))
            since_ns = None
    if since_ns is not None:
        spans.append(Span(since_ns, end_ns))
    return tuple(span for span in spans if span.length_ns > 0)[:MOST_SPANS]


def _at(item: object, name: str) -> object:
    """A member of a dictionary, None where there is neither."""
    return item.get(name) if isinstance(item, Mapping) else None


def _several(item: object) -> Sequence[object]:
    """One element or several of a name, as the library has them."""
    if item is None or item == "":
        return ()
    return item if isinstance(item, list) else (item,)


def _text(item: object) -> str:
    text = _at(item, "#text") if isinstance(item, Mapping) else item
    return text.strip() if isinstance(text, str) else ""


def _least(texts: Iterable[str]) -> int | None:
    told = [at_ns for at_ns in map(read_date_time, texts) if at_ns is not None]
    return min(told, default=None)


def _most(texts: Iterable[str]) -> int | None:
    told = [at_ns for at_ns in map(read_date_time, texts) if at_ns is not None]
    return max(told, default=None)
