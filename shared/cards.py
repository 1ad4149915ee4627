"""Footage of cameras' own cards, as a commune's worker hands it to who stands beside it: messages and bytes.

A stream of footage is a CardBegin, units as the tap has them, each behind the lengths of its header and data,
and a CardEnd. One that is cut off has no CardEnd.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from shared.errors import BadInput
from shared.messages.codec import decode, encode
from shared.reasons import Reason
from shared.spans import Span
from shared.tap.wire import MAX_UNIT_BYTES, read, unit_header
from shared.units import AccessUnit

CARDS_PATH = "/cards/{stream}"
FOOTAGE_PATH = CARDS_PATH + "/footage"
FOOTAGE_TYPE = "application/x-beffroi-units"

CARD_RUN = 1 << 31
"""Runs of live streams are below it until 2038. That of a card's recording is the same at each replay."""

MOST_SPAN_NS = 3600 * 1_000_000_000
"""Of a replay: it holds a session of the camera."""

MOST_ASKED_NS = 33 * 86_400 * 1_000_000_000
"""Of the question what there is: nothing may be older than a month."""

_LENGTHS = struct.Struct("!HI")
_MOST_HEADER_BYTES = 256
_MOST_END_BYTES = 4096


@dataclass(frozen=True, slots=True)
class CardRecorded:
    """What a card says it has of a span that was asked for, in the worker's time.

    The camera's clock is `clock_ahead_ns` ahead of the worker's, give or take `clock_wrong_ns`.
    """

    spans: tuple[Span, ...]
    clock_ahead_ns: int
    clock_wrong_ns: int


@dataclass(frozen=True, slots=True)
class CardBegin:
    """The camera's clock, as `CardRecorded` has it: what is ahead was taken off the times of all units."""

    clock_ahead_ns: int
    clock_wrong_ns: int


@dataclass(frozen=True, slots=True)
class CardEnd:
    """How a replay ended. `complete`: the card has shown all it has of the span; `why` it has not, else.

    `repeated` pictures were sent again, or went back in time, `unusable` ones no decoder could use; both were
    left out.
    """

    complete: bool
    units: int
    repeated: int
    unusable: int
    why: Reason | None = None


CardItem = CardBegin | AccessUnit | CardEnd


def encoded(item: CardItem) -> bytes:
    """The bytes of a unit, of the beginning or of the end."""
    if not isinstance(item, AccessUnit):
        data = encode(item)
        return _LENGTHS.pack(0, len(data)) + data
    header = unit_header(item, recent=False)
    return b"".join((_LENGTHS.pack(len(header), len(item.data)), header, item.data))


class CardReading:
    """Reads a stream of footage from bytes as they come; holds one unit at most."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._begun = self.ended = False

    def take(self, data: bytes) -> Iterator[CardItem]:
        """What is whole now, to be drained before the next call. Raises BadInput where it is no footage."""
        self._held += data
        at = 0
        try:
            while len(self._held) - at >= _LENGTHS.size:
                header_bytes, data_bytes = _LENGTHS.unpack_from(self._held, at)
                most = MAX_UNIT_BYTES if header_bytes else _MOST_END_BYTES
                if header_bytes > _MOST_HEADER_BYTES or data_bytes > most or self.ended:
                    raise BadInput("what the worker sends is no footage of a card")
                start = at + _LENGTHS.size
                middle, end = start + header_bytes, start + header_bytes + data_bytes
                if len(self._held) < end:
                    break
                at = end
                yield self._read(bytes(self._held[start:middle]), bytes(self._held[middle:end]))
        finally:
            del self._held[:at]

    def _read(self, header: bytes, data: bytes) -> CardItem:
        if not self._begun:
            if header:
                raise BadInput("the footage of a card does not say by which clock it is")
            self._begun = True
            return decode(CardBegin, data)
        if header:
            return read(header, data).unit
        self.ended = True
        return decode(CardEnd, data)
