"""What is remembered between two heads of the register, in memory."""

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class LedgerWatch:
    """Heads are heard one at a time. `refused` is the last one that was refused: it is journaled once,
    however often it comes again."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    refused: str = ""
