"""Every ground on which destruction must be refused, asked in turn."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

Ground = Callable[[], Awaitable[str | None]]
"""One sentence that says why nothing may be destroyed now, None where this ground does not stand."""


class Refusals(Protocol):
    """What retention asks before it destroys."""

    async def reason(self) -> str | None: ...


class Grounds:
    """The first ground that stands."""

    def __init__(self, grounds: Sequence[Ground]) -> None:
        self._grounds = grounds

    async def reason(self) -> str | None:
        """One sentence, or None where destruction may go on."""
        for ground in self._grounds:
            reason = await ground()
            if reason is not None:
                return reason
        return None
