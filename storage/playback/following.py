"""Asks a process of its own where a box goes over the next seconds: a proposal that a person judges."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass

from shared.errors import BadInput, Unavailable
from shared.ids import StreamId
from shared.masks import Box, Position, Track, check_tracks
from shared.reasons import why
from shared.redaction import RedactionSetup
from shared.transcoding.framing import Finish, encoded
from storage.playback.catalogue import Catalogue
from storage.playback.transcoding import units_of
from storage.playback.windows import Answer, Nothing, plan

MOST_NS = 10_000_000_000
"""A box is followed no longer: the person looks, and asks on from where it ends."""
_AT_ONCE = 1
_WAIT_S = 5.0
_LONGEST_S = 60.0
_OURS = "BEFFROI_"
_BACK_NS = 3_600_000_000_000
"""Decoding starts before the instant asked, and no unit's time is negative."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The proposal; `lost` where the box was lost before the time asked was over."""

    positions: tuple[Position, ...]
    lost: bool


class Followings:
    """So many at a time, each in a process that ends with its answer."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def follow(self, catalogue: Catalogue, stream: StreamId, start: Position, end_ns: int) -> Followed:
        """From `start` on, up to `end_ns` or MOST_NS. Raises BadInput on a box that is none, Unavailable."""
        end_ns = min(end_ns, start.at_ns + MOST_NS)
        check_tracks([Track((start, Position(max(end_ns, start.at_ns + 1), start.box)))])
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._places.acquire()
        except TimeoutError:
            raise _failed() from None
        try:
            answer = await plan(catalogue, stream, start.at_ns, end_ns, start.at_ns - _BACK_NS)
            if isinstance(answer, Nothing):
                return Followed((), lost=True)
            async with asyncio.timeout(_LONGEST_S):
                return await _asked(catalogue, stream, answer, start)
        except TimeoutError:
            raise _failed() from None
        finally:
            self._places.release()


async def _asked(catalogue: Catalogue, stream: StreamId, answer: Answer, start: Position) -> Followed:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    command = (sys.executable, "-m", "shared.transcoder.follower")
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment)
    except OSError as error:
        raise _failed() from error
    assert process.stdout is not None
    feeding = asyncio.create_task(_feed(process, catalogue, stream, answer, start))
    try:
        line = await process.stdout.readline()
    finally:
        feeding.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.gather(feeding, return_exceptions=True)
        await process.wait()
    return _read(line)


async def _feed(
    process: Process, catalogue: Catalogue, stream: StreamId, answer: Answer, start: Position
) -> None:
    assert process.stdin is not None
    setup = RedactionSetup(answer.base_ns, (Track((start,)),))
    with suppress(ConnectionError, BadInput):
        process.stdin.write(setup.line())
        async for unit in units_of(catalogue, stream, answer):
            process.stdin.write(encoded(unit))
            await process.stdin.drain()
        process.stdin.write(encoded(Finish()))
        await process.stdin.drain()
    process.stdin.close()


def _read(line: bytes) -> Followed:
    try:
        told = json.loads(line)
        return Followed(
            tuple(Position(int(at), Box(*map(float, box))) for at, *box in told["positions"]),
            bool(told["lost"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise _failed() from error


def _failed() -> Unavailable:
    return Unavailable(
        why("following-busy", "the box cannot be followed now: try again, or place it by hand")
    )
