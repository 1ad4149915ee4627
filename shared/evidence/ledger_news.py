"""What storage tells control_room of its register of captures and destructions, and the answer."""

from dataclasses import dataclass

from shared.evidence.ledger import Capture, Destroyed


@dataclass(frozen=True, slots=True)
class CameraDayNews:
    """What a head has of a stream and UTC day that the head before had not, in order: behind `captured`
    captures and `destroyed` destructions."""

    stream: str
    day: str
    captured: int
    destroyed: int
    captures: tuple[Capture, ...]
    ends: tuple[Destroyed, ...]


@dataclass(frozen=True, slots=True)
class LedgerUpdate:
    """A signed head (`shared.evidence.ledger`), the public key in PEM, and all that is new in it."""

    document: str
    signature: str
    public_key: str
    news: tuple[CameraDayNews, ...]


@dataclass(frozen=True, slots=True)
class LedgerKept:
    """The number of the newest head that control_room keeps of this register, 0 for none. The next one is
    wanted, whatever was sent."""

    ledger: str
    number: int
