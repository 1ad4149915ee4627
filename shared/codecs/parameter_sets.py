"""The parameter sets of a stream, each under its own number, and which of them a slice needs."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from shared.codecs import h264, h265
from shared.codecs.h264 import nal_starts, nal_units
from shared.codecs.nal_names import h264_set_name, h264_slice_set, h265_set_name, h265_slice_set
from shared.errors import BadInput

_PREFIX_BYTES = 3

MAX_SET_BYTES = 4096
"""No real set is longer; they are kept, and put in front of each key picture."""


@dataclass(frozen=True, slots=True)
class SetNames:
    """How a codec names its parameter sets. `kinds` are their types, what refers last; `slices` those of
    slices."""

    kinds: tuple[int, ...]
    slices: frozenset[int]
    type_of: Callable[[bytes | memoryview], int]
    set_name: Callable[[bytes], tuple[int, int]]
    slice_set: Callable[[bytes | memoryview, int], int]


H264 = SetNames(
    (int(h264.Nal.SPS), int(h264.Nal.PPS)),
    frozenset({h264.Nal.SLICE, h264.Nal.IDR}),
    h264.nal_type,
    h264_set_name,
    h264_slice_set,
)
H265 = SetNames(
    (int(h265.Nal.VPS), int(h265.Nal.SPS), int(h265.Nal.PPS)),
    h265.SLICES,
    h265.nal_type,
    h265_set_name,
    h265_slice_set,
)


class ParameterSets:
    """What a stream has said of itself so far: for each kind and number the last set, as many as there are
    numbers."""

    def __init__(self, names: SetNames) -> None:
        self._names = names
        self._sets: dict[tuple[int, int], tuple[bytes, int]] = {}
        self._usable: frozenset[int] = frozenset()

    def learn(self, nal: bytes) -> None:
        """Keep a parameter set. Raises BadInput where it names nothing or is too long, and keeps nothing."""
        if len(nal) > MAX_SET_BYTES:
            raise BadInput("a parameter set is too long", "sps")
        number, refers_to = self._names.set_name(nal)
        place = (self._names.type_of(nal), number)
        if self._sets.get(place) == (nal, refers_to):
            return
        self._sets[place] = (nal, refers_to)
        last = self._names.kinds[-1]
        self._usable = frozenset(
            number for kind, number in self._sets if kind == last and self.chain(number) is not None
        )

    @property
    def usable(self) -> frozenset[int]:
        """The numbers of picture parameter sets with which all they refer to is here."""
        return self._usable

    @property
    def empty(self) -> bool:
        """Whether some kind is missing altogether."""
        return {kind for kind, _ in self._sets} != set(self._names.kinds)

    def chain(self, picture_set: int) -> tuple[bytes, ...] | None:
        """The sets that a slice with this picture parameter set needs, one of each kind; None where one is
        missing."""
        found: list[bytes] = []
        number = picture_set
        for kind in reversed(self._names.kinds):
            known = self._sets.get((kind, number))
            if known is None:
                return None
            found.append(known[0])
            number = known[1]
        return tuple(reversed(found))

    def all(self) -> list[bytes]:
        """Every set that a slice could need, kind by kind, by number: what refers comes last."""
        chains = [chain for number in sorted(self._usable) if (chain := self.chain(number)) is not None]
        needed = {nal for chain in chains for nal in chain}
        return [nal for _, (nal, _) in sorted(self._sets.items(), key=lambda item: item[0]) if nal in needed]


def needed_sets(data: bytes, names: SetNames) -> tuple[bytes, ...] | None:
    """The sets of an access unit (Annex B) that its own first slice needs, one of each kind.

    None where one is not in front of the slice.
    """
    found, slice_at = sets_in_front(data, names)
    if slice_at < 0:
        return None
    sets = ParameterSets(names)
    for nal in found:
        with suppress(BadInput):
            sets.learn(nal)
    return sets.chain(names.slice_set(data, slice_at))


def sets_in_front(data: bytes, names: SetNames) -> tuple[list[bytes], int]:
    """The parameter sets in front of the first slice of an access unit, and where that begins, -1 for none.

    The slice itself, nearly all of the unit, is not searched.
    """
    slice_at = next((at for at in nal_starts(data) if names.type_of(data[at : at + 1]) in names.slices), -1)
    front = data if slice_at < 0 else data[: slice_at - _PREFIX_BYTES]
    return [bytes(nal) for nal in nal_units(front) if names.type_of(nal) in names.kinds], slice_at
