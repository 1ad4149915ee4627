"""What the answers to a search of a card mean."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import (
    booleans,
    dictionaries,
    integers,
    lists,
    none,
    recursive,
    sampled_from,
    text,
    tuples,
)

from ingest.onvif.recordings import CardChange, CardRecording, change_of, recording_of, spans_of
from shared.spans import Span

S = 1_000_000_000
NAMES = (
    "RecordingToken", "Track", "TrackType", "DataFrom", "DataTo", "RecordingStatus", "Event", "Topic", "Time",
    "Message", "Data", "SimpleItem", "@Name", "@Value", "#text",
)  # fmt: skip
ANYTHING = recursive(
    none()
    | booleans()
    | integers()
    | text(max_size=5)
    | sampled_from(["Video", "1970-01-01T00:00:10Z", "true"]),
    lambda inner: lists(inner, max_size=3) | dictionaries(sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


def at(seconds: int) -> str:
    return f"1970-01-01T00:{seconds // 60:02d}:{seconds % 60:02d}Z"


@given(ANYTHING)
def test_nothing_that_a_stranger_sends_is_taken_for_granted(item: object) -> None:
    recording = recording_of(item)
    assert recording is None or recording.token
    change_of(item, "REC1")


def recorded(**more: Any) -> dict[str, Any]:
    track = {"TrackToken": "V", "TrackType": "Video", "DataFrom": at(10), "DataTo": at(70)}
    return {"RecordingToken": "REC1", "Track": track} | more


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (recorded(), CardRecording("REC1", 10 * S, 70 * S)),
        (recorded(RecordingStatus="Recording"), CardRecording("REC1", 10 * S, None)),
        (
            recorded(
                Track=[{"TrackType": "Audio", "DataFrom": at(1)}, {"TrackType": "video", "DataTo": at(9)}]
            ),
            CardRecording("REC1", None, 9 * S),
        ),
        (recorded(Track={"TrackType": "Audio"}), None),
        (
            {"RecordingToken": {"#text": "REC1"}, "EarliestRecording": at(5), "LatestRecording": at(6)},
            CardRecording("REC1", 5 * S, 6 * S),
        ),
        ({"Track": {"TrackType": "Video"}}, None),
    ],
)
def test_a_recording_is_read_as_makers_write_it(item: object, expected: CardRecording | None) -> None:
    assert recording_of(item) == expected


def told(topic: str, name: str, value: str) -> dict[str, Any]:
    items: Any = [{"@Name": "Other", "@Value": "x"}, {"@Name": name, "@Value": value}]
    message = {"Message": {"Data": {"SimpleItem": items}}}
    event = {"Topic": {"@Dialect": "d", "#text": topic}, "Message": message}
    return {"RecordingToken": "REC1", "Time": at(10), "Event": event}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (told("tns1:RecordingHistory/Track/State", "IsDataPresent", "True"), CardChange(10 * S, True, True)),
        (told("RecordingHistory/Recording/State", "IsRecording", "0"), CardChange(10 * S, False, False)),
        (told("tns1:RecordingHistory/Track/State", "IsRecording", "true"), None),
        (told("tns1:RuleEngine/Motion", "IsMotion", "true"), None),
        (
            told("tns1:RecordingHistory/Track/State", "IsDataPresent", "true") | {"RecordingToken": "REC2"},
            None,
        ),
        (told("tns1:RecordingHistory/Track/State", "IsDataPresent", "true") | {"Time": "yesterday"}, None),
    ],
)
def test_an_event_is_read_where_it_is_of_the_recording(item: object, expected: CardChange | None) -> None:
    assert change_of(item, "REC1") == expected


@given(
    lists(tuples(integers(0, 1000), booleans(), booleans()), max_size=12),
    tuples(none() | integers(0, 500), none() | integers(500, 1000)),
    tuples(integers(0, 999), integers(1, 500)),
)
def test_spans_lie_apart_in_order_and_within_what_was_asked(
    changes: list[tuple[int, bool, bool]], ends: tuple[int | None, int | None], asked: tuple[int, int]
) -> None:
    span = Span(asked[0], asked[0] + asked[1])
    found = spans_of(CardRecording("R", *ends), [CardChange(*change) for change in changes], span)
    assert all(one.length_ns > 0 for one in found)
    assert all(one.end_ns <= other.start_ns for one, other in pairwise(found))
    low, high = max(span.start_ns, ends[0] or 0), min(span.end_ns, 1500 if ends[1] is None else ends[1])
    assert all(low <= one.start_ns and one.end_ns <= high for one in found)


def test_a_card_that_tells_no_changes_has_all_between_its_ends() -> None:
    assert spans_of(CardRecording("R", 10, 70), [], Span(0, 50)) == (Span(10, 50),)
    assert spans_of(CardRecording("R", 10, 70), [], Span(80, 90)) == ()


def test_before_its_first_change_it_was_the_other_way() -> None:
    card = CardRecording("R", 0, 100)
    assert spans_of(card, [CardChange(30, False, True)], Span(10, 90)) == (Span(10, 30),)
    assert spans_of(card, [CardChange(30, True, True)], Span(10, 90)) == (Span(30, 90),)


def test_changes_of_tracks_go_before_those_of_the_whole() -> None:
    card = CardRecording("R", 0, 100)
    changes = [CardChange(30, True, True), CardChange(10, True, False), CardChange(60, False, True)]
    assert spans_of(card, changes, Span(0, 100)) == (Span(30, 60),)
