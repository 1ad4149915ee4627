"""A fragment: `prft` (UTC of its first sample), `moof`, `mdat` (ISO/IEC 14496-12, 8.8 and 8.16.5)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from shared.errors import BadInput
from storage.fmp4.boxes import Box, box, boxes, find, full_box
from storage.fmp4.movie import TRACK

_PRFT_CAPTURED = 24
_BASE_IS_MOOF = 0x020000
_OFFSET_DURATION_SIZE_FLAGS = 0x000701
_WITH_COMPOSITION = 0x01000F01
"""Version 1, whose composition offsets may be negative (section 8.8.8), and their flag besides."""
_ENTRIES = {
    _OFFSET_DURATION_SIZE_FLAGS: struct.Struct(">III"),
    _WITH_COMPOSITION: struct.Struct(">IIIi"),
}
_KEY_FLAGS = 0x02000000
_RECOVERY_FLAGS = 0x01000000
"""Decoding may start, and yet the picture depends on others (section 8.8.3.1)."""
_OTHER_FLAGS = 0x01010000
_NOT_KEY_BIT = 0x00010000
_ROLL = b"roll"
_LOCAL_GROUP = 0x10000
_NTP_EPOCH_S = 2_208_988_800
PRFT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture in a file: its bytes, and whether decoding can start there.

    `duration90` is how long until the next one in decoding order; `offset90` how much later than it is
    decoded it is shown, negative where earlier. `recovery` as `AccessUnit` has it.
    """

    duration90: int
    size: int
    key: bool
    offset90: int = 0
    recovery: int = 0


@dataclass(frozen=True, slots=True)
class MovieFragment:
    """What a `moof` says: its number, the media time of its first sample, its samples in order."""

    sequence: int
    time90: int
    samples: tuple[Sample, ...]

    @property
    def duration90(self) -> int:
        return sum(sample.duration90 for sample in self.samples)


def ntp_from_ns(utc_ns: int) -> int:
    """The 64-bit NTP time stamp (RFC 5905, section 6) nearest to a UTC; eras wrap."""
    seconds, rest_ns = divmod(utc_ns, 1_000_000_000)
    fraction = ((rest_ns << 32) + 500_000_000) // 1_000_000_000
    return (((seconds + _NTP_EPOCH_S) << 32) + fraction) & 0xFFFF_FFFF_FFFF_FFFF


def ns_from_ntp(ntp: int) -> int:
    """The UTC of an NTP time stamp between 1968 and 2104 (RFC 4330, section 3)."""
    seconds, fraction = ntp >> 32, ntp & 0xFFFF_FFFF
    if seconds < 0x8000_0000:
        seconds += 1 << 32
    return (seconds - _NTP_EPOCH_S) * 1_000_000_000 + ((fraction * 1_000_000_000 + (1 << 31)) >> 32)


def movie_fragment(fragment: MovieFragment) -> bytes:
    """The `moof` whose samples lie in the `mdat` right behind it."""
    entries, version_flags = _run_entries(fragment.samples)
    traf_less_run = full_box(b"tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", TRACK)) + full_box(
        b"tfdt", 1, 0, struct.pack(">Q", fragment.time90)
    )
    number = full_box(b"mfhd", 0, 0, struct.pack(">I", fragment.sequence & 0xFFFF_FFFF))
    groups = _recovery_groups([sample.recovery for sample in fragment.samples])
    run_bytes = 20 + len(entries)
    data_offset = 8 + len(number) + 8 + len(traf_less_run) + run_bytes + len(groups) + 8
    run = box(b"trun", struct.pack(">IIi", version_flags, len(fragment.samples), data_offset), entries)
    return box(b"moof", number, box(b"traf", traf_less_run, run, groups))


def _recovery_groups(recoveries: Sequence[int]) -> bytes:
    """`sgpd` and `sbgp` of the `roll` groups (section 10.1.1): after how many samples all is complete.

    Nothing where no sample is a recovery point.
    """
    distances = sorted(set(recoveries) - {0})
    if not distances:
        return b""
    groups = {0: 0} | {distance: _LOCAL_GROUP + number for number, distance in enumerate(distances, 1)}
    described = struct.pack(f">4sII{len(distances)}h", _ROLL, 2, len(distances), *distances)
    runs = [(len(list(same)), groups[distance]) for distance, same in groupby(recoveries)]
    numbers = [number for run in runs for number in run]
    mapped = struct.pack(f">4sI{len(numbers)}I", _ROLL, len(runs), *numbers)
    return full_box(b"sgpd", 1, 0, described) + full_box(b"sbgp", 0, 0, mapped)


