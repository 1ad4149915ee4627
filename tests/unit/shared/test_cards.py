"""Footage of cards on its way from the worker to the edge."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis.strategies import DrawFn, binary, booleans, composite, integers, lists

from shared.cards import CARD_RUN, CardBegin, CardEnd, CardItem, CardReading, encoded
from shared.errors import BadInput
from shared.ids import StreamId
from shared.reasons import why
from shared.units import AccessUnit, Codec, UtcSource

STREAM = StreamId("75056", "place")


@composite
def units(draw: DrawFn) -> AccessUnit:
    return AccessUnit(
        STREAM,
        CARD_RUN | draw(integers(0, CARD_RUN - 1)),
        draw(integers(0, 1 << 40)),
        draw(integers(0, 1 << 60)),
        draw(integers(0, 1 << 60)),
        UtcSource.CARD,
        draw(integers(0, 1 << 40)),
        draw(booleans()),
        Codec.H264,
        draw(binary(min_size=1, max_size=300)),
        draw(booleans()),
    )


BEGIN = CardBegin(-5, 7)
END = CardEnd(False, 3, 1, 0, why("card-silent", "{place} stopped", place="a:554"))


def read(parts: Sequence[bytes]) -> list[CardItem]:
    reading = CardReading()
    return [item for part in parts for item in reading.take(part)]


@given(lists(units(), max_size=5), lists(integers(1, 400), max_size=20))
def test_what_was_written_is_read_however_it_is_cut(given_units: list[AccessUnit], cuts: list[int]) -> None:
    items: list[CardItem] = [BEGIN, *given_units, END]
    data = b"".join(encoded(item) for item in items)
    parts, at = [], 0
    for cut in cuts:
        parts.append(data[at : at + cut])
        at += cut
    begin, *found, end = read([*parts, data[at:]])
    assert begin == BEGIN
    assert found == given_units
    assert isinstance(end, CardEnd)
    assert (end.complete, end.units, end.repeated) == (END.complete, END.units, END.repeated)
    assert end.why is not None
    assert end.why.code == "card-silent"


@given(binary(max_size=200))
def test_bytes_that_are_no_footage_are_refused_or_wait_for_more(data: bytes) -> None:
    try:
        items = read([data])
    except BadInput:
        return
    assert len(items) <= len(data)


@pytest.mark.parametrize(
    "data",
    [
        encoded(BEGIN) + struct.pack("!HI", 10, (8 << 20) + 1),
        struct.pack("!HI", 300, 1),
        struct.pack("!HI", 0, 100_000),
        encoded(BEGIN) + encoded(END) + encoded(END),
        encoded(END),
    ],
)
def test_more_than_may_come_is_refused_before_it_is_there(data: bytes) -> None:
    with pytest.raises(BadInput):
        read([data])
