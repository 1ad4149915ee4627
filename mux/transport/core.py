"""The gate to the compiled core `mux/transport/core.c`, where that was built and there is a libcrypto.

A call releases the interpreter's lock. One thread at a time may use a core.
"""

import ctypes
from enum import StrEnum
from pathlib import Path
from socket import htons, inet_aton
from struct import Struct
from typing import Self

from mux.rtp.header import RtpFormat
from mux.rtp.layout import Layout
from mux.rtp.picture import Chunk
from mux.rtp.srtp import Keys, gcm_material
from mux.transport.cutter import Cutter, declare
from mux.transport.stun import Address
from shared.compiled import built_or_none, library_beside
from shared.errors import Unavailable
from shared.log import Logger

_VERSION = 4
_FOLDER = Path(__file__).parent


class CoreChoice(StrEnum):
    """Which way packets go: `auto` is compiled where that can be had. Compiled, the fastest library there is
    seals, or `libcrypto` where that is chosen."""

    AUTO = "auto"
    PYTHON = "python"
    COMPILED = "compiled"
    LIBCRYPTO = "libcrypto"


JOB = Struct("=QI10s2xiIi4x")
"""`struct job`: index, time base, label, status, lost, error."""

_LABEL = Struct("=i4sH")

BAD_JOB = -1
"""A status: the core could not seal, which no correct program meets."""


class Jobs:
    """A table of jobs, to be packed by `JOB`; it grows."""

    __slots__ = ("address", "table")

    def __init__(self) -> None:
        self.table = bytearray()
        self.address = 0
        self.hold(64)

    def hold(self, jobs: int) -> None:
        """Have room for so many jobs; the table keeps the ones it has."""
        if len(self.table) < jobs * JOB.size:
            self.table = self.table.ljust(2 * jobs * JOB.size, b"\0")
            self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.table))


class Core:
    """Seals and sends for many viewers in one call. Handles are its names of keyed destinations."""

    def __init__(self, library: ctypes.CDLL, core: int) -> None:
        self._library = library
        self._core = ctypes.c_void_p(core)
        self._send = library.beffroi_send

    @classmethod
    def load(cls, folder: Path = _FOLDER, *, fastest: bool = True) -> Self:
        """The core built beside this file; it seals by the `fastest` library there is, else by libcrypto.

        Raises Unavailable, saying why there is none.
        """
        library = library_beside(folder, ctypes.CDLL, "mux/transport/core.c", "beffroi_version", _VERSION)
        _declare(library)
        declare(library)
        core = library.beffroi_core(fastest)
        if not core:
            raise Unavailable("the system has no libcrypto.so.3 (OpenSSL 3)")
        return cls(library, core)

    def cutter(self) -> Cutter:
        """Makes pictures of units as `picture_of` does, compiled."""
        return Cutter(self._library)

    @property
    def sealing(self) -> str:
        """The library that seals."""
        name: bytes = self._library.beffroi_sealing(self._core)
        return name.decode()

    def add(self, key: bytes, iv: bytes, header: bytes) -> int:
        """The handle of a new destination. `iv` is the salt with the SSRC in it (RFC 7714 section 8.1),
        `header` that of one of its packets with marker, sequence number and timestamp zero."""
        handle: int = self._library.beffroi_add(self._core, key, len(key), iv, header, len(header))
        if handle < 0:
            raise Unavailable("the compiled core has no room for another viewer")
        return handle

    def remove(self, handle: int) -> None:
        """Forget a destination and its keys."""
        self._library.beffroi_remove(self._core, handle)

    def seal(self, handle: int, marker: int, index: int, timestamp: int, payload: bytes, most: int) -> bytes:
        """One packet by itself, of at most `most` bytes."""
        out = ctypes.create_string_buffer(most)
        size = self._library.beffroi_seal(
            self._core, handle, marker, index, timestamp, payload, len(payload), out, most
        )
        if size < 0:
            raise ValueError("no such destination, or no room for the packet")
        return out.raw[:size]

    def send(
        self,
        socket: int,
        segmented: bool,
        chunk: Chunk,
        time90: int,
        jobs: Jobs,
        first: int,
        count: int,
    ) -> list[tuple[int, int, int, int]]:
        """Send a chunk's packets to `count` jobs of a table from `first` on; a job that was sent counts on.

        Return the jobs that went wrong: place in the table, status, datagrams lost, the errno of the last
        one. The status is 0 when the other datagrams were sent, an errno when the chunk is to be sent again,
        or BAD_JOB.
        """
        odd = self._send(
            self._core,
            socket,
            segmented,
            time90 & 0xFFFFFFFF,
            chunk.payloads,
            chunk.payload_bytes,
            chunk.sizes,
            chunk.count,
            jobs.address + first * JOB.size,
            count,
        )
        if odd == 0:
            return []
        if odd < 0:
            return [(place, BAD_JOB, 0, 0) for place in range(first, first + count)]
        found = []
        for place in range(first, first + count):
            *_, status, lost, error = JOB.unpack_from(jobs.table, place * JOB.size)
            if status or lost:
                found.append((place, status, lost, error))
        return found


