"""What H.264 and H.265 out of RTP share: NAL units whole, in fragments or in aggregates, to Annex B."""

from abc import abstractmethod
from collections.abc import Container
from typing import ClassVar

from ingest.rtsp.depacketise import Depacketiser
from shared.codecs.h264 import nal_units

START, END = 0x80, 0x40
"""Flags of a fragment, in the byte behind its payload's header."""
_START_CODES = (b"\0\0\1", b"\0\0\0")


class NalDepacketiser(Depacketiser):
    """Puts a picture of NAL units together.

    `header_bytes` is the size of a NAL unit's header; `slices`, `keys` and `sei` are types of NAL units.

    A recovery point counts as `key`: what was lost before it may stay so.

    While a unit has begun whose end has not come, `middle` is what a middle part of it begins with.
    """

    header_bytes: ClassVar[int]
    slices: ClassVar[Container[int]]
    keys: ClassVar[Container[int]]
    sei: ClassVar[int]

    @staticmethod
    @abstractmethod
    def recovery(nal: memoryview) -> int | None:
        """As `shared.codecs.recovery` reads it of an SEI."""

    @staticmethod
    @abstractmethod
    def kind_of(nal: memoryview) -> int:
        """The type of a NAL unit."""

    def add_unit(self, nal: memoryview, kind: int) -> None:
        """A whole unit; one without anything behind its header is left out."""
        if len(nal) > self.header_bytes:
            self.begin_nal()
            self.unit += nal
            if kind == self.sei and self.recovery(nal) is not None:
                self.key = True
            self._note(kind, nal[self.header_bytes])

    def add_fragment(
        self, data: memoryview, body: int, end: int, flags: int, kind: int, header: bytes, middle: int
    ) -> None:
        """A part of the unit of this type and header, `data[body:end]`; parts after the first are `middle`.

        A unit whose end mark never came is taken as it is: some cameras send none.
        """
        if flags & START:
            if body >= end:
                self.malformed += 1
                self.damaged = True
                return
            self.begin_nal()
            self.unit += header
            self.middle = middle
            self._note(kind, data[body])
        elif self.middle < 0:
            self.damaged = True
            return
        self.unit += data[body:end]
        if flags & END:
            self.middle = -1

    def add_aggregate(self, data: memoryview, at: int, end: int, between: int = 0, *, ahead: int = 0) -> None:
        """Units behind their sizes in two bytes; `between` a size and its unit are so many bytes, `ahead` of
        the size of each but the first so many."""
        while at + 2 <= end:
            size = data[at] << 8 | data[at + 1]
            at += 2 + between
            if at + size > end:
                self.malformed += 1
                self.damaged = True
                return
            self._add_found(data[at : at + size])
            at += size + ahead

    def add_stream(self, data: memoryview, start: int, end: int) -> bool:
        """A byte stream where a unit should be: its units are those between the start codes.

        False where it is none.
        """
        if bytes(data[start : start + 3]) not in _START_CODES:
            return False
        for nal in nal_units(bytes(data[start:end])):
            self._add_found(nal)
        return True

    def _add_found(self, nal: memoryview) -> None:
        if nal:
            self.add_unit(nal, self.kind_of(nal))

    def _note(self, kind: int, first: int) -> None:
        """`first` is the byte behind the header of a unit of this type."""
        if kind not in self.slices:
            return
        if not self.has_picture:
            self.has_picture = True
            # The head of a picture has its first bit set: first_mb_in_slice 0 (section 7.3.3 of H.264),
            # first_slice_segment_in_pic_flag (section 7.3.6.1 of H.265).
            self.continues = first < 0x80
        if kind in self.keys:
            self.key = True
