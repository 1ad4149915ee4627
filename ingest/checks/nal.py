"""What the checks of H.264 and H.265 share: parameter sets, key pictures, other places to begin at."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from ingest.checks.common import (
    MIN_SIDE,
    NO_KEY,
    NO_SETS,
    UNKNOWN_SETS,
    Checked,
    Description,
    NotDecodable,
    heads,
    sound_nals,
)
from ingest.checks.known_key import KnownKey
from ingest.ports import Plain
from shared.codecs.h264 import annex_b, nal_units
from shared.codecs.parameter_sets import ParameterSets, SetNames
from shared.errors import BadInput

KEYS_LATE = 600
"""After so many pictures without a key picture, some 24 s, recovery points stand for them."""

RECOVERY = (
    "The camera refreshes its picture bit by bit instead of sending key pictures: the first pictures of each "
    "view and recording are incomplete, and live viewing has to be transcoded. Give it an interval of key "
    "pictures (I-frames) of 1 to 10 s."
)

_MOST_UNSENT = 512
_NOT_PLAIN, _OTHER, _SLICE, _SEI = range(4)
"""As `Plain` and `ingest/rtsp/core.c` have them."""


class Parameters(Protocol):
    """What is asked of any codec's sequence parameters."""

    @property
    def codec_string(self) -> str: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def level_idc(self) -> int: ...


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, slots=True)
class Form:
    """Types of NAL units, and where their first byte has them. `dropped` are slices that may have to be left
    out; `recovery` reads recovery points."""

    types: frozenset[int]
    keys: frozenset[int]
    dropped: frozenset[int]
    sei: int
    shift: int
    mask: int
    recovery: Callable[[bytes | memoryview, int], int | None]
    max_level: int

    def roles(self, names: SetNames) -> bytes:
        """For each first byte, what a unit between two key units makes of it."""
        roles = bytearray(256)
        plain = self.types - self.keys - self.dropped - set(names.kinds)
        for role, types in ((_OTHER, plain), (_SLICE, plain & names.slices), (_SEI, plain & {self.sei})):
            for first in heads(types, self.shift, self.mask):
                roles[first] = role
        return bytes(roles)


