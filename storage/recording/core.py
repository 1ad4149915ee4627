"""The compiled core `storage/recording/core.c`, where it was built: its gate, by ctypes.

A call lets go of the interpreter's lock: the lanes build fragments beside the loop.
"""

import ctypes
from functools import lru_cache
from mmap import mmap
from pathlib import Path
from struct import Struct
from typing import Self

from shared.compiled import built_or_none, library_beside
from shared.log import Logger
from shared.units import AccessUnit, Codec
from storage.fmp4.entry import Description
from storage.fmp4.fragment import ntp_from_ns
from storage.fmp4.nal_description import NalDescription
from storage.recording.pending import PendingFragment
from storage.settings import CoreChoice

_VERSION = 1
_FOLDER = Path(__file__).parent
_ORDER = "=QQQQIIIIBB6x"
_FORMS = {Codec.H264: 1, Codec.H265: 2}
_PLAIN = (0, 0, 0, b"")
_LENGTH = Struct("=I")
_ROOM_BYTES = 8 << 20
"""The longest fragment that is built here; memory that is never written to is never taken."""


class Core:
    """The library; any thread may have builders of it."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.fragment = library.beffroi_recording_fragment

    @classmethod
    def load(cls, folder: Path = _FOLDER) -> Self:
        """The core built beside this file. Raises Unavailable, saying why there is none."""
        library = library_beside(
            folder, ctypes.CDLL, "storage/recording/core.c", "beffroi_recording_version", _VERSION
        )
        library.beffroi_recording_fragment.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        library.beffroi_recording_fragment.restype = ctypes.c_int64
        return cls(library)


class FragmentBuilder:
    """Builds the fragments of one thread, each in the place of the one before."""

    def __init__(self, core: Core | None = None) -> None:
        self._core = core
        if core is not None:
            self._out = memoryview(mmap(-1, _ROOM_BYTES))
            self._out_address = _address(self._out)

    def build(
        self, fragment: PendingFragment, description: Description, *, whole: bool = False
    ) -> tuple[bytes | memoryview, bool]:
        """The bytes of a fragment, good until the next call, and whether other parameters came in it.

        From those on, and in all of it if `whole`, what the description says already stays in the samples.
        """
        if self._core is not None and fragment.usual:
            order = _order(fragment, description, whole=whole)
            size: int = self._core.fragment(order, self._out_address)
            if size >= 0:
                return self._out[:size], whole
        whole_from = 0 if whole else fragment.change(description)
        return fragment.build(description, whole_from), whole_from is not None


def _order(fragment: PendingFragment, description: Description, *, whole: bool) -> bytes:
    pieces: list[int] = []
    sizes: list[int] = []
    for piece in fragment.pieces:
        if isinstance(piece, AccessUnit):
            pieces += (_address_of_bytes(piece.data), 1, piece.key)
            sizes.append(len(piece.data))
        else:
            address, count = _address(piece.data), len(piece.sizes)
            if piece.keys:
                pieces += (address, 1, True)
                address, count = address + piece.sizes[0], count - 1
            if count:
                pieces += (address, count, False)
            sizes += piece.sizes
    form, slices, sets, known = _told(description)
    head = (_ROOM_BYTES, ntp_from_ns(fragment.utc_ns), slices, sets, fragment.sequence & 0xFFFF_FFFF)
    return (
        _table(len(pieces) // 3, len(sizes)).pack(
            *head, len(pieces) // 3, len(sizes), len(known), form, whole,
            *pieces, *fragment.times90, fragment.end90, *sizes,
        )
        + known
    )  # fmt: skip


@lru_cache(maxsize=256)
def _table(pieces: int, pictures: int) -> Struct:
    return Struct(_ORDER + "QII" * pieces + f"{pictures + 1}Q{pictures}I")


def _told(description: Description) -> tuple[int, int, int, bytes]:
    """What the core has to know of a description: form, types of slices and of sets, the known sets."""
    if not isinstance(description, NalDescription):
        return _PLAIN
    names = description.names
    return _FORMS[description.codec], _mask(names.slices), _mask(names.kinds), _known(description.nals)


@lru_cache(maxsize=16)
def _mask(types: frozenset[int] | tuple[int, ...]) -> int:
    return sum(1 << int(type) for type in types)


@lru_cache(maxsize=1024)
def _known(nals: frozenset[bytes]) -> bytes:
    return b"".join(_LENGTH.pack(len(nal)) + nal for nal in sorted(nals))


def _address(data: memoryview) -> int:
    """Where it begins, for as long as it lives."""
    return ctypes.addressof(ctypes.c_char.from_buffer(data))


def _address_of_bytes(data: bytes) -> int:
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0


def core_of(choice: CoreChoice, log: Logger, folder: Path = _FOLDER) -> Core | None:
    """The core of a setting, said in the log; None is Python. Raises Unavailable where it was demanded."""
    if choice is CoreChoice.PYTHON:
        return None
    demanded = choice is not CoreChoice.AUTO
    return built_or_none(
        lambda: Core.load(folder), log, demanded=demanded, consequence="a recording costs more CPU"
    )
