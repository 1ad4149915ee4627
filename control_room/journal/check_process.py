"""Has the journal checked in a process of its own, one at a time."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

from control_room.journal.check import Checking
from control_room.model.chain import Verification
from shared.errors import BadInput, Unavailable
from shared.messages.codec import decode, encode
from shared.reasons import why

CheckJournal = Callable[[], Awaitable[Verification]]
_OURS = "BEFFROI_"
MOST_S = 600.0


class CheckProcess:
    """Who asks while a check is under way waits for the next: an answer is never of before the question."""

    def __init__(self, checking: Checking) -> None:
        self._checking = checking
        self._turn = asyncio.Lock()

    async def __call__(self) -> Verification:
        """How the journal stands. Raises Unavailable where the process fails or takes over ten minutes."""
        async with self._turn:
            try:
                async with asyncio.timeout(MOST_S):
                    return await self._check()
            except TimeoutError as error:
                raise _failed() from error

    async def _check(self) -> Verification:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "control_room.journal.check"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
            )
        except OSError as error:
            raise _failed() from error
        try:
            out, _ = await process.communicate(encode(self._checking) + b"\n")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        try:
            return decode(Verification, out)
        except BadInput as error:
            raise _failed() from error


def _failed() -> Unavailable:
    return Unavailable(why("journal-check-failed", "the journal could not be checked"))
