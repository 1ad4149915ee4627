"""Answers offline whether the images of a camera and time are gone, from a proof of destruction and a key."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from shared.errors import BadInput
from shared.evidence.destruction_proof import DestructionProof, ShownDay, day_at, days_of
from shared.evidence.ledger import (
    CameraDay,
    Capture,
    Destroyed,
    Head,
    camera_leaf,
    name_of,
    root_of_days,
)
from shared.evidence.merkle import root_of
from shared.evidence.signature import EvidencePublicKey
from shared.spans import Span
from shared.utc import ns_of

ENTERED_WITHIN_NS = 2 * 3600 * 1_000_000_000
"""A segment is entered once it is finished: what a head says of the last two hours may lack some."""


class Gone(StrEnum):
    """What was found. The first two answer the question, the next two say that it cannot be answered with
    yes, the rest that the file proves nothing."""

    GONE = "gone"
    NEVER_RECORDED = "never-recorded"
    STILL_PRESENT = "still-present"
    COVERED_IN_PART = "covered-in-part"
    WRONG_KEY = "wrong-key"
    HEAD_NOT_SIGNED = "head-not-signed"
    OTHER_CAMERA = "other-camera"
    ALTERED = "altered"
    NOT_A_PROOF = "not-a-proof"


class Fate(StrEnum):
    """What became of a part of the range."""

    GONE = "gone"
    PRESENT = "still-present"
    UNKNOWN = "unknown"
    NEVER = "never-recorded"


@dataclass(frozen=True, slots=True)
class Part:
    span: Span
    fate: Fate


@dataclass(frozen=True, slots=True)
class Answer:
    """`parts` are the whole range in order, where the file proves anything. `head` is the digest of the head
    it rests on, which the control room's journal names too; `at_ns` is that head's instant."""

    found: Gone
    detail: str
    parts: tuple[Part, ...] = ()
    head: str = ""
    at_ns: int = 0
    segments: int = 0

    @property
    def proven(self) -> bool:
        """Whether there are no such images, any more or at all."""
        return self.found in (Gone.GONE, Gone.NEVER_RECORDED)


@dataclass(frozen=True, slots=True)
class Question:
    """Of which stream and range an answer is wanted."""

    stream: str
    span: Span


@dataclass(frozen=True, slots=True)
class Entered:
    """A segment of the register, and its end where it has come to one."""

    capture: Capture
    end: Destroyed | None


@dataclass(frozen=True, slots=True)
class Listed:
    """All that a register has of the days in question, once its head has proven that this is all.

    `untold` are the parts of the range of which the head cannot tell whether there was more.
    """

    head: Head
    digest: str
    entered: tuple[Entered, ...]
    untold: tuple[Span, ...]


class Refuted(Exception):
    """What is said of a register is not what its head fixes."""

    def __init__(self, found: Gone, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(found, detail)


def ask(proof_file: bytes, public_key_pem: bytes, question: Question | None = None) -> Answer:
    """The answer to `question`, or to what the file itself says it is about.

    Raises BadInput on a key that is none. A file that is none, or altered, is an answer.
    """
    key = EvidencePublicKey.from_pem(public_key_pem)
    try:
        proof = DestructionProof.read(proof_file)
        head = proof.head.read()
    except BadInput as error:
        return Answer(Gone.NOT_A_PROOF, f"this is no proof of destruction: {error.detail}")
    asked = question or Question(proof.stream, proof.span)
    try:
        _check_head(proof, head, key)
        answer = _answer(proof, head, asked)
    except Refuted as refuted:
        answer = refuted.answer
    return replace(answer, head=proof.head.digest, at_ns=head.at_ns)


def listed(proof: DestructionProof, key: EvidencePublicKey, asked: Question) -> Listed:
    """The segments of a stream and range, and of what else began on these days.

    Raises Refuted, and BadInput where the head is none.
    """
    head = proof.head.read()
    _check_head(proof, head, key)
    answer = _answer(proof, head, asked)
    entered: list[Entered] = []
    checked = set(days_of(asked.span)) & {day.day for day in proof.days}
    for shown in {one.day: one for one in proof.shown if one.day in checked}.values():
        if shown.camera_day is None or shown.captures is None:
            continue
        ends = {one.number: one for one in shown.destroyed or ()}
        entered += [Entered(one, ends.get(number)) for number, one in enumerate(shown.captures)]
    untold = tuple(one.span for one in answer.parts if one.fate is Fate.UNKNOWN)
    return Listed(head, proof.head.digest, tuple(entered), untold)


def _check_head(proof: DestructionProof, head: Head, key: EvidencePublicKey) -> None:
    if head.fingerprint != key.fingerprint:
        detail = f"the head names the key {head.fingerprint}, this key is {key.fingerprint}"
        raise Refuted(Gone.WRONG_KEY, detail)
    if not proof.head.is_signed_with(key):
        raise Refuted(Gone.HEAD_NOT_SIGNED, "the head is not signed with this key")


def _answer(proof: DestructionProof, head: Head, asked: Question) -> Answer:
    if proof.stream != asked.stream:
        detail = f"the proof is about {proof.stream}, not about {asked.stream}"
        raise Refuted(Gone.OTHER_CAMERA, detail)
    if asked.span.start_ns >= asked.span.end_ns:
        raise Refuted(Gone.NOT_A_PROOF, "the range is empty")
    names = [day.day for day in proof.days]
    if names != sorted(set(names)) or len(names) != head.days or root_of_days(proof.days) != head.root:
        raise Refuted(Gone.ALTERED, "the days are not those of the head")
    roots = {day.day: day for day in proof.days}
    shown = {one.day: one for one in proof.shown}
    told: list[Part] = [
        Part(Span(0, head.began_ns), Fate.UNKNOWN),
        Part(Span(max(0, head.at_ns - ENTERED_WITHIN_NS), max(asked.span.end_ns, head.at_ns)), Fate.UNKNOWN),
    ]
    segments = 0
    for day in days_of(asked.span):
        if day not in roots:
            continue
        if day not in shown:
            told.append(Part(_whole(day), Fate.UNKNOWN))
            continue
        camera_day = _camera_of(shown[day], roots[day].cameras, roots[day].root, asked.stream)
        if camera_day is not None:
            parts, count = _segments(shown[day], camera_day, asked.span)
            told.extend(parts)
            segments += count
    return _judged(_laid(told, asked.span), segments)


def _camera_of(shown: ShownDay, cameras: int, root: str, stream: str) -> CameraDay | None:
    """What the head fixes of the stream and day, None where it fixes that there was nothing."""
    names = [name for name, _ in shown.cameras]
    found = root_of(camera_leaf(*one) for one in shown.cameras).hex()
    if names != sorted(set(names)) or len(names) != cameras or found != root:
        raise Refuted(Gone.ALTERED, f"the cameras of {shown.day} are not those of the head")
    if name_of(stream) not in names:
        if shown.camera_day is not None:
            raise Refuted(Gone.OTHER_CAMERA, f"what is told of {shown.day} is of another camera")
        return None
    if shown.camera_day is None:
        raise Refuted(Gone.ALTERED, f"what the head fixes of {shown.day} is not told")
    if shown.camera_day.stream != stream:
        raise Refuted(Gone.OTHER_CAMERA, f"what is told of {shown.day} is of {shown.camera_day.stream}")
    if shown.camera_day.day != shown.day or (name_of(stream), shown.camera_day.body) not in shown.cameras:
        raise Refuted(Gone.ALTERED, f"what is told of {shown.day} is not what the head fixes")
    return shown.camera_day


def _segments(shown: ShownDay, known: CameraDay, asked: Span) -> tuple[list[Part], int]:
    """What became of each segment of a day, and how many of the range are gone. Checks that these are all."""
    if shown.captures is None or shown.destroyed is None:
        if known.captured == known.destroyed:
            return [Part(_whole(shown.day), Fate.GONE)], known.captured
        return [Part(_whole(shown.day), Fate.UNKNOWN)], 0
    captured = root_of(one.leaf(known.stream) for one in shown.captures).hex()
    destroyed = root_of(one.leaf(known.stream) for one in shown.destroyed).hex()
    if len(shown.captures) != known.captured or captured != known.captured_root:
        raise Refuted(Gone.ALTERED, f"the segments of {shown.day} are not those of the head")
    gone = {one.number for one in shown.destroyed}
    if len(gone) != known.destroyed or destroyed != known.destroyed_root:
        raise Refuted(Gone.ALTERED, f"the destructions of {shown.day} are not those of the head")
    if any(day_at(one.start_ns) != shown.day for one in shown.captures):
        raise Refuted(Gone.ALTERED, f"a segment that is told of {shown.day} is of another day")
    parts = [
        Part(Span(one.start_ns, one.end_ns), Fate.GONE if number in gone else Fate.PRESENT)
        for number, one in enumerate(shown.captures)
    ]
    within = [one for one in parts if _meet(one.span, asked) and one.fate is Fate.GONE]
    return parts, len(within)


_GRAVEST = (Fate.PRESENT, Fate.UNKNOWN, Fate.GONE)


def _laid(told: Sequence[Part], asked: Span) -> tuple[Part, ...]:
    """The range cut where anything begins or ends, each part with the gravest that is told of it."""
    changes: dict[int, Counter[Fate]] = {asked.start_ns: Counter(), asked.end_ns: Counter()}
    for one in told:
        if _meet(one.span, asked):
            starts = changes.setdefault(max(one.span.start_ns, asked.start_ns), Counter())
            starts[one.fate] += 1
            ends = changes.setdefault(min(one.span.end_ns, asked.end_ns), Counter())
            ends[one.fate] -= 1
    here: Counter[Fate] = Counter()
    parts: list[Part] = []
    for start_ns, end_ns in pairwise(sorted(changes)):
        here.update(changes[start_ns])
        fate = next((one for one in _GRAVEST if here[one]), Fate.NEVER)
        if parts and parts[-1].fate is fate:
            parts[-1] = Part(Span(parts[-1].span.start_ns, end_ns), fate)
        else:
            parts.append(Part(Span(start_ns, end_ns), fate))
    return tuple(parts)


def _judged(parts: tuple[Part, ...], segments: int) -> Answer:
    fates = {one.fate for one in parts}
    for fate, found, detail in (
        (Fate.PRESENT, Gone.STILL_PRESENT, "there are recordings that were not destroyed when this was made"),
        (Fate.UNKNOWN, Gone.COVERED_IN_PART, "the proof says nothing of a part of the range"),
        (Fate.GONE, Gone.GONE, f"all recordings of this camera and time are gone ({segments} segments)"),
    ):
        if fate in fates:
            return Answer(found, detail, parts, segments=segments)
    return Answer(Gone.NEVER_RECORDED, "nothing was ever recorded of this camera and time", parts)


def _whole(day: str) -> Span:
    """What segments that began on a day may show: a segment is two hours long at most."""
    start = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    return Span(ns_of(start), ns_of(start + timedelta(days=1, hours=2)))


def _meet(one: Span, other: Span) -> bool:
    return one.start_ns < other.end_ns and one.end_ns > other.start_ns


def parts_of(answer: Answer, fates: Iterable[Fate]) -> list[Span]:
    """The parts of the range that had one of these fates."""
    wanted = set(fates)
    return [one.span for one in answer.parts if one.fate in wanted]
