"""Runs the decoding child for the worker, and only while there is something to decode."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import Protocol

from ingest.decoding.wire import VERDICT, Verdict, sample
from shared.errors import Unavailable
from shared.units import Codec

WITHIN_S = 20.0
"""A key picture takes a tenth of a second, a hundred pictures two; a child that takes so long hangs."""

_OURS = "BEFFROI_"


class Decoder(Protocol):
    """Tries samples, one at a time."""

    async def verdict(self, codec: Codec, units: Sequence[bytes]) -> Verdict:
        """What becomes of a sample's units, in decoding order. Raises Unavailable where nobody can tell."""
        ...

    async def rest(self) -> None:
        """Nothing more for a while: give back what is held."""
        ...


class ChildDecoder:
    """`python -m ingest.decoding`, started with the first picture and ended by `rest`.

    It gets none of the worker's settings, secrets among them: it reads what strangers send.
    """

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._process: Process | None = None

    async def verdict(self, codec: Codec, units: Sequence[bytes]) -> Verdict:
        try:
            async with asyncio.timeout(self._within_s):
                process = self._process or await self._start()
                return await _asked(process, sample(codec, units))
        except TimeoutError as error:
            await self._end()
            raise Unavailable(f"the decoder has not answered within {self._within_s:g} s") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            await self._end()
            raise Unavailable("the decoder has ended") from error
        except BaseException:
            await self._end()
            raise

    async def rest(self) -> None:
        await self._end()

    async def _start(self) -> Process:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        command = (sys.executable, "-m", "ingest.decoding")
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=environment
        )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _asked(process: Process, message: bytes) -> Verdict:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(message)
    await process.stdin.drain()
    size, cpu_ns = VERDICT.unpack(await process.stdout.readexactly(VERDICT.size))
    sentence = await process.stdout.readexactly(size)
    return Verdict(sentence.decode("utf-8", "replace"), cpu_ns)