class CompiledSealer:
    """AES-GCM inside the core. See `mux.rtp.srtp.Sealer`."""

    __slots__ = ("_core", "_handle", "_room")

    def __init__(self, core: Core, keys: Keys, rtp: RtpFormat) -> None:
        self._handle = -1
        self._core = core
        self._room = rtp.packer.size + keys.profile.tag_bytes
        key, iv = gcm_material(keys, rtp)
        self._handle = core.add(key, iv.to_bytes(12, "big"), rtp.header(0, 0, 0))

    def __del__(self) -> None:
        self._core.remove(self._handle)

    def label(self, address: Address) -> bytes:
        """What a job says of this sealer and of an IPv4 address."""
        host, port = address
        return _LABEL.pack(self._handle, inet_aton(host), htons(port))

    def fill(self, layout: Layout, index: int, timestamp: int) -> None:
        header_bytes = layout.header_bytes
        for marker, payload, _, header, body in layout.slots:
            sealed = self.packet(marker, index, timestamp, payload)
            header[:] = sealed[:header_bytes]
            body[:] = sealed[header_bytes:]
            index += 1

    def packet(self, marker: int, index: int, timestamp: int, payload: bytes) -> bytes:
        most = self._room + len(payload)
        return self._core.seal(self._handle, marker, index, timestamp, payload, most)


def _declare(library: ctypes.CDLL) -> None:
    pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    data = ctypes.c_char_p
    library.beffroi_core.argtypes, library.beffroi_core.restype = [number], pointer
    library.beffroi_sealing.argtypes, library.beffroi_sealing.restype = [pointer], data
    library.beffroi_add.argtypes = [pointer, data, size, data, data, size]
    library.beffroi_remove.argtypes, library.beffroi_remove.restype = [pointer, ctypes.c_int32], None
    packet = [ctypes.c_int32, number, ctypes.c_uint64, ctypes.c_uint32]
    library.beffroi_seal.argtypes = [pointer, *packet, data, size, pointer, size]
    where, chunk = (pointer, number, number, ctypes.c_uint32), (data, size, data, number)
    library.beffroi_send.argtypes = [*where, *chunk, pointer, number]


def core_of(choice: CoreChoice, log: Logger, folder: Path = _FOLDER) -> Core | None:
    """The core of a setting, said in the log; None is Python. Raises Unavailable where it was demanded."""
    if choice is CoreChoice.PYTHON:
        return None
    return built_or_none(
        lambda: Core.load(folder, fastest=choice is not CoreChoice.LIBCRYPTO),
        log,
        demanded=choice is not CoreChoice.AUTO,
        consequence="packets cost twice the CPU",
    )
