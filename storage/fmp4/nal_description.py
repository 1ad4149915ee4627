"""What H.264 and H.265 share in MP4: parameter sets in the sample entry, NAL units behind their lengths.

ISO/IEC 14496-15, sections 5.3.3 and 8.3.3.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar, Generic, Protocol, TypeVar

from shared.codecs.h264 import annex_b, nal_units
from shared.codecs.parameter_sets import SetNames, needed_sets, sets_in_front
from shared.errors import BadInput
from shared.reasons import why
from shared.units import Codec
from storage.fmp4.boxes import box
from storage.fmp4.entry import visual_entry

LENGTH_BYTES = 4
_MAX_SET_BYTES = 0xFFFF


class Sequence(Protocol):
    """What a sequence parameter set tells whatever the codec."""

    @property
    def codec_string(self) -> str: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...


SequenceT = TypeVar("SequenceT", bound=Sequence)


class NalDescription(ABC, Generic[SequenceT]):
    """Parameter sets of a key unit, each once, at least one of each kind: those that its picture needs, then
    the others in their order.

    `brands` is the type of the sample entry too, `box_kind` that of the box in it which holds the sets.
    """

    brands: ClassVar[bytes]
    box_kind: ClassVar[bytes]
    names: ClassVar[SetNames]
    codec: ClassVar[Codec]

    @property
    @abstractmethod
    def sets(self) -> tuple[tuple[bytes, ...], ...]:
        """All of them by kind, in the order in which the box holds the kinds."""

    @cached_property
    @abstractmethod
    def sequence(self) -> SequenceT:
        """What the first SPS says. Raises BadInput."""

    @abstractmethod
    def configuration(self) -> bytes:
        """The payload of the box that holds them. Raises BadInput."""

    @cached_property
    def nals(self) -> frozenset[bytes]:
        """All of them, for telling which NAL units of a sample are already in the sample entry."""
        return frozenset(nal for nals in self.sets for nal in nals)

    @property
    def codec_string(self) -> str:
        return self.sequence.codec_string

    @property
    def width(self) -> int:
        return self.sequence.width

    @property
    def height(self) -> int:
        return self.sequence.height

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.configuration()).hexdigest()[:16]

    def entry(self) -> bytes:
        configuration = box(self.box_kind, self.configuration())
        return visual_entry(self.brands, self.width, self.height, configuration)

    def sample(self, data: bytes, *, whole: bool = False) -> list[bytes | memoryview]:
        return length_prefixed(data, frozenset() if whole else self.nals)

    def changed_by(self, data: bytes) -> bool:
        sets, _ = sets_in_front(data, self.names)
        return any(nal not in self.nals for nal in sets)

    def unit(self, sample: bytes, *, key: bool) -> bytes:
        return annex_b([*(nal for nals in self.sets for nal in nals if key), *nals_of(sample)])

    def check(self, *most: int) -> None:
        """Raises BadInput where a kind is missing, has more than its number in `most`, or one is too long."""
        name = self.box_kind.decode()
        if not all(self.sets):
            raise BadInput(
                why("pictures-parameters-missing", "a key unit without parameter sets cannot start a file"),
                "sps",
            )
        if any(len(nals) > limit for nals, limit in zip(self.sets, most, strict=True)):
            raise BadInput(
                why("pictures-parameters-many", "more parameter sets than {name} can hold", name=name), "sps"
            )
        if any(len(nal) > _MAX_SET_BYTES for nals in self.sets for nal in nals):
            raise BadInput(
                why("pictures-parameters-long", "a parameter set is longer than {name} can hold", name=name),
                "sps",
            )


def leading_sets(data: bytes, names: SetNames, *most: int) -> list[tuple[bytes, ...]]:
    """The parameter sets of each kind in front of the first slice of an Annex B unit, each once.

    Those that the slice needs come first; what is beyond the number of its kind in `most` is left out, and
    stays in the samples.
    """
    sets, _ = sets_in_front(data, names)
    found: dict[int, dict[bytes, None]] = {kind: {} for kind in names.kinds}
    for nal in (*(needed_sets(data, names) or ()), *sets):
        found[names.type_of(nal)][nal] = None
    return [tuple(sets)[:limit] for sets, limit in zip(found.values(), most, strict=True)]


def written_sets(sets: Iterable[bytes]) -> list[bytes]:
    """Each behind its length in two bytes."""
    return [len(nal).to_bytes(2, "big") + nal for nal in sets]


def read_sets(payload: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """`count` of them from `at` on, and where they end. Raises BadInput."""
    found = []
    for _ in range(count):
        size = int.from_bytes(payload[at : at + 2], "big")
        at += 2 + size
        if at > len(payload):
            raise BadInput("a list of parameter sets is cut")
        found.append(payload[at - size : at])
    return tuple(found), at


def length_prefixed(data: bytes, known: frozenset[bytes]) -> list[bytes | memoryview]:
    """An Annex B unit as MP4 wants it: each NAL unit behind its length in four bytes.

    NAL units that are among `known` are left out, every other one stays byte for byte.
    """
    longest = max(map(len, known), default=0)
    parts: list[bytes | memoryview] = []
    for nal in nal_units(data):
        if len(nal) <= longest and bytes(nal) in known:
            continue
        parts.append(len(nal).to_bytes(LENGTH_BYTES, "big"))
        parts.append(nal)
    return parts


def nals_of(sample: bytes) -> list[bytes]:
    """The NAL units of a sample, without their lengths. Raises BadInput where a length is wrong."""
    found, at = [], 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + LENGTH_BYTES], "big")
        at += LENGTH_BYTES + size
        if at > len(sample):
            raise BadInput("a sample has a NAL unit that is longer than the sample")
        found.append(sample[at - size : at])
    return found
