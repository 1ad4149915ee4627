"""Waiting for a condition, with a deadline, instead of sleeping and hoping."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(
    condition: Callable[[], object | Awaitable[object]],
    *,
    within_s: float = 10.0,
    what: str = "the condition",
) -> None:
    """Return once `condition` gives something true; fail, naming `what`, when `within_s` has passed."""
    deadline = time.monotonic() + within_s
    while True:
        held = condition()
        if isinstance(held, Awaitable):
            held = await held
        if held:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not hold within {within_s} s")
        await asyncio.sleep(0.01)
