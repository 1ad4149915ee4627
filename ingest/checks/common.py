"""What every codec's checks have in common: only what a decoder can use gets through."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.ports import Plain
from shared.codecs.h264 import nal_units
from shared.units import Codec

MIN_SIDE = 64
"""No camera sends smaller pictures; noise often reads as some parameter set that does."""
_FORBIDDEN_BIT = 0x80


@dataclass(frozen=True, slots=True)
class Checked:
    """A unit fit for decoders. `reordered` and `recovery` as `AccessUnit` has them."""

    data: bytes
    key: bool
    reordered: bool = False
    recovery: int = 0


@dataclass(frozen=True, slots=True)
class Description:
    """What the pictures are. `codec` is an RFC 6381 name."""

    codec: str
    width: int
    height: int


class NotDecodable(Exception):
    """A unit that no decoder can use now; the text says why, in few different words."""


NO_SETS = "no parameter sets yet"
NO_KEY = "waiting for a key picture"
UNKNOWN_SETS = "pictures refer to parameters it never sent"


class Checks(Protocol):
    """Checks one camera's units in order.

    `garbage` counts what was thrown away because no decoder could make sense of it. `description` is None
    until the stream has said what it is. `advice` says which setting of the camera to change, "" where the
    pictures cost nothing extra; it may come while the stream runs.
    """

    codec: Codec
    garbage: int
    description: Description | None

    @property
    def advice(self) -> str: ...

    @property
    def plain(self) -> Plain | None:
        """Pictures that `check` would pass on as they are, and that tell it nothing; None while there are
        none."""
        ...

    def passed(self, count: int) -> None:
        """So many such pictures were passed on without a check."""
        ...

    def lose_sync(self) -> None:
        """A unit is missing: nothing can be decoded before the next key unit."""
        ...

    def check(self, data: bytes, nals: Sequence[int] = ()) -> Checked:
        """The unit as it may be passed on; a key unit carries its parameter sets. Raises NotDecodable.

        `nals` as `Packet` has it: a unit that tells nothing new is then believed, and not searched.
        """
        ...


class NeverPlain:
    """The part of `Checks` where each picture is looked at."""

    @property
    def plain(self) -> Plain | None:
        return None

    def passed(self, count: int) -> None:
        """Never called: no picture is plain."""


def sound_nals(data: bytes, types: frozenset[int], shift: int, mask: int) -> tuple[list[memoryview], int]:
    """The NAL units of an Annex B unit whose type is among `types`, and how many others there were."""
    nals = list(nal_units(data))
    sound = [nal for nal in nals if (nal[0] >> shift) & mask in types and not nal[0] & _FORBIDDEN_BIT]
    return sound, len(nals) - len(sound)


def heads(types: frozenset[int], shift: int, mask: int) -> frozenset[int]:
    """The first bytes that NAL units of these types may have."""
    return frozenset(first for first in range(_FORBIDDEN_BIT) if (first >> shift) & mask in types)


def advice_of(reasons: Iterable[str]) -> str:
    """Several pieces of advice as one text."""
    return " ".join(reason for reason in reasons if reason)
