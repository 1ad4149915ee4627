"""Tells what was done to a film that is not the one that was signed."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.evidence.film_reading import ReadFilm, Stream, chunks, film_boxes
from shared.evidence.finding import Finding
from shared.evidence.told import ToldFilm, ToldSegment

_PRFT_BYTES = 32
_TIME_AT = 24
_FRAGMENT = (b"prft", b"moof", b"mdat")


@dataclass(frozen=True, slots=True)
class Attack:
    """What was done, in one sentence."""

    finding: Finding
    detail: str


def attack_on(told: ToldFilm, read: ReadFilm, size: int, again: Callable[[], Stream]) -> Attack:
    """What was done to a film. `size` is how long it is, `again` gives it from its start."""
    if read.seal is not None and read.certificate is not None:
        return _another(told, read.certificate, read.seal.identity.stream, read.seal.identity.camera)
    if size == told.size:
        return _altered(told, again())
    return _changed(told, again())


def _another(told: ToldFilm, certificate: str, stream: str, camera: str) -> Attack:
    """The film is whole in itself: it is another one."""
    if certificate != told.certificate:
        return Attack(Finding.RE_SIGNED, f"{told.name} is sealed anew, with the certificate {certificate}")
    if stream != told.stream:
        return Attack(
            Finding.OTHER_CAMERA, f"{told.name} is of another camera: {camera} ({stream}), not {told.stream}"
        )
    return Attack(Finding.OTHER_FILM, f"{told.name} is another film of the same camera")


def _altered(told: ToldFilm, stream: Stream) -> Attack:
    """As long as it was: each part is compared in its place."""
    at, altered = 0, []
    for one in told.segments:
        for _ in chunks(stream, one.offset - at):
            pass
        digest = hashlib.sha256()
        for chunk in chunks(stream, one.size):
            digest.update(chunk)
        at = one.offset + one.size
        if digest.hexdigest() != one.sha256:
            altered.append(one)
    if not altered:
        return Attack(Finding.ALTERED_FILE, f"{told.name} is altered outside its pictures")
    return Attack(Finding.ALTERED_PICTURE, f"{told.name} has altered pictures: {_when(altered)}")


@dataclass(slots=True)
class _Found:
    """What a film has at the time of one part."""

    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def take(self, data: bytes) -> None:
        self.size += len(data)
        self.digest.update(data)


def _changed(told: ToldFilm, stream: Stream) -> Attack:
    """Longer or shorter: each fragment is counted to the part that has its time."""
    found = [_Found() for _ in told.segments]
    times = [one.time90 for one in told.segments]
    current: _Found | None = None
    for box in film_boxes(stream):
        data = box.head
        rest = box.rest
        if box.kind == b"prft" and rest == _PRFT_BYTES - 8:
            data += b"".join(chunks(stream, rest))
            rest = 0
            place = bisect_right(times, int.from_bytes(data[_TIME_AT:_PRFT_BYTES], "big")) - 1
            current = found[place] if place >= 0 else None
        keeps = current if box.kind in _FRAGMENT else None
        if keeps is not None:
            keeps.take(data)
        for chunk in chunks(stream, rest):
            if keeps is not None:
                keeps.take(chunk)
    return _judged(told, found)


def _judged(told: ToldFilm, found: list[_Found]) -> Attack:
    pairs = list(zip(told.segments, found, strict=True))
    wrong = [(one, has) for one, has in pairs if has.digest.hexdigest() != one.sha256]
    short = [one for one, has in wrong if has.size < one.size]
    if not wrong:
        return Attack(Finding.CUT_END, f"the end of {told.name}, behind its pictures, is cut off or changed")
    if len(short) < len(wrong):
        altered = [one for one, has in wrong if has.size >= one.size]
        return Attack(Finding.ALTERED_PICTURE, f"{told.name} has altered or added pictures: {_when(altered)}")
    if short == [one for one, _ in pairs[-len(short) :]] and all(not has.size for _, has in wrong[1:]):
        return Attack(Finding.CUT_END, f"{told.name} is cut at its end: pictures are missing, {_when(short)}")
    return Attack(Finding.REMOVED_SEGMENT, f"pictures are removed from {told.name}: {_when(short)}")


def _when(segments: list[ToldSegment]) -> str:
    """Where, in UTC; the first three."""
    told = [f"within {one.start} and {one.end}" for one in segments[:3]]
    return ", ".join(told) + (f" and {len(segments) - 3} more" if len(segments) > 3 else "")
