"""The box that seals a film: who exported what, from when, and the signature of the whole file.

ONVIF Export File Format 26.06: `meta` on the level of the file with `suep` (5.2) and `ipro` (5.6.3), in it
`cstb` (5.3). It stands at the end of the film, as the format's own annex has it: what is in front of it is
hashed once, for the signature and for the file alike.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from shared.errors import BadInput

META = b"meta"
MOST_SEAL_BYTES = 1 << 16
_EPOCH_1904_S = 2_082_844_800
_EPOCH_1601_S = 11_644_473_600
_TRACK = 1
_SCHEME = b"oeff"
_VERSION_1 = 0x00010000


@dataclass(frozen=True, slots=True)
class FilmIdentity:
    """What a film says of itself, under its own signature.

    `evidence_key` is the fingerprint of the key that signs the manifest of the same export.
    """

    export: str
    stream: str
    camera: str
    operator: str
    unit: str
    made_ns: int
    start_ns: int
    evidence_key: str


@dataclass(frozen=True, slots=True)
class ReadSeal:
    """A seal as it was found: its signature lies at [at, at + size) of the box."""

    identity: FilmIdentity
    certificate: bytes
    signature: bytes
    at: int


def seal_box(identity: FilmIdentity, certificate: bytes, signature: bytes) -> bytes:
    """The box. What is signed is the file that ends with it when `signature` is as many zeros."""
    made_s, start_100ns = identity.made_ns // 1_000_000_000 + _EPOCH_1904_S, identity.start_ns // 100
    handler = _full(b"hdlr", 0, bytes(4), b"null", bytes(12), b"\0")
    told = {"export": identity.export, "stream": identity.stream, "evidence_key": identity.evidence_key}
    exported = _full(
        b"suep",
        1,
        _text(identity.unit),
        _text(""),
        _text(""),
        struct.pack(">Q", made_s),
        _text(identity.operator),
        struct.pack(">IH", 1, _TRACK),
        _text(identity.camera),
        _text(f"urn:beffroi:stream:{identity.stream}"),
        _text(""),
        _text(""),
    )
    start = _box(b"cstb", struct.pack(">IIQ", 1, _TRACK, start_100ns + _EPOCH_1601_S * 10_000_000))
    scheme = _full(b"schm", 0, _SCHEME, struct.pack(">I", _VERSION_1))
    information = _box(
        b"schi",
        _box(b"sibo", signature),
        _box(b"cert", certificate),
        _box(b"auib", _text(json.dumps(told, ensure_ascii=False, sort_keys=True))),
    )
    protection = _full(b"ipro", 0, struct.pack(">H", 1), _box(b"sinf", start, scheme, information))
    return _full(META, 0, handler, exported, protection)


def read_seal(data: bytes) -> ReadSeal:
    """What `seal_box` wrote. Raises BadInput on anything else."""
    try:
        return _read(data)
    except (ValueError, KeyError, TypeError, IndexError, struct.error, RecursionError) as error:
        raise BadInput("the film has no seal that can be read") from error


def unsigned(data: bytes, seal: ReadSeal) -> bytes:
    """The box as it was when it was signed."""
    end = seal.at + len(seal.signature)
    return data[: seal.at] + bytes(len(seal.signature)) + data[end:]


def _read(data: bytes) -> ReadSeal:
    meta = _children(data, 12, len(data))
    exported, protection = meta[b"suep"], meta[b"ipro"]
    scheme = _children(data, *_children(data, protection[0] + 6, protection[1])[b"sinf"])
    inside = _children(data, *scheme[b"schi"])
    texts = data[exported[0] + 4 : exported[1]]
    unit, _, _, texts = texts.split(b"\0", 3)
    (made_s,) = struct.unpack_from(">Q", texts)
    operator, entries = texts[8:].split(b"\0", 1)
    camera = entries[6:].split(b"\0", 1)[0]
    _, _, start_100ns = struct.unpack_from(">IIQ", data, scheme[b"cstb"][0])
    told = json.loads(data[slice(*inside[b"auib"])].rstrip(b"\0"))
    identity = FilmIdentity(
        export=str(told["export"]),
        stream=str(told["stream"]),
        camera=camera.decode(),
        operator=operator.decode(),
        unit=unit.decode(),
        made_ns=(made_s - _EPOCH_1904_S) * 1_000_000_000,
        start_ns=(start_100ns - _EPOCH_1601_S * 10_000_000) * 100,
        evidence_key=str(told["evidence_key"]),
    )
    signature = inside[b"sibo"]
    return ReadSeal(identity, data[slice(*inside[b"cert"])], data[slice(*signature)], signature[0])


def _children(data: bytes, at: int, end: int) -> dict[bytes, tuple[int, int]]:
    """Where the payloads of the boxes in [at, end) lie, by type. Raises ValueError where none can be."""
    return {kind: (body, after) for kind, body, after in _walk(data, at, end)}


def _walk(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at < end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > end:
            raise ValueError("a box that is cut")
        yield kind, at + 8, at + size
        at += size


def _box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def _full(kind: bytes, version: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24), *parts)


def _text(text: str) -> bytes:
    return text.replace("\0", "").encode() + b"\0"
