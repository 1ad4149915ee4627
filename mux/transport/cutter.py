"""The gate to `mux/transport/cut.c`: a picture's payloads by one call, as `mux.rtp.picture` makes them."""

import ctypes
from collections.abc import Iterator

from mux.rtp.packetise_nals import MAX_PAYLOAD_BYTES
from mux.rtp.picture import CHUNK_PACKETS, MARKED, SIZE_BYTES, Chunk, Picture, picture_of
from shared.units import AccessUnit, Codec

_OUT_BYTES = 1 << 20
_MOST_PACKETS = 1024


class Cutter:
    """One for all streams of a thread. What is larger than its buffers is cut in Python."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._cut = library.beffroi_cut
        out, table = bytearray(_OUT_BYTES), bytearray(SIZE_BYTES * (1 + _MOST_PACKETS))
        self._out, self._table = memoryview(out), memoryview(table)
        self._numbers = self._table.cast("I")
        self._out_address, self._table_address = _address(out), _address(table)

    def picture_of(self, unit: AccessUnit, time90: int) -> Picture | None:
        """See `mux.rtp.picture.MakePicture`."""
        data = unit.data
        count: int = self._cut(
            data,
            len(data),
            unit.codec is Codec.H265,
            MAX_PAYLOAD_BYTES,
            self._out_address,
            _OUT_BYTES,
            self._table_address,
            _MOST_PACKETS,
        )
        if count < 0:
            return picture_of(unit, time90)
        if not count:
            return None
        if count <= CHUNK_PACKETS:
            last = SIZE_BYTES * (1 + count)
            chunk = Chunk(bytes(self._out[: self._numbers[0]]), bytes(self._table[SIZE_BYTES:last]))
            return Picture(time90, unit.key, (chunk,))
        return Picture(time90, unit.key, tuple(self._chunks(count)))

    def _chunks(self, count: int) -> Iterator[Chunk]:
        at = 0
        for first in range(1, 1 + count, CHUNK_PACKETS):
            behind = min(first + CHUNK_PACKETS, 1 + count)
            end = at + sum([size & ~MARKED for size in self._numbers[first:behind]])
            sizes = self._table[SIZE_BYTES * first : SIZE_BYTES * behind]
            yield Chunk(bytes(self._out[at:end]), bytes(sizes))
            at = end


def _address(buffer: bytearray) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def declare(library: ctypes.CDLL) -> None:
    """Say how the function is called."""
    pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    library.beffroi_cut.argtypes = [
        *(ctypes.c_char_p, size, number, size),
        *(pointer, size, pointer, number),
    ]
