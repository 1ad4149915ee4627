"""The register of what was captured and what was destroyed, as whoever checks it sees it. Pure.

Each camera and UTC day has two Merkle trees: the segments captured on it and those of them destroyed, in the
order in which they were entered. The roots of all cameras of a day make a tree, by SHA-256 of the stream; the
roots of all days make one, by date; the root of that is signed, once a minute, in a head that names the head
before. So a head fixes for every camera and day how many segments there were, which, and which are gone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256

from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.fields import canonical
from shared.evidence.merkle import EMPTY_ROOT, leaf_hash, root_of
from shared.evidence.signature import EvidenceKey
from shared.evidence.signed_text import SignedText
from shared.utc import instant_of

HEAD_FORMAT = "beffroi-ledger-head-1"
FIRST_PREVIOUS = "0" * 64


class Ground(StrEnum):
    """Why a segment is no more."""

    DEADLINE = "deadline"
    ROOM = "room"
    """Before its deadline: the spool was full while the object store was away."""
    LOST = "lost"
    """Its file was found missing: nobody here destroyed it."""
    DEPARTED = "departed"
    """Its commune left, and took it along."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A finished segment; `sha256` is that of its whole file."""

    key: str
    start_ns: int
    end_ns: int
    size: int
    sha256: str

    def leaf(self, stream: str) -> bytes:
        """Its hash as a leaf of the tree of its stream and day."""
        return leaf_hash(
            canonical("capture", stream, self.key, self.start_ns, self.end_ns, self.size, self.sha256)
        )


@dataclass(frozen=True, slots=True)
class Destroyed:
    """The end of the segment with this number in the tree of captures; `capture` is the hash of its leaf."""

    number: int
    capture: str
    start_ns: int
    end_ns: int
    size: int
    at_ns: int
    ground: Ground

    def leaf(self, stream: str) -> bytes:
        """Its hash as a leaf of the tree of what is destroyed of its stream and day."""
        what = (self.number, self.capture, self.start_ns, self.end_ns, self.size)
        return leaf_hash(canonical("destroyed", stream, *what, self.at_ns, self.ground.value))


@dataclass(frozen=True, slots=True)
class CameraDay:
    """What a head fixes of a stream and UTC day (`YYYYMMDD`, by the first picture): sizes and roots."""

    stream: str
    day: str
    captured: int = 0
    captured_root: str = EMPTY_ROOT.hex()
    destroyed: int = 0
    destroyed_root: str = EMPTY_ROOT.hex()

    @property
    def name(self) -> str:
        """Where it stands in the tree of its day, which is sorted by it."""
        return name_of(self.stream)

    @property
    def body(self) -> str:
        """The hash of all that it says, by which others are shown without being told."""
        ends = (self.destroyed, self.destroyed_root)
        told = canonical("camera-day", self.stream, self.day, self.captured, self.captured_root, *ends)
        return sha256(told).hexdigest()


@dataclass(frozen=True, slots=True)
class Day:
    """What a head fixes of a UTC day: how many streams, and the root over them."""

    day: str
    cameras: int
    root: str

    def leaf(self) -> bytes:
        return leaf_hash(canonical("day", self.day, self.cameras, self.root))


def name_of(stream: str) -> str:
    """The SHA-256 of a stream's name."""
    return sha256(stream.encode()).hexdigest()


def camera_leaf(name: str, body: str) -> bytes:
    """A camera's leaf in the tree of its day."""
    return leaf_hash(canonical("camera", name, body))


def day_of(day: str, cameras: Iterable[CameraDay]) -> Day:
    """The day over its cameras, in whatever order they come."""
    listed = sorted((camera.name, camera.body) for camera in cameras)
    return Day(day, len(listed), root_of(camera_leaf(*one) for one in listed).hex())


def root_of_days(days: Sequence[Day]) -> str:
    """The root over all days, which come sorted."""
    return root_of(day.leaf() for day in days).hex()


