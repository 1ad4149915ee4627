"""Masks: where their boxes are, and which are refused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis.strategies import composite, floats, integers, lists

from shared.errors import BadInput
from shared.masks import Box, Position, Track, check_tracks, covered
from shared.messages.codec import decode, encode
from shared.messages.storage import MaskPosition, MaskTrack
from shared.redaction import RedactionSetup
from shared.utc import instant_of, ns_of

_S = 1_000_000_000
unit = floats(0, 1, allow_nan=False)


@composite
def boxes(draw):  # type: ignore[no-untyped-def]  # Hypothesis types what it composes by itself
    x, y = draw(floats(0, 0.99)), draw(floats(0, 0.99))
    return Box(x, y, draw(floats(0.001, 1 - x)), draw(floats(0.001, 1 - y)))


@composite
def tracks(draw):  # type: ignore[no-untyped-def]  # as above
    times = sorted(draw(lists(integers(0, 10**18), min_size=2, max_size=6, unique=True)))
    return Track(tuple(Position(at_ns, draw(boxes())) for at_ns in times))


@settings(max_examples=40)
@given(tracks(), unit)
def test_between_two_positions_a_box_lies_within_both(track: Track, share: float) -> None:
    check_tracks([track])
    for before, after in zip(track.positions, track.positions[1:], strict=False):
        at_ns = before.at_ns + int((after.at_ns - before.at_ns) * share)
        box = track.over(at_ns, at_ns + 1)
        assert box is not None
        for side in ("x", "y", "w", "h"):
            least, most = sorted((getattr(before.box, side), getattr(after.box, side)))
            assert least - 1e-9 <= getattr(box, side) <= most + 1e-9
        assert box.fits


@settings(max_examples=40)
@given(tracks(), integers(-10, 10**18), integers(1, 10**18))
def test_a_picture_is_covered_where_it_is_shown_at_any_instant_of_a_track(
    track: Track, start_ns: int, length_ns: int
) -> None:
    first_ns, last_ns = track.positions[0].at_ns, track.positions[-1].at_ns
    meets = start_ns <= last_ns and start_ns + length_ns > first_ns
    assert bool(covered([track], start_ns, start_ns + length_ns)) is meets


@settings(max_examples=40)
@given(boxes(), integers(16, 4000), integers(16, 4000))
def test_pixels_cover_all_of_a_box_and_whole_pixels_of_colour(box: Box, width: int, height: int) -> None:
    width, height = width & ~1, height & ~1
    left, top, right, bottom = box.pixels(width, height)
    assert all(side % 2 == 0 for side in (left, top, right, bottom))
    assert 0 <= left <= box.x * width
    assert 0 <= top <= box.y * height
    assert min(width, (box.x + box.w) * width) <= right <= width
    assert min(height, (box.y + box.h) * height) <= bottom <= height


@settings(max_examples=40)
@given(lists(tracks(), max_size=3))
def test_what_the_redactor_reads_is_what_was_drawn(drawn: list[Track]) -> None:
    setup = RedactionSetup(12, tuple(drawn))
    assert RedactionSetup.read(setup.line()) == setup


@settings(max_examples=40)
@given(tracks())
def test_a_track_comes_through_json_as_it_is(track: Track) -> None:
    told = MaskTrack(
        "m-1",
        tuple(
            MaskPosition(instant_of(one.at_ns), one.box.x, one.box.y, one.box.w, one.box.h)
            for one in track.positions
        ),
    )
    read = decode(MaskTrack, encode(told))
    assert read == told
    # Instants have microseconds.
    assert all(
        abs(ns_of(a.at) - b.at_ns) < 1000 for a, b in zip(read.positions, track.positions, strict=True)
    )


@pytest.mark.parametrize(
    "box",
    [
        Box(-0.01, 0, 0.5, 0.5),
        Box(0.6, 0, 0.5, 0.5),
        Box(0, 0.6, 0.5, 0.5),
        Box(0, 0, 0, 0.5),
        Box(0, 0, 0.5, -1),
        Box(float("nan"), 0, 0.5, 0.5),
        Box(0, 0, 0.5, float("nan")),
        Box(0, 0, float("inf"), 0.5),
    ],
)
def test_a_box_outside_the_picture_or_without_surface_is_refused(box: Box) -> None:
    sound = Position(2 * _S, Box(0, 0, 1, 1))
    with pytest.raises(BadInput) as refused:
        check_tracks([Track((Position(_S, box), sound))])
    assert refused.value.why is not None
    assert refused.value.why.code == "mask-outside"


def test_two_positions_at_one_instant_are_refused() -> None:
    one = Position(_S, Box(0, 0, 1, 1))
    with pytest.raises(BadInput):
        check_tracks([Track((one, replace(one, box=Box(0, 0, 0.5, 0.5))))])


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", json.dumps([1, [[[1, 2]]]]).encode(), b"[" * 100_000])
def test_masks_that_are_none_are_refused_by_the_redactor(line: bytes) -> None:
    with pytest.raises(BadInput):
        RedactionSetup.read(line)
