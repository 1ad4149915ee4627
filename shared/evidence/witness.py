"""The heads of the register that another than their signer has kept: what control_room hands out."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import BadInput
from shared.evidence import fields
from shared.evidence.ledger import SignedHead


@dataclass(frozen=True, slots=True)
class WitnessedHeads:
    """Digests by register and number."""

    digests: Mapping[tuple[str, int], str]

    @classmethod
    def read(cls, body: bytes) -> "WitnessedHeads":
        """Of an answer to `GET /destructions/heads`. Raises BadInput."""
        digests: dict[tuple[str, int], str] = {}
        for one in fields.items(fields.parsed(body).get("items")):
            head = SignedHead.of(one)
            told = head.read()
            if digests.setdefault((told.ledger, told.number), head.digest) != head.digest:
                raise BadInput("two heads have one number")
        if not digests:
            raise BadInput("there is no head in this")
        return cls(digests)

    def fault(self, head: SignedHead) -> str | None:
        """Why these confirm no head, None where they do: it is one of them, or follows one at once.

        Raises BadInput where it is none.
        """
        told = head.read()
        kept = self.digests.get((told.ledger, told.number))
        if kept is not None:
            return None if kept == head.digest else f"the witness keeps another head {told.number}"
        before = self.digests.get((told.ledger, told.number - 1))
        if before is not None:
            return None if before == told.previous else f"the head {told.number} does not follow the kept one"
        if any(ledger == told.ledger for ledger, _ in self.digests):
            return f"the file of heads has neither head {told.number} of the register nor the one before it"
        return f"the witness keeps heads of another register than {told.ledger}"
