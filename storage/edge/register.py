"""The edge's own register of captures and destructions: signed here, told to nobody.

The centre's register has a leaf for a segment, not for its copies: that of an edge enters it once the segment
is at the centre (ADR 46). What an edge alone had, and destroyed, is proven here.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.errors import Unavailable
from shared.evidence.ledger import SignedHead
from shared.evidence.ledger_news import LedgerKept, LedgerUpdate
from shared.evidence.signature import EvidenceKey
from shared.messages.codec import decode
from storage.objects.whole import write_last


def register_key(file: Path) -> EvidenceKey:
    """The key in a file, which is made where there is none. Raises BadInput, Unavailable."""
    try:
        if not file.exists():
            made = Ed25519PrivateKey.generate()
            write_last(file, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return EvidenceKey.from_pem(file.read_bytes())
    except OSError as error:
        raise Unavailable(f"the edge's register key {file} cannot be kept: {error.strerror}") from error


async def kept_here(body: bytes) -> LedgerKept:
    """Answers what is told of the register as if somebody kept it: it lies beside the objects."""
    update = decode(LedgerUpdate, body)
    head = SignedHead(update.document, update.signature).read()
    return LedgerKept(head.ledger, head.number)
