"""Makes the plan of a redacted film out of a native one, which is written as ever and kept nowhere.

What the native film would be is hashed while its pictures go to the process that covers and codes them anew;
the coded pictures wait in a file of their own until the film of them is written and sealed as any other.
"""

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Thread

from shared.errors import BadInput
from shared.evidence.manifest import SealedVideo
from shared.ids import StreamId
from shared.masks import Track
from shared.mediatime import TICKS_PER_SECOND, ns_from_90k, ticks_from_ns
from shared.redaction import RedactionSetup
from shared.transcoding.framing import Finish, Settled
from shared.units import AccessUnit, Codec, UtcSource
from storage.exports.film_plan import FilmPlan, PlannedSegment
from storage.exports.redactor_process import RedactorChild, failed
from storage.fmp4.avc import AvcDescription
from storage.fmp4.boxes import boxes
from storage.fmp4.fragment import MovieFragment, Sample, read_movie_fragment, write_fragment
from storage.model.segment import HOLE_NS

Spawn = Callable[[RedactionSetup], RedactorChild]

_LEAD90 = 3600 * TICKS_PER_SECOND
"""Pictures may be shown before the first is decoded, and no unit's time is negative."""
_MOST_SAMPLES = 50
_HOLE90 = ticks_from_ns(HOLE_NS)
_JOIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Redacted:
    """A film to be written of the bytes that `read` gives, the native one it is made of, and how many of its
    pictures are in neither way in it, because they could not be decoded."""

    plan: FilmPlan
    native: SealedVideo
    left_out: int
    read: Callable[[str, int, int], bytes]


def redacted(
    plan: FilmPlan,
    stream: StreamId,
    tracks: tuple[Track, ...],
    write_native: Callable[["NativePictures"], SealedVideo],
    spawn: Spawn,
    scratch: Path,
) -> Redacted:
    """Raises Conflict where it cannot be done, OSError, and what `write_native` does.

    `write_native` writes the film of `plan` to what it is given; `scratch` is left to the caller to remove.
    """
    child = spawn(RedactionSetup(plan.start_ns - ns_from_90k(_LEAD90), tracks))
    try:
        with scratch.open("wb") as file:
            made = _MadeFragments(plan, file.write)
            pictures = NativePictures(plan, stream, child)
            reader = Thread(target=made.collect, args=(child,), name="redactor reader", daemon=True)
            reader.start()
            native = write_native(pictures)
            pictures.finish()
            reader.join(_JOIN_S)
            whole = not reader.is_alive() and made.settled == pictures.sent
            result = made.finished() if whole else None
    finally:
        child.end()
    if result is None:
        raise failed()
    return Redacted(result, native, made.left_out, _reader(scratch))


def _reader(scratch: Path) -> Callable[[str, int, int], bytes]:
    def read(_: str, offset: int, size: int) -> bytes:
        with scratch.open("rb") as file:
            return os.pread(file.fileno(), size, offset)

    return read


class NativePictures:
    """Where a native film is written to: its pictures go to the redactor, each with its time in the film."""

    def __init__(self, plan: FilmPlan, stream: StreamId, child: RedactorChild) -> None:
        self.sent = 0
        self._plan = plan
        self._stream = stream
        self._child = child
        self._fragment: MovieFragment | None = None

    def write(self, data: bytes | bytearray, /) -> int:
        """Whole boxes. Raises Conflict where the redactor has ended."""
        whole = bytes(data)
        for found in boxes(whole, 0, len(whole)):
            if found.kind == b"moof":
                self._fragment = read_movie_fragment(whole, found)
            elif found.kind == b"mdat" and self._fragment is not None:
                for unit in self._units(self._fragment, whole, found.body):
                    self._child.send(unit)
                    self.sent += 1
        return len(data)

    def finish(self) -> None:
        """Nothing more comes. Raises Conflict."""
        self._child.send(Finish())
        self.sent += 1
        self._child.no_more()

    def _units(self, fragment: MovieFragment, data: bytes, at: int) -> Iterator[AccessUnit]:
        description = self._plan.description
        durations90 = [sample.duration90 for sample in fragment.samples[:-1]]
        decoded = accumulate(durations90, initial=fragment.time90)
        for sample, decoded90 in zip(fragment.samples, decoded, strict=True):
            yield AccessUnit(
                stream=self._stream,
                run=1,
                seq=self.sent,
                pts90=_LEAD90 + decoded90 + sample.offset90,
                utc_ns=self._plan.start_ns,
                utc_source=UtcSource.ARRIVAL,
                utc_uncertainty_ns=-1,
                key=sample.key,
                codec=description.codec,
                data=description.unit(data[at : at + sample.size], key=sample.key),
                reordered=description.codec is not Codec.MJPEG,
                recovery=sample.recovery,
            )
            at += sample.size


@dataclass(frozen=True, slots=True)
class _Coded:
    """A picture that came back, at its time in the native film, and the native segment it is of."""

    unit: AccessUnit
    time90: int
    segment: int