@dataclass(frozen=True, slots=True)
class Head:
    """What is signed. `previous` is the digest of the head before; `began_ns` is when the register began:
    what was captured earlier may be missing in it. `ledger` tells two registers of one centre apart."""

    ledger: str
    number: int
    at_ns: int
    began_ns: int
    days: int
    root: str
    previous: str
    fingerprint: str

    def signed(self, key: EvidenceKey) -> "SignedHead":
        told = {"format": HEAD_FORMAT, "at": instant_of(self.at_ns).isoformat(), **asdict(self)}
        document = json.dumps(told, ensure_ascii=True, indent=1)
        return SignedHead(document, key.sign(document.encode()).hex())


class SignedHead(SignedText):
    """A head as it goes round; the next head and the journal name it by its digest."""

    __slots__ = ()

    def read(self) -> Head:
        """What the document says, signed or not. Raises BadInput where it is no head."""
        told = fields.parsed(self.document.encode())
        if told.get("format") != HEAD_FORMAT:
            raise BadInput("this is not a head of the register")
        return Head(
            ledger=fields.text(told.get("ledger")),
            number=fields.number(told.get("number")),
            at_ns=fields.number(told.get("at_ns")),
            began_ns=fields.number(told.get("began_ns")),
            days=fields.number(told.get("days")),
            root=fields.hash_text(told.get("root")),
            previous=fields.hash_text(told.get("previous")),
            fingerprint=fields.hash_text(told.get("fingerprint")),
        )


def capture_told(capture: Capture) -> dict[str, object]:
    """As members of JSON."""
    return asdict(capture)


def capture_of(value: object) -> Capture:
    """The capture of what `capture_told` gave. Raises BadInput."""
    told = fields.members(value)
    return Capture(
        key=fields.text(told.get("key")),
        start_ns=fields.number(told.get("start_ns")),
        end_ns=fields.number(told.get("end_ns")),
        size=fields.number(told.get("size")),
        sha256=fields.hash_text(told.get("sha256")),
    )


def destroyed_told(destroyed: Destroyed) -> dict[str, object]:
    """As members of JSON; what its capture says too is left to that."""
    return {"number": destroyed.number, "at_ns": destroyed.at_ns, "ground": destroyed.ground.value}


def destroyed_of(value: object, stream: str, captures: Sequence[Capture]) -> Destroyed:
    """The end of one of `captures`, of what `destroyed_told` gave. Raises BadInput."""
    told = fields.members(value)
    number = fields.number(told.get("number"))
    if number >= len(captures):
        raise BadInput("what was never captured cannot be destroyed")
    one = captures[number]
    try:
        ground = Ground(fields.text(told.get("ground")))
    except ValueError as error:
        raise BadInput("the ground of a destruction is unknown") from error
    at_ns = fields.number(told.get("at_ns"))
    return Destroyed(number, one.leaf(stream).hex(), one.start_ns, one.end_ns, one.size, at_ns, ground)


def camera_day_told(camera_day: CameraDay) -> dict[str, object]:
    """As members of JSON."""
    return asdict(camera_day)


def camera_day_of(value: object) -> CameraDay:
    """The camera and day of what `camera_day_told` gave. Raises BadInput."""
    told: Mapping[str, object] = fields.members(value)
    return CameraDay(
        stream=fields.text(told.get("stream")),
        day=fields.text(told.get("day")),
        captured=fields.number(told.get("captured")),
        captured_root=fields.hash_text(told.get("captured_root")),
        destroyed=fields.number(told.get("destroyed")),
        destroyed_root=fields.hash_text(told.get("destroyed_root")),
    )


def day_told(day: Day) -> list[object]:
    """As a list of JSON."""
    return [day.day, day.cameras, day.root]


def day_read(value: object) -> Day:
    """The day of what `day_told` gave. Raises BadInput."""
    told = fields.items(value)
    if len(told) != 3:
        raise BadInput("a day has three members")
    return Day(fields.text(told[0]), fields.number(told[1]), fields.hash_text(told[2]))
