"""A register of captures and destructions as storage signs it, with nothing in it yet."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.evidence.destruction_proof import DestructionProof
from shared.evidence.ledger import FIRST_PREVIOUS, Head, SignedHead, root_of_days
from shared.evidence.ledger_news import LedgerUpdate
from shared.evidence.signature import EvidenceKey
from shared.messages.codec import encode
from shared.spans import Span
from tests.unit.control_room.room import LILLE, NOON_NS, RECORDER_TOKEN, Room

KEY = EvidenceKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def first_head(ledger: str = "ab" * 16, at_ns: int = NOON_NS, began_ns: int = NOON_NS) -> LedgerUpdate:
    """The first head of a register: of no day."""
    head = Head(ledger, 1, at_ns, began_ns, 0, root_of_days([]), FIRST_PREVIOUS, KEY.public.fingerprint)
    signed = head.signed(KEY)
    return LedgerUpdate(signed.document, signed.signature, KEY.public.pem().decode(), ())


async def tell(room: Room, update: LedgerUpdate) -> None:
    """What storage does with a head."""
    answer = await room.machine(RECORDER_TOKEN).put("/recorder/ledger", json=as_json(update))
    assert answer.status_code == 200, answer.text


def as_json(update: LedgerUpdate) -> object:
    """The body of that."""
    return json.loads(encode(update))


def proof_of(update: LedgerUpdate, stream: str = f"{LILLE}/cam-a/main") -> bytes:
    """What storage hands out of it."""
    head = SignedHead(update.document, update.signature)
    return DestructionProof(stream, Span(NOON_NS - 1, NOON_NS), head, (), ()).written()


BEGUN = first_head()
