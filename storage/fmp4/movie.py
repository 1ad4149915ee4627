"""`ftyp` and `moov` (ISO/IEC 14496-12, section 8): the same frame for segments and films."""

import struct

from shared.mediatime import TICKS_PER_SECOND
from storage.fmp4.boxes import box, full_box
from storage.fmp4.entry import Description
from storage.fmp4.identity import Identity

TRACK = 1
_EPOCH_1904_S = 2_082_844_800
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4


def file_type(description: Description) -> bytes:
    """`ftyp` of a segment."""
    return box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6isommp41", description.brands)


def film_head(description: Description, start_ns: int, duration90: int) -> bytes:
    """What stands in front of a film's index: `ftyp` of the brand that the ONVIF format asks, `moov`."""
    kind = box(b"ftyp", b"isom", struct.pack(">I", 0), b"isomiso6mp41", description.brands)
    return kind + fragmented_movie(description, start_ns, duration90)


def init_segment(description: Description, identity: Identity) -> bytes:
    """What stands in front of the fragments of a segment: `ftyp`, `moov` with `mvex`, the identity."""
    head = file_type(description) + fragmented_movie(description, identity.start_ns)
    return head + identity.write()


def fragmented_movie(description: Description, start_ns: int, duration90: int = 0) -> bytes:
    """A `moov` without samples, which fragments follow (section 8.8), as long as is told."""
    nothing = struct.pack(">I", 0)
    tables = b"".join(
        (
            full_box(b"stts", 0, 0, nothing),
            full_box(b"stsc", 0, 0, nothing),
            full_box(b"stsz", 0, 0, nothing, nothing),
            full_box(b"stco", 0, 0, nothing),
        )
    )
    length = full_box(b"mehd", 1, 0, struct.pack(">Q", duration90)) if duration90 else b""
    extends = box(b"mvex", length, full_box(b"trex", 0, 0, struct.pack(">5I", TRACK, 1, 0, 0, 0)))
    return _movie(description, start_ns, tables, extends)


def _movie(description: Description, start_ns: int, tables: bytes, extends: bytes) -> bytes:
    """A `moov` with one video track whose sample tables are `tables` (without `stsd`)."""
    created_s = start_ns // 1_000_000_000 + _EPOCH_1904_S
    header = full_box(
        b"mvhd",
        1,
        0,
        struct.pack(">QQIQ", created_s, created_s, TICKS_PER_SECOND, 0),
        struct.pack(">IHHII", 0x10000, 0x0100, 0, 0, 0),
        _UNITY,
        bytes(24),
        struct.pack(">I", TRACK + 1),
    )
    return box(b"moov", header, _track(description, created_s, tables), extends)


def _track(description: Description, created_s: int, tables: bytes) -> bytes:
    track_header = full_box(
        b"tkhd",
        1,
        3,
        struct.pack(">QQIIQ", created_s, created_s, TRACK, 0, 0),
        bytes(8),
        struct.pack(">hhHH", 0, 0, 0, 0),
        _UNITY,
        struct.pack(">II", description.width << 16, description.height << 16),
    )
    media_header = full_box(
        b"mdhd",
        1,
        0,
        struct.pack(">QQIQHH", created_s, created_s, TICKS_PER_SECOND, 0, _UNDETERMINED, 0),
    )
    handler = full_box(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"Beffroi\0")
    reference = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    information = box(
        b"minf",
        full_box(b"vmhd", 0, 1, bytes(8)),
        box(b"dinf", reference),
        box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">I", 1), description.entry()), tables),
    )
    return box(b"trak", track_header, box(b"mdia", media_header, handler, information))