class _MadeFragments:
    """Writes what comes back as fragments, and plans the film of them. `settled` counts what is answered."""

    def __init__(self, native: FilmPlan, write: Callable[[bytes], int]) -> None:
        self.settled = self.left_out = 0
        self._native = native
        self._write = write
        self._starts90 = [native.times90[one.first] for one in native.segments]
        self._ends90 = [ticks_from_ns(one.end_ns - native.start_ns) for one in native.segments]
        self._plan: FilmPlan | None = None
        self._description: AvcDescription | None = None
        self._first90 = self._at = 0
        self._usual90 = 1
        self._waiting: list[_Coded] = []
        self._firsts: dict[int, int] = {}
        self._samples: dict[int, int] = {}
        self._last90: dict[int, int] = {}
        self._failed = False

    def collect(self, child: RedactorChild) -> None:
        """Take all that a redactor says until it ends. For a thread of its own."""
        try:
            while (message := child.receive()) is not None:
                if isinstance(message, AccessUnit):
                    self._take(message)
                elif isinstance(message, Settled):
                    self.settled += 1
                    self.left_out += message.skipped
        except (BadInput, OSError, ValueError):
            # The feeder must not wait for one that nobody reads.
            self._failed = True
            child.end()

    def finished(self) -> FilmPlan | None:
        """The plan of the whole film, None where there is none. Raises OSError."""
        if self._waiting and not self._failed:
            self._flush(None)
        plan = self._plan
        if plan is None or self._failed:
            return None
        numbers = sorted(self._firsts)
        pasts = [*(self._firsts[one] for one in numbers[1:]), len(plan.offsets)]
        plan.segments = [self._segment(plan, one, past) for one, past in zip(numbers, pasts, strict=True)]
        return plan

    def _segment(self, plan: FilmPlan, number: int, past: int) -> PlannedSegment:
        native, first = self._native.segments[number], self._firsts[number]
        return PlannedSegment(
            native.footage,
            first,
            past,
            plan.start_ns + ns_from_90k(plan.times90[first]),
            plan.start_ns + ns_from_90k(self._last90[number]),
            self._samples[number],
            native.whole,
            0,
            native.clock,
        )

    def _take(self, unit: AccessUnit) -> None:
        time90 = unit.pts90 - _LEAD90
        segment = max(0, bisect_right(self._starts90, time90) - 1)
        coded = _Coded(unit, time90, segment)
        if self._plan is None:
            self._description, self._first90 = AvcDescription.of_unit(unit.data), time90
            start_ns = self._native.start_ns + ns_from_90k(time90)
            self._plan = FilmPlan(self._description, start_ns, 0)
        elif self._description is not None and unit.key and self._description.changed_by(unit.data):
            raise BadInput("the pictures of one film have several sizes")
        if self._waiting and self._closes(coded):
            self._flush(coded)
        self._waiting.append(coded)

    def _closes(self, coming: _Coded) -> bool:
        other = coming.segment != self._waiting[0].segment
        return other or coming.unit.key or len(self._waiting) >= _MOST_SAMPLES

    def _flush(self, following: _Coded | None) -> None:
        """Write what waits as a fragment."""
        plan, description = self._plan, self._description
        assert plan is not None
        assert description is not None
        first, last = self._waiting[0], self._waiting[-1]
        times90 = [one.time90 for one in self._waiting]
        samples, parts = [], list[bytes | memoryview]()
        for one, after90 in zip(self._waiting, [*times90[1:], self._end90(last, following)], strict=True):
            own = description.sample(one.unit.data)
            self._usual90 = after90 - one.time90
            samples.append(Sample(self._usual90, sum(map(len, own)), one.unit.key))
            parts += own
        number, time90 = len(plan.offsets), first.time90 - self._first90
        utc_ns = plan.start_ns + ns_from_90k(time90)
        data = b"".join(write_fragment(MovieFragment(number + 1, time90, tuple(samples)), utc_ns, parts))
        self._write(data)
        _append(plan, self._at, len(data), time90, key=first.unit.key)
        self._at += len(data)
        plan.end90 = time90 + sum(one.duration90 for one in samples)
        plan.last90 = plan.end90 - self._usual90
        self._firsts.setdefault(first.segment, number)
        self._samples[first.segment] = self._samples.get(first.segment, 0) + len(samples)
        self._last90[first.segment] = plan.end90
        self._waiting = []

    def _end90(self, last: _Coded, following: _Coded | None) -> int:
        """Until when the last picture is shown: the next one, or the end of its segment before a gap."""
        end90 = self._ends90[last.segment]
        if following is not None and (
            following.segment == last.segment or following.time90 - end90 <= _HOLE90
        ):
            return following.time90
        if end90 > last.time90:
            return end90
        return last.time90 + self._usual90


def _append(plan: FilmPlan, offset: int, size: int, time90: int, *, key: bool) -> None:
    plan.offsets.append(offset)
    plan.sizes.append(size)
    plan.times90.append(time90)
    plan.keys.append(key)