def _run_entries(samples: Sequence[Sample]) -> tuple[bytes, int]:
    """What `trun` says of each sample, and its version and flags: offsets only where there are any."""
    flags = [
        (_RECOVERY_FLAGS if sample.recovery else _KEY_FLAGS) if sample.key else _OTHER_FLAGS
        for sample in samples
    ]
    if not any(sample.offset90 for sample in samples):
        entries = [
            struct.pack(">III", sample.duration90, sample.size, flag)
            for sample, flag in zip(samples, flags, strict=True)
        ]
        return b"".join(entries), _OFFSET_DURATION_SIZE_FLAGS
    entries = [
        struct.pack(">IIIi", sample.duration90, sample.size, flag, sample.offset90)
        for sample, flag in zip(samples, flags, strict=True)
    ]
    return b"".join(entries), _WITH_COMPOSITION


def write_fragment(
    fragment: MovieFragment, utc_ns: int, data: Sequence[bytes | memoryview]
) -> list[bytes | memoryview]:
    """A whole fragment in parts. `utc_ns`: UTC told for its first sample. `data`: its samples' bytes."""
    size = sum(sample.size for sample in fragment.samples)
    time = full_box(
        b"prft", 1, _PRFT_CAPTURED, struct.pack(">IQQ", TRACK, ntp_from_ns(utc_ns), fragment.time90)
    )
    return [time, movie_fragment(fragment), (size + 8).to_bytes(4, "big"), b"mdat", *data]


def read_reference_time(data: bytes, found: Box) -> int:
    """The UTC in nanoseconds of a `prft` written here. Raises BadInput."""
    if found.end - found.start != PRFT_BYTES or data[found.body] != 1:
        raise BadInput("prft is not one that this reader knows")
    ntp: int = struct.unpack_from(">Q", data, found.body + 8)[0]
    return ns_from_ntp(ntp)


def read_movie_fragment(data: bytes, found: Box) -> MovieFragment:
    """What a `moof` written here says. Raises BadInput on any other form."""
    number = find(data, (b"mfhd",), found.body, found.end)
    track = find(data, (b"traf",), found.body, found.end)
    time = find(data, (b"tfdt",), track.body, track.end)
    run = find(data, (b"trun",), track.body, track.end)
    if number.end - number.body != 8 or time.end - time.body != 12 or run.end - run.body < 12:
        raise BadInput("moof is not one that this reader knows")
    version_flags, count = struct.unpack_from(">II", data, run.body)
    entry = _ENTRIES.get(version_flags)
    if entry is None or run.end - run.body != 12 + entry.size * count:
        raise BadInput("trun is not one that this reader knows")
    recoveries = _read_recoveries(data, track, count)
    samples = tuple(
        Sample(told[0], told[1], not told[2] & _NOT_KEY_BIT, told[3] if len(told) > 3 else 0, recovery)
        for told, recovery in zip(entry.iter_unpack(data[run.body + 12 : run.end]), recoveries, strict=True)
    )
    sequence: int = struct.unpack_from(">I", data, number.body + 4)[0]
    time90: int = struct.unpack_from(">Q", data, time.body + 4)[0]
    return MovieFragment(sequence, time90, samples)


def _read_recoveries(data: bytes, track: Box, count: int) -> list[int]:
    """What `_recovery_groups` wrote of so many samples. Raises BadInput on any other form."""
    groups = {found.kind: found for found in boxes(data, track.body, track.end)}
    described, mapped = groups.get(b"sgpd"), groups.get(b"sbgp")
    if described is None or mapped is None:
        return [0] * count
    try:
        _, size, kinds = struct.unpack_from(">4sII", data, described.body + 4)
        distances = struct.unpack_from(f">{kinds}h", data, described.body + 16)
        _, runs = struct.unpack_from(">4sI", data, mapped.body + 4)
        numbers = struct.unpack_from(f">{2 * runs}I", data, mapped.body + 12)
        found = [
            distances[group - _LOCAL_GROUP - 1] if group else 0
            for samples, group in zip(numbers[::2], numbers[1::2], strict=True)
            for _ in range(min(samples, count))
        ]
    except (struct.error, IndexError, MemoryError) as error:
        raise BadInput("the groups of a moof are not ones that this reader knows") from error
    if size != 2 or len(found) != count:
        raise BadInput("the groups of a moof are not ones that this reader knows")
    return found
