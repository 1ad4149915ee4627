"""A document that goes round with the signature over its very text."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.signature import EvidencePublicKey

_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SignedText:
    """`signature` is of the document in UTF-8 (Ed25519), in hexadecimal."""

    document: str
    signature: str

    @property
    def digest(self) -> str:
        """SHA-256 of the document: what others name it by."""
        return sha256(self.document.encode()).hexdigest()

    def is_signed_with(self, key: EvidencePublicKey) -> bool:
        try:
            signature = bytes.fromhex(self.signature)
        except ValueError:
            return False
        return len(signature) == _SIGNATURE_BYTES and key.has_signed(self.document.encode(), signature)

    def told(self) -> dict[str, object]:
        """As members of JSON."""
        return {"document": self.document, "signature": self.signature}

    @classmethod
    def of(cls, value: object) -> Self:
        """What `told` gave. Raises BadInput."""
        record = fields.members(value)
        made = cls(
            fields.text(fields.member(record, "document")), fields.text(fields.member(record, "signature"))
        )
        try:
            made.document.encode()
        except UnicodeEncodeError as error:
            raise BadInput("the document is not text") from error
        return made
