"""Every ground on which destruction must be refused, asked in turn."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from shared.causes import technical
from shared.reasons import Reason, why

Ground = Callable[[], Awaitable[str | Reason | None]]
"""Says why nothing may be destroyed now, None where this ground does not stand."""


class Refusals(Protocol):
    """What retention asks before it destroys."""

    async def reasons(self) -> tuple[Reason, ...]: ...


class Grounds:
    """Asks every ground each time: whoever mends one is told of the others, and each keeps what it has to."""

    def __init__(self, grounds: Sequence[Ground]) -> None:
        self._grounds = grounds

    async def reasons(self) -> tuple[Reason, ...]:
        """What stands, each once; none where destruction may go on."""
        told = [await ground() for ground in self._grounds]
        return tuple({str(one): _coded(one) for one in told if one is not None}.values())


def _coded(told: str | Reason) -> Reason:
    return told if isinstance(told, Reason) else why("refused-otherwise", "{cause}", cause=technical(told))