class NalChecks(ABC, Generic[P]):
    """The part of `Checks` that H.264 and H.265 share. `sets` are the parameter sets told outside the stream.

    The checks keep every set by its number, and put all of them in front of each unit where decoding can
    start. Decoding can start at a key picture. It can start at a recovery point too where no key picture has
    come yet, where none has come for KEYS_LATE pictures, and after a loss where only one has come so far.
    """

    names: ClassVar[SetNames]
    form: ClassVar[Form]
    roles: ClassVar[bytes]

    def __init__(self, sets: bytes = b"") -> None:
        self.garbage = 0
        self.description: Description | None = None
        self.parameters: P | None = None
        self._sets = ParameterSets(self.names)
        self._active = b""
        self._unsent: dict[bytes, None] = {}
        self._synchronised = False
        self._keys = self._since_key = 0
        self._recovers = False
        self._plain: Plain | None = None
        self._plain_of: tuple[frozenset[int], bool, bool] | None = None
        self._key: KnownKey | None = None
        # What a camera says beside the stream may be wrong; then the stream's own sets are waited for.
        for nal in nal_units(sets):
            if self.names.type_of(nal) in self.names.kinds:
                with suppress(NotDecodable):
                    self._learn(bytes(nal))

    @property
    def quiet(self) -> bool:
        """Whether `noticed` has nothing to find, but for B slices where `awaits_b`."""
        return True

    @property
    def awaits_b(self) -> bool:
        """Whether a first B slice would tell something."""
        return False

    @property
    def plain(self) -> Plain | None:
        if not self._synchronised or self._unsent or not self.quiet:
            return None
        known = (self._sets.usable, self.awaits_b, self.reorders)
        if known != self._plain_of:
            usable, no_b, reordered = known
            bits = sum(1 << number for number in usable)
            self._plain_of = known
            self._plain = Plain(self.roles, bits.to_bytes(32, "little"), no_b, reordered)
        return self._plain

    def passed(self, count: int) -> None:
        self._since_key += count

    @abstractmethod
    def parse(self, sequence_set: bytes) -> P:
        """Raises BadInput."""

    @abstractmethod
    def plausible(self, parameters: P) -> bool:
        """Whether a camera can mean it, as far as the codec tells: noise often reads as some parameters."""

    @property
    @abstractmethod
    def reorders(self) -> bool:
        """Whether units are passed on as reordered."""

    def noticed(self, data: bytes) -> None:
        """A unit is about to be passed on."""

    def unfit(self, kinds: Collection[int], *, key: bool) -> bool:
        """Whether a unit of NAL units of these types refers to what was before decoding started."""
        return False

    def lose_sync(self) -> None:
        self._synchronised = False

    def check(self, data: bytes, nals: Sequence[int] = ()) -> Checked:
        self._since_key += 1
        if nals and self._synchronised and not self._unsent and self._goes_on(data, nals):
            self.noticed(data)
            return Checked(data, False, self.reorders)
        known = self._key
        if nals and known and self._synchronised and known.comes_again(data, nals, self._sets, self.names):
            return self._again(data, known)
        sound, garbage = sound_nals(data, self.form.types, self.form.shift, self.form.mask)
        self.garbage += garbage
        own = [bytes(nal) for nal in sound if self.names.type_of(nal) in self.names.kinds]
        for nal in own:
            self._learn(nal)
        if self._synchronised:
            self._owe(own)
        kinds = {self.names.type_of(nal) for nal in sound}
        needed = {
            self.names.slice_set(nal, 0) for nal in sound if self.names.type_of(nal) in self.names.slices
        }
        if not needed:
            raise NotDecodable("no picture in the unit")
        recovery = self._starts(kinds, sound)
        self._check_known(needed, starts=recovery is not None)
        if self.unfit(kinds, key=recovery is not None):
            raise NotDecodable("refers to pictures before the first one")
        if recovery is not None:
            self._activate(needed)
        self._synchronised = True
        self.noticed(data)
        checked = self._passed(data, sound, own, recovery, whole=not garbage)
        if recovery is not None:
            as_it_came = not recovery and checked.data is data and len(sound) == len(nals)
            self._key = KnownKey.of(data, nals, needed, self._sets, self.names) if as_it_came else None
        return checked

    def _again(self, data: bytes, known: KnownKey) -> Checked:
        """Pass on a key unit that comes again: its front has all sets, and they are known."""
        self._keys, self._since_key = self._keys + 1, 0
        self._unsent.clear()
        self.unfit(known.kinds, key=True)
        self.noticed(data)
        return Checked(data, True, self.reorders)

    def _owe(self, own: Sequence[bytes]) -> None:
        """What the pictures to come refer to must reach whoever decodes them: this unit may not."""
        self._unsent.update(dict.fromkeys(own))
        if len(self._unsent) > _MOST_UNSENT:
            self._unsent.clear()
            self._synchronised = False

    def _goes_on(self, data: bytes, nals: Sequence[int]) -> bool:
        """Whether a unit that was cut at `nals` is an ordinary one between two units where one can start."""
        picture = False
        for at in nals:
            role = self.roles[data[at]]
            if role == _SLICE:
                if self.names.slice_set(data, at) not in self._sets.usable:
                    return False
                picture = True
            elif role == _NOT_PLAIN or (role == _SEI and self.form.recovery(data, at) is not None):
                return False
        return picture

    def _starts(self, kinds: set[int], sound: Sequence[memoryview]) -> int | None:
        """After how many pictures all is complete where decoding starts here, None where it cannot."""
        if kinds & self.form.keys:
            self._keys += 1
            self._since_key = 0
            return 0
        told = (self.form.recovery(nal, 0) for nal in sound)
        recovery = next((count for count in told if count is not None), None)
        if recovery is None:
            return None
        # A whole picture that is no key picture may be followed by some that refer to what was before it.
        recovery = max(1, recovery)
        seldom = self._keys == 0 or self._since_key > KEYS_LATE
        return recovery if seldom or (self._keys == 1 and not self._synchronised) else None

    def _check_known(self, needed: set[int], *, starts: bool) -> None:
        """Raises NotDecodable where a decoder would lack something for these slices."""
        if self._sets.empty:
            raise NotDecodable(NO_SETS)
        if not needed <= self._sets.usable:
            self._synchronised = False
            raise NotDecodable(UNKNOWN_SETS)
        if not starts and not self._synchronised:
            raise NotDecodable(NO_KEY)

    def _activate(self, needed: set[int]) -> None:
        """The pictures from here on are what the sequence parameter set of their slices says."""
        chain = self._sets.chain(min(needed))
        assert chain is not None
        sequence_set = chain[-2]
        if sequence_set == self._active:
            return
        parameters = self.parse(sequence_set)
        self._active, self.parameters = sequence_set, parameters
        self.description = Description(parameters.codec_string, parameters.width, parameters.height)

    def _passed(
        self,
        data: bytes,
        sound: Sequence[memoryview],
        own: Sequence[bytes],
        recovery: int | None,
        *,
        whole: bool,
    ) -> Checked:
        key = recovery is not None
        if key and recovery:
            self._recovers = True
        wanted = self._sets.all() if key else list(self._unsent)
        self._unsent.clear()
        if not all(nal in own for nal in wanted):
            # What is referred to goes first, whatever the order in which the camera has told it.
            rest = [bytes(nal) for nal in sound if bytes(nal) not in wanted]
            data = annex_b([*wanted, *rest])
        elif not whole:
            data = annex_b([bytes(nal) for nal in sound])
        return Checked(data, key, self.reorders, recovery or 0)

    def _learn(self, nal: bytes) -> None:
        try:
            if self.names.type_of(nal) == self.names.kinds[-2] and nal != self._active:
                parameters = self.parse(nal)
                if not self._possible(parameters):
                    raise BadInput("parameters no camera has", "sps")
            self._sets.learn(nal)
        except BadInput as error:
            self.garbage += 1
            self._synchronised = False
            raise NotDecodable("unreadable parameter sets") from error

    def _possible(self, parameters: P) -> bool:
        return (
            0 < parameters.level_idc <= self.form.max_level
            and min(parameters.width, parameters.height) >= MIN_SIDE
            and self.plausible(parameters)
        )
