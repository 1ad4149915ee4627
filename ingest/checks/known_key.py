"""A key unit like the one before, but for what its slices show: nothing in it has to be searched for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

from shared.codecs.parameter_sets import ParameterSets, SetNames


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What a key unit was that was passed on as it came.

    `front` is what it was up to its first slice, `first` and `picture_set` are the first byte and the
    parameter set of all its slices, `kinds` the types of its NAL units, `usable` what the stream had told
    until then.
    """

    front: bytes
    first: int
    picture_set: int
    kinds: frozenset[int]
    usable: frozenset[int]

    @classmethod
    def of(
        cls, data: bytes, nals: Sequence[int], needed: Collection[int], sets: ParameterSets, names: SetNames
    ) -> Self | None:
        """That of a unit whose NAL units are those at `nals` and whose slices need these sets; None where it
        cannot be told by its looks."""
        kinds = [names.type_of(data[at : at + 1]) for at in nals]
        slice_at = next((at for at, kind in zip(nals, kinds, strict=True) if kind in names.slices), None)
        if slice_at is None or len(needed) != 1:
            return None
        return cls(data[:slice_at], data[slice_at], min(needed), frozenset(kinds), sets.usable)

    def comes_again(self, data: bytes, nals: Sequence[int], sets: ParameterSets, names: SetNames) -> bool:
        """Whether a unit that was cut at `nals` is like it, and the stream has told nothing else since."""
        # It is another object wherever another set was learnt.
        if self.usable is not sets.usable or not data.startswith(self.front):
            return False
        slices = [at for at in nals if at >= len(self.front)]
        return bool(slices) and all(
            data[at] == self.first and names.slice_set(data, at) == self.picture_set for at in slices
        )
