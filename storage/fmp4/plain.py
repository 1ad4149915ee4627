"""A plain MP4: `ftyp`, `moov` with sample tables (ISO/IEC 14496-12, section 8.6), one `mdat`."""

import struct
import sys
from array import array
from typing import Literal

from storage.fmp4.boxes import full_box
from storage.fmp4.entry import Description
from storage.fmp4.movie import file_type, movie

_MDAT_HEADER_BYTES = 16
_CHUNK_SAMPLES = 64
"""Players seek by chunk: small enough to seek well, big enough to keep the table short."""


class SampleTables:
    """Collects samples in decoding order, four bytes each, then writes the head of their file."""

    def __init__(self) -> None:
        self._sizes = array("I")
        self._keys = array("I")
        self._durations: list[tuple[int, int]] = []
        self._offsets: list[tuple[int, int]] = []
        self.duration90 = 0
        self.data_bytes = 0

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, size: int, duration90: int, *, key: bool, offset90: int = 0) -> None:
        """The next sample: its size, and the rest as `Sample` has it."""
        self._sizes.append(size)
        self.data_bytes += size
        self.duration90 += duration90
        if key:
            self._keys.append(len(self._sizes))
        _count(self._durations, duration90)
        _count(self._offsets, offset90)

    def head(self, description: Description, start_ns: int) -> bytes:
        """Everything in front of the samples' bytes, which follow at once in the order they were added."""
        kind = file_type(description, fragmented=False)
        # The offsets are of fixed width, so their values do not change the size of what holds them.
        size = len(kind) + len(self._movie(description, start_ns, 0)) + _MDAT_HEADER_BYTES
        data = struct.pack(">I4sQ", 1, b"mdat", self.data_bytes + _MDAT_HEADER_BYTES)
        return kind + self._movie(description, start_ns, size) + data

    def _movie(self, description: Description, start_ns: int, data_at: int) -> bytes:
        offsets = self._chunk_offsets(data_at)
        tables = b"".join(
            (
                full_box(b"stts", 0, 0, _counted(self._durations, "I")),
                self._composition(),
                full_box(b"stss", 0, 0, struct.pack(">I", len(self._keys)), _big_endian(self._keys)),
                full_box(b"stsc", 0, 0, self._samples_of_chunks(len(offsets))),
                full_box(b"stsz", 0, 0, struct.pack(">II", 0, len(self._sizes)), _big_endian(self._sizes)),
                full_box(b"co64", 0, 0, struct.pack(">I", len(offsets)), _big_endian(offsets)),
            )
        )
        return movie(description, start_ns, self.duration90, tables)

    def _composition(self) -> bytes:
        """`ctts` with offsets that may be negative, nothing where pictures are shown as they are decoded."""
        if all(offset90 == 0 for _, offset90 in self._offsets):
            return b""
        return full_box(b"ctts", 1, 0, _counted(self._offsets, "i"))

    def _chunk_offsets(self, data_at: int) -> "array[int]":
        offsets = array("Q")
        for first in range(0, len(self._sizes), _CHUNK_SAMPLES):
            offsets.append(data_at)
            data_at += sum(self._sizes[first : first + _CHUNK_SAMPLES])
        return offsets

    def _samples_of_chunks(self, chunks: int) -> bytes:
        if not chunks:
            return struct.pack(">I", 0)
        rest = len(self._sizes) - (chunks - 1) * _CHUNK_SAMPLES
        if chunks == 1 or rest == _CHUNK_SAMPLES:
            return struct.pack(">IIII", 1, 1, min(rest, _CHUNK_SAMPLES), 1)
        return struct.pack(">IIIIIII", 2, 1, _CHUNK_SAMPLES, 1, chunks, rest, 1)


def _count(runs: list[tuple[int, int]], value: int) -> None:
    """One more of `value` at the end of run lengths."""
    if runs and runs[-1][1] == value:
        runs[-1] = (runs[-1][0] + 1, value)
    else:
        runs.append((1, value))


def _counted(runs: list[tuple[int, int]], kind: Literal["I", "i"]) -> bytes:
    """Run lengths as a table has them: how many runs, then each."""
    values = array(kind, (value for run in runs for value in run))
    return struct.pack(">I", len(runs)) + _big_endian(values)


def _big_endian(values: "array[int]") -> bytes:
    if sys.byteorder == "little":
        values = values[:]
        values.byteswap()
    return values.tobytes()
