"""A journal as a file, a JSON object a line: who signs it, its entries, its signed heads, its end. Pure.

`beffroi-journal-1`: the first line has `format`, `journal`, `public_key` (PEM) and `erased`, what stands for
entries that were erased when their years were over. Then come its head and the newest, then the entries; the
last line says where the journal ends, so that a file that was not fetched whole shows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import chain

from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.journal_chain import FaultKind, JournalChain, Line, Start
from shared.evidence.journal_head import JournalHead, SignedJournalHead
from shared.evidence.merkle import Frontier
from shared.evidence.signature import EvidencePublicKey
from shared.utc import instant_of

JOURNAL_FORMAT = "beffroi-journal-1"
LEAST_KEPT = timedelta(days=365)
"""No entry may be erased earlier."""
_BATCH = 1000
_encoded = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class JournalFinding(StrEnum):
    """What became of a journal."""

    SOUND = "sound"
    MISSING = "missing"
    OUT_OF_LINE = "out-of-line"
    ALTERED = "altered"
    CUT = "cut"
    REWRITTEN = "rewritten"
    ERASED_EARLY = "erased-early"
    WRONG_KEY = "wrong-key"
    ANOTHER = "another-journal"
    DAMAGED = "damaged"


_FOUND = {
    FaultKind.MISSING: JournalFinding.MISSING,
    FaultKind.OUT_OF_LINE: JournalFinding.OUT_OF_LINE,
    FaultKind.ALTERED: JournalFinding.ALTERED,
    FaultKind.END: JournalFinding.DAMAGED,
    FaultKind.CUT: JournalFinding.CUT,
    FaultKind.REWRITTEN: JournalFinding.REWRITTEN,
}


@dataclass(frozen=True, slots=True)
class JournalVerdict:
    """`entries` are all there ever were, `erased` of them gone in time, `signed` those of its last head.

    So many of the witness's heads as `witnessed` were held to them, the newest of `witnessed_at_ns`.
    """

    found: JournalFinding
    detail: str
    entries: int = 0
    erased: int = 0
    signed: int = 0
    signed_at_ns: int | None = None
    witnessed: int = 0
    witnessed_at_ns: int | None = None

    @property
    def sound(self) -> bool:
        return self.found is JournalFinding.SOUND


def first_line(journal: str, public_key: str, start: Start) -> bytes:
    """The line of who signs, and of what was erased."""
    erased = {"size": start.tree.size, "peaks": start.tree.packed().hex(), "last": start.last}
    return _line({"format": JOURNAL_FORMAT, "journal": journal, "public_key": public_key, "erased": erased})


def entry_line(line: Line) -> bytes:
    """The line of an entry."""
    return _line(line._asdict())


def head_line(head: SignedJournalHead) -> bytes:
    """The line of a signed head."""
    return _line({"head": head.told()})


def end_line(seq: int, last: str) -> bytes:
    """The last line."""
    return _line({"end": seq, "last": last})


def _line(value: Mapping[str, object]) -> bytes:
    return _encoded(value).encode() + b"\n"


def check_journal(
    lines: Iterable[bytes], key: EvidencePublicKey, witnessed: Sequence[SignedJournalHead] = ()
) -> JournalVerdict:
    """How a journal in a file stands, beside the heads that a witness kept, in the memory of a few entries.

    Raises BadInput where `witnessed` are not all of one journal and signed with `key`.
    """
    kept = _witness(witnessed, key)
    try:
        return _check(_parsed(lines), key, kept)
    except BadInput as error:
        return JournalVerdict(JournalFinding.DAMAGED, f"this is not a whole journal: {error.detail}")


def _witness(witnessed: Sequence[SignedJournalHead], key: EvidencePublicKey) -> list[JournalHead]:
    read = []
    for signed in witnessed:
        head = signed.read()
        if not signed.is_signed_with(key):
            raise BadInput(f"the witness's head {head.number} is not signed with this key")
        read.append(head)
    if len({head.journal for head in read}) > 1:
        raise BadInput("the witness keeps heads of several journals")
    return read


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What the file says before its first entry."""

    journal: str
    start: Start
    heads: tuple[SignedJournalHead, ...]


