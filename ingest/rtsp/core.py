"""The compiled core `ingest/rtsp/core.c`, where it was built: its gate, by ctypes.

A call takes microseconds and keeps the interpreter's lock, so that all receivers of a loop share one core.
"""

import ctypes
from enum import StrEnum
from pathlib import Path
from struct import Struct
from typing import NamedTuple, Self

from ingest.ports import Plain
from ingest.rtsp.depacketise import Depacketiser, Form
from ingest.rtsp.middles import Going
from shared.compiled import built_or_none, library_beside
from shared.log import Logger

_VERSION = 2
_FOLDER = Path(__file__).parent
_OUT_BYTES = 1 << 20
"""More than what is read at one go makes, but of what is oddest: that takes two calls."""

_MAX_NALS = 256
_RUN = Struct("=IIIIIIiIIHBBBBBBBB2x")
"""`struct run` up to its offsets of NAL units."""

MOST_PICTURES = 64
_BATCH = Struct("=IIIIIIIIIIHBBBB2x")
"""`struct batch` up to its sets and roles."""
_SETS_BYTES, _ROLES_BYTES = 32, 256

NO_TIME = -1
"""The time of a picture that has not begun."""


class CoreChoice(StrEnum):
    """What makes pictures of packets: `auto` is compiled where that can be had."""

    AUTO = "auto"
    PYTHON = "python"
    COMPILED = "compiled"


class Taken(NamedTuple):
    """Where the first packet begins that was not taken, how many were, their time, and whether the last one
    was marked. A tuple, since it is made for each picture."""

    at: int
    packets: int
    time32: int
    marked: bool


class Core:
    """One for all receivers of a thread."""

    def __init__(self, library: ctypes.PyDLL) -> None:
        self.take, self.batch = library.beffroi_ingest_take, library.beffroi_ingest_batch
        plain_end = _BATCH.size + _SETS_BYTES + _ROLES_BYTES
        self.pictures = bytearray(plain_end + 8 * MOST_PICTURES)
        self.plain = memoryview(self.pictures)[_BATCH.size : plain_end]
        self.told = memoryview(self.pictures)[plain_end:].cast("I")
        self.pictures_address = _address(memoryview(self.pictures))
        self.believed: Plain | None = None
        self.table = bytearray(_RUN.size + 4 * _MAX_NALS)
        self.nals = memoryview(self.table)[_RUN.size :].cast("I")
        self.out = memoryview(bytearray(_OUT_BYTES))
        self.table_address, self.out_address = _address(memoryview(self.table)), _address(self.out)

    @classmethod
    def load(cls, folder: Path = _FOLDER) -> Self:
        """The core built beside this file. Raises Unavailable, saying why there is none."""
        library = library_beside(
            folder, ctypes.PyDLL, "ingest/rtsp/core.c", "beffroi_ingest_version", _VERSION
        )
        pointer = ctypes.c_void_p
        for function in (library.beffroi_ingest_take, library.beffroi_ingest_batch):
            function.argtypes = [pointer, pointer, pointer]
            function.restype = None
        return cls(library)


class Whole(NamedTuple):
    """Where the first packet begins that was not taken, how many were, the pictures one behind the other,
    their times and where each ends."""

    at: int
    packets: int
    data: bytes
    times32: list[int]
    ends: list[int]


class CompiledRuns:
    """Takes runs of packets into one depacketiser: what the core is sure of, up to a picture's mark.

    It comes to the same as each packet by itself.
    """

    def __init__(self, core: Core, depacketiser: Depacketiser) -> None:
        self._core, self._depacketiser = core, depacketiser
        self._h265 = depacketiser.form is Form.H265
        self._data: memoryview | None = None
        self._address = 0

    def take(self, data: memoryview, at: int, end: int, going: Going) -> Taken:
        """Take the packets from `data[at]` on that are of `going`'s picture, or of the next one where its
        time is NO_TIME. `data` must be writable, as what is read into is."""
        core, into = self._core, self._depacketiser
        if data is not self._data:
            self._data, self._address = data, _address(data)
        channel, payload_type, sequence, time32, ssrc = going
        timed = time32 != NO_TIME
        _RUN.pack_into(
            core.table, 0, at, end, _OUT_BYTES, 0, time32 if timed else 0, ssrc, into.middle, 0, 0, sequence,
            channel, payload_type, self._h265, timed, into.has_picture, into.continues, into.key, False,
        )  # fmt: skip
        core.take(core.table_address, self._address, core.out_address)
        (
            at, _, _, used, time32, _, middle, packets, nals, _,
            _, _, _, _, has_picture, continues, key, marked,
        ) = _RUN.unpack_from(core.table)  # fmt: skip
        if packets:
            unit = into.unit
            if nals:
                before = len(unit)
                into.nals += [before + offset for offset in core.nals[:nals]]
            unit += core.out[:used]
            into.middle = middle
            into.has_picture, into.continues, into.key = bool(has_picture), bool(continues), bool(key)
        return Taken(at, packets, time32, bool(marked))

    def whole(
        self, data: memoryview, at: int, end: int, going: Going, most_step: int, plain: Plain, most: int
    ) -> Whole | None:
        """Take the pictures, `most` of them, that lie whole from `data[at]` on and are plain.

        Each is at most `most_step` later than the one before; the one before the first was at `going.time32`.
        None where there is none; no picture is begun.
        """
        core = self._core
        if data is not self._data:
            self._data, self._address = data, _address(data)
        if core.believed is not plain:
            core.plain[:] = plain.sets + plain.roles
            core.believed = plain
        channel, payload_type, sequence, time32, ssrc = going
        _BATCH.pack_into(
            core.pictures, 0, at, end, _OUT_BYTES, 0, time32, most_step, ssrc, most, 0, 0, sequence,
            channel, payload_type, self._h265, plain.no_b,
        )  # fmt: skip
        core.batch(core.pictures_address, self._address, core.out_address)
        at, _, _, used, _, _, _, _, count, packets, *_ = _BATCH.unpack_from(core.pictures)
        if not count:
            return None
        told = core.told[: 2 * count].tolist()
        return Whole(at, packets, bytes(core.out[:used]), told[::2], told[1::2])


def _address(data: memoryview) -> int:
    """Where it begins, for as long as it lives."""
    return ctypes.addressof(ctypes.c_char.from_buffer(data))


def core_of(choice: CoreChoice, log: Logger, folder: Path = _FOLDER) -> Core | None:
    """The core of a setting, said in the log; None is Python. Raises Unavailable where it was demanded."""
    if choice is CoreChoice.PYTHON:
        return None
    demanded = choice is not CoreChoice.AUTO
    return built_or_none(
        lambda: Core.load(folder), log, demanded=demanded, consequence="a camera costs more CPU"
    )
