"""Waiting for a condition, with a deadline, instead of sleeping and hoping."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_OFTEN_S, _SELDOM_S = 0.01, 0.05


async def eventually(
    condition: Callable[[], object | Awaitable[object]],
    *,
    within_s: float = 10.0,
    what: str = "the condition",
) -> None:
    """Return once `condition` gives something true; fail, naming `what`, when `within_s` has passed.

    What is long in coming is looked for less often: each look takes CPU from what it waits for.
    """
    began = time.monotonic()
    while True:
        held = condition()
        if isinstance(held, Awaitable):
            held = await held
        if held:
            return
        waited_s = time.monotonic() - began
        if waited_s > within_s:
            raise AssertionError(f"{what} did not hold within {within_s} s")
        await asyncio.sleep(min(_SELDOM_S, max(_OFTEN_S, waited_s / 20)))
