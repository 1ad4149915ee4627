"""Every ground on which destruction must be refused, asked in turn."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

Ground = Callable[[], Awaitable[str | None]]
"""One sentence that says why nothing may be destroyed now, None where this ground does not stand."""


class Refusals(Protocol):
    """What retention asks before it destroys."""

    async def reason(self) -> str | None: ...


class Grounds:
    """Each is asked every time: who can mend one is told of the others too, and what they keep is kept."""

    def __init__(self, grounds: Sequence[Ground]) -> None:
        self._grounds = grounds

    async def reason(self) -> str | None:
        """What stands, one after the other, or None where destruction may go on."""
        told = [await ground() for ground in self._grounds]
        return "; ".join(dict.fromkeys(reason for reason in told if reason is not None)) or None
