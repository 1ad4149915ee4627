"""Writes one film as it was planned: the recorded bytes, each fragment at its new time, sealed at the end."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from shared.errors import Conflict
from shared.evidence.film_seal import FilmIdentity, seal_box
from shared.evidence.manifest import SealedFile, SealedSegment, SealedVideo
from shared.evidence.seal_key import SealKey
from shared.reasons import why
from storage.exports.film_plan import FilmPlan, PlannedSegment
from storage.fmp4.film_index import MOST_REFERENCES, retime, segment_index
from storage.fmp4.movie import film_head

_BLOCK = 4 << 20


class Target(Protocol):
    """Where the bytes of a film go."""

    def write(self, data: bytes | bytearray, /) -> int: ...


class _Hash(Protocol):
    def update(self, data: bytes | bytearray, /) -> None: ...


@dataclass(frozen=True, slots=True)
class FilmSource:
    """Reads `size` bytes of a segment from an offset; `done` hears of each block, and may raise to stop."""

    bytes_of: Callable[[str, int, int], bytes]
    done: Callable[[int], None]


class FilmWriter:
    """Reads, hashes and writes beside each other: all let other threads run. Blocking."""

    def __init__(self, key: SealKey, source: FilmSource, pool: ThreadPoolExecutor) -> None:
        self._key = key
        self._source = source
        self._pool = pool

    def write(self, plan: FilmPlan, name: str, identity: FilmIdentity, target: Target) -> SealedVideo:
        """Write a film. Raises Conflict where a recording is not as it was planned, OSError."""
        head = film_head(plan.description, plan.start_ns, plan.end90) + _index(plan)
        digest, size = hashlib.sha256(head), len(head)
        target.write(head)
        segments = []
        for segment in plan.segments:
            part = hashlib.sha256()
            start = size
            size += self._copy(plan, segment, (digest, part), target)
            segments.append(_sealed(segment, start, size - start, part.hexdigest(), plan))
        end, certificate = self._seal(identity, digest), self._key.certificate
        digest.update(end)
        target.write(end)
        return SealedVideo(
            SealedFile(name, size + len(end), digest.hexdigest()),
            identity.stream,
            plan.start_ns,
            plan.end_ns,
            plan.samples,
            plan.description.codec_string,
            plan.description.width,
            plan.description.height,
            plan.segments[0].incomplete,
            tuple(segments),
            certificate.fingerprint,
        )

    def _seal(self, identity: FilmIdentity, before: "hashlib._Hash") -> bytes:
        """The seal for a film whose other bytes have this hash."""
        certificate = self._key.certificate
        empty = bytes(certificate.signature_bytes)
        signed = before.copy()
        signed.update(seal_box(identity, certificate.der, empty))
        return seal_box(identity, certificate.der, self._key.sign(signed.digest()))

    def _copy(
        self, plan: FilmPlan, segment: PlannedSegment, hashes: tuple[_Hash, ...], target: Target
    ) -> int:
        """One segment's part; how many bytes. The next block is read while this one is hashed and written."""
        size = 0
        working: list[Future[object]] = []
        try:
            for block in self._blocks(plan, segment):
                _wait(working)
                working = [self._pool.submit(one.update, block) for one in hashes]
                working.append(self._pool.submit(target.write, block))
                size += len(block)
        finally:
            _wait(working)
        return size

    def _blocks(self, plan: FilmPlan, segment: PlannedSegment) -> Iterator[bytearray]:
        number = segment.first
        while number < segment.past:
            past = _joined(plan, number, segment.past)
            offset, size = plan.offsets[number], sum(plan.sizes[number:past])
            data = self._source.bytes_of(segment.footage.key, offset, size)
            if len(data) != size:
                raise Conflict(
                    why(
                        "export-recording-short",
                        "the recording {recording} is shorter than it was",
                        recording=segment.footage.key,
                    )
                )
            self._source.done(size)
            block = bytearray(plan.made.get(number, b""))
            block += data
            at = 0
            for one in range(number, past):
                retime(block, at, plan.times90[one], one + 1)
                at += plan.size_of(one)
            yield block
            number = past


def _joined(plan: FilmPlan, number: int, past: int) -> int:
    """Up to which fragment one read goes: those that follow each other in a file, as they are."""
    size, last = plan.sizes[number], number
    if number in plan.made:
        return number + 1
    while (
        last + 1 < past
        and last + 1 not in plan.made
        and plan.offsets[last] + plan.sizes[last] == plan.offsets[last + 1]
        and size + plan.sizes[last + 1] <= _BLOCK
    ):
        last += 1
        size += plan.sizes[last]
    return last + 1


def _index(plan: FilmPlan) -> bytes:
    """The index of all fragments, of several together where there are more than an index may name."""
    count = len(plan.offsets)
    step = -(-count // MOST_REFERENCES)
    references = []
    for first in range(0, count, step):
        past = min(first + step, count)
        end90 = plan.times90[past] if past < count else plan.end90
        size = sum(plan.size_of(one) for one in range(first, past))
        references.append((size, end90 - plan.times90[first], bool(plan.keys[first])))
    return segment_index(references, max(0, plan.times90[0] + plan.first_offset90))


def _sealed(one: PlannedSegment, offset: int, size: int, sha256: str, plan: FilmPlan) -> SealedSegment:
    return SealedSegment(
        recorded=one.footage.key,
        run=one.footage.run,
        start_ns=one.start_ns,
        end_ns=one.end_ns,
        time90=plan.times90[one.first],
        offset=offset,
        size=size,
        sha256=sha256,
        samples=one.samples,
        whole=one.whole,
        incomplete=one.incomplete,
        head=one.head,
    )


def _wait(futures: list["Future[object]"]) -> None:
    for one in futures:
        one.result()
