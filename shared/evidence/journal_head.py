"""What is signed of a journal, once a minute: its length, and the root of the tree over its entries. Pure.

The tree is one of RFC 9162; its leaves are the hashes of the entries, in order. Whoever keeps a head shows
with it later that no entry up to its size was altered, removed or cut off.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.merkle import leaf_hash
from shared.evidence.signature import EvidenceKey
from shared.evidence.signed_text import SignedText
from shared.utc import instant_of

JOURNAL_HEAD_FORMAT = "beffroi-journal-head-1"
FIRST_PREVIOUS = "0" * 64
MOST_BYTES = 4096
"""No signed head is longer, as a line of JSON."""


def journal_leaf(entry_hash: str) -> bytes:
    """The leaf of an entry, by its hash in hexadecimal. Raises ValueError."""
    return leaf_hash(bytes.fromhex(entry_hash))


@dataclass(frozen=True, slots=True)
class JournalHead:
    """`size` entries have the root `root`; `last` is the hash of the newest, `previous` the digest of the
    head before. `journal` tells two journals of one centre apart. `at_ns` never goes back."""

    journal: str
    number: int
    at_ns: int
    size: int
    root: str
    last: str
    previous: str
    fingerprint: str

    def signed(self, key: EvidenceKey) -> "SignedJournalHead":
        told = {"format": JOURNAL_HEAD_FORMAT, "at": instant_of(self.at_ns).isoformat(), **asdict(self)}
        document = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
        return SignedJournalHead(document, key.sign(document.encode()).hex())


class SignedJournalHead(SignedText):
    """A head as it goes round."""

    __slots__ = ()

    def read(self) -> JournalHead:
        """What the document says, signed or not. Raises BadInput where it is no head."""
        told = fields.parsed(self.document.encode())
        if told.get("format") != JOURNAL_HEAD_FORMAT:
            raise BadInput("this is not a head of a journal")
        return JournalHead(
            journal=fields.text(told.get("journal")),
            number=fields.number(told.get("number")),
            at_ns=fields.number(told.get("at_ns")),
            size=fields.number(told.get("size")),
            root=fields.hash_text(told.get("root")),
            last=fields.hash_text(told.get("last")),
            previous=fields.hash_text(told.get("previous")),
            fingerprint=fields.hash_text(told.get("fingerprint")),
        )

    def line(self) -> str:
        """One line of JSON, without its end: how a witness keeps heads."""
        return json.dumps(self.told(), ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class WitnessedJournal:
    """The heads in a witness's file, in its order, and the numbers of the lines that are none: torn ones."""

    heads: tuple[SignedJournalHead, ...]
    damaged: tuple[int, ...]

    @classmethod
    def read(cls, lines: Iterable[bytes]) -> "WitnessedJournal":
        """Of the lines of a file; empty ones are left out."""
        heads, damaged = [], []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                head = SignedJournalHead.of(fields.parsed(line))
                head.read()
            except BadInput:
                damaged.append(number)
            else:
                heads.append(head)
        return cls(tuple(heads), tuple(damaged))

    @classmethod
    def last(cls, end: bytes) -> SignedJournalHead | None:
        """The last head in the end of a file, None in an empty one. Raises BadInput where there is none."""
        heads = cls.read(end.split(b"\n")).heads
        if end and not heads:
            raise BadInput("the file does not end with heads of a journal: is it another's?")
        return heads[-1] if heads else None
