"""`ftyp` and `moov` (ISO/IEC 14496-12, section 8): the same frame for fragmented and plain files."""

import struct

from shared.mediatime import TICKS_PER_SECOND
from storage.fmp4.boxes import box, full_box
from storage.fmp4.identity import Identity
from storage.fmp4.parameters import ParameterSets

TRACK = 1
_EPOCH_1904_S = 2_082_844_800
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4


def file_type(*, fragmented: bool) -> bytes:
    """`ftyp`."""
    if fragmented:
        return box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6isommp41avc1")
    return box(b"ftyp", b"isom", struct.pack(">I", 0), b"isommp41avc1")


def init_segment(parameters: ParameterSets, identity: Identity) -> bytes:
    """What stands in front of the fragments of a segment: `ftyp`, `moov` with `mvex`, the identity."""
    return file_type(fragmented=True) + fragmented_movie(parameters, identity.start_ns) + identity.write()


def fragmented_movie(parameters: ParameterSets, start_ns: int) -> bytes:
    """A `moov` without samples, which fragments follow (section 8.8)."""
    nothing = struct.pack(">I", 0)
    tables = b"".join(
        (
            full_box(b"stts", 0, 0, nothing),
            full_box(b"stsc", 0, 0, nothing),
            full_box(b"stsz", 0, 0, nothing, nothing),
            full_box(b"stco", 0, 0, nothing),
        )
    )
    extends = box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">5I", TRACK, 1, 0, 0, 0)))
    return movie(parameters, start_ns, 0, tables, extends)


def movie(
    parameters: ParameterSets, start_ns: int, duration90: int, tables: bytes, extends: bytes = b""
) -> bytes:
    """A `moov` with one video track whose sample tables are `tables` (without `stsd`)."""
    created_s = start_ns // 1_000_000_000 + _EPOCH_1904_S
    header = full_box(
        b"mvhd",
        1,
        0,
        struct.pack(">QQIQ", created_s, created_s, TICKS_PER_SECOND, duration90),
        struct.pack(">IHHII", 0x10000, 0x0100, 0, 0, 0),
        _UNITY,
        bytes(24),
        struct.pack(">I", TRACK + 1),
    )
    return box(b"moov", header, _track(parameters, created_s, duration90, tables), extends)


def _track(parameters: ParameterSets, created_s: int, duration90: int, tables: bytes) -> bytes:
    size = parameters.sequence
    track_header = full_box(
        b"tkhd",
        1,
        3,
        struct.pack(">QQIIQ", created_s, created_s, TRACK, 0, duration90),
        bytes(8),
        struct.pack(">hhHH", 0, 0, 0, 0),
        _UNITY,
        struct.pack(">II", size.width << 16, size.height << 16),
    )
    media_header = full_box(
        b"mdhd",
        1,
        0,
        struct.pack(">QQIQHH", created_s, created_s, TICKS_PER_SECOND, duration90, _UNDETERMINED, 0),
    )
    handler = full_box(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"Beffroi\0")
    reference = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    information = box(
        b"minf",
        full_box(b"vmhd", 0, 1, bytes(8)),
        box(b"dinf", reference),
        box(b"stbl", _sample_description(parameters), tables),
    )
    return box(b"trak", track_header, box(b"mdia", media_header, handler, information))


def _sample_description(parameters: ParameterSets) -> bytes:
    """`stsd` with one `avc1` (ISO/IEC 14496-15, section 5.4.2.1)."""
    size = parameters.sequence
    entry = box(
        b"avc1",
        bytes(6),
        struct.pack(">H", 1),
        bytes(16),
        struct.pack(">HHIIIH", size.width, size.height, 0x480000, 0x480000, 0, 1),
        bytes(32),
        struct.pack(">Hh", 0x18, -1),
        box(b"avcC", parameters.avcc()),
    )
    return full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry)