def _check(
    lines: Iterator[Mapping[str, object]], key: EvidencePublicKey, witnessed: Sequence[JournalHead]
) -> JournalVerdict:
    began, first = _beginning(lines)
    other = next((head.journal for head in witnessed if head.journal != began.journal), None)
    if other is not None:
        told = f"the witness keeps heads of the journal {other}, this is {began.journal}"
        return JournalVerdict(JournalFinding.ANOTHER, told)
    own = [head.read() for head in began.heads]
    unsigned = _unsigned(began, own, key)
    if unsigned is not None:
        return unsigned
    entries = JournalChain(began.start, [*witnessed, *own])
    end = _follow(lines, first, entries)
    fault = entries.end(*end)
    erased = began.start.tree.size
    if fault is not None:
        return JournalVerdict(_FOUND[fault.kind], str(fault.reason), end[0], erased)
    newest = max(own, key=lambda head: head.size, default=None)
    seen = max((head.at_ns for head in witnessed if head.size >= erased), default=None)
    return JournalVerdict(
        JournalFinding.SOUND,
        "every entry is as it was written, and none is missing",
        entries=end[0],
        erased=erased,
        signed=0 if newest is None else newest.size,
        signed_at_ns=None if newest is None else newest.at_ns,
        witnessed=sum(head.size >= erased for head in witnessed),
        witnessed_at_ns=seen,
    )


def _beginning(
    lines: Iterator[Mapping[str, object]],
) -> tuple[_Beginning, Mapping[str, object]]:
    """What is before the first entry, and that entry's line or the end's."""
    first = next(lines, {})
    if first.get("format") != JOURNAL_FORMAT:
        raise BadInput("its first line is not that of a journal")
    erased = fields.members(fields.member(first, "erased"))
    try:
        peaks = bytes.fromhex(fields.text(fields.member(erased, "peaks")))
        tree = Frontier.unpacked(fields.number(fields.member(erased, "size")), peaks)
    except ValueError as error:
        raise BadInput("what stands for erased entries is no tree") from error
    start = Start(tree, fields.hash_text(fields.member(erased, "last")))
    heads: list[SignedJournalHead] = []
    for told in lines:
        if "head" not in told:
            name = fields.text(fields.member(first, "journal"))
            return _Beginning(name, start, tuple(heads)), told
        heads.append(SignedJournalHead.of(told["head"]))
    raise BadInput("it has no end: it was not fetched whole")


def _unsigned(began: _Beginning, own: Sequence[JournalHead], key: EvidencePublicKey) -> JournalVerdict | None:
    """Why the heads of the file do not stand for what they should, None where they do."""
    if any(not signed.is_signed_with(key) for signed in began.heads):
        return JournalVerdict(JournalFinding.WRONG_KEY, "its heads are not signed with this key")
    erased = began.start.tree
    if not erased.size:
        return None
    stands = [head for head in own if head.size == erased.size and head.root == erased.root.hex()]
    newest = max(instant_of(head.at_ns) for head in own) if own else None
    if newest is None or not any(instant_of(head.at_ns) + LEAST_KEPT <= newest for head in stands):
        told = f"no head of a year before its last stands for the {erased.size} entries it lacks"
        return JournalVerdict(JournalFinding.ERASED_EARLY, told)
    return None


def _follow(
    lines: Iterator[Mapping[str, object]],
    first: Mapping[str, object],
    entries: JournalChain,
) -> tuple[int, str]:
    """Check all entries; where the file says that the journal ends."""
    batch: list[Line] = []
    for told in chain((first,), lines):
        if "end" in told:
            entries.add(batch)
            return fields.number(told["end"]), fields.hash_text(told.get("last"))
        batch.append(_entry(told))
        if len(batch) >= _BATCH:
            entries.add(batch)
            batch = []
    raise BadInput("it has no end: it was not fetched whole")


def _entry(told: Mapping[str, object]) -> Line:
    deed = fields.members(told.get("deed"))
    return Line(
        fields.number(told.get("seq")),
        fields.text(told.get("at")),
        {name: fields.text(value) for name, value in deed.items()},
        fields.text(told.get("previous")),
        fields.text(told.get("hash")),
    )


def _parsed(lines: Iterable[bytes]) -> Iterator[Mapping[str, object]]:
    for number, text in enumerate(lines, 1):
        try:
            yield fields.parsed(text)
        except BadInput as error:
            raise BadInput(f"line {number}: {error.detail}") from error
