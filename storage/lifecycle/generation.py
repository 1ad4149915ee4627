"""Tells how far index and store have come together: both have a number and a token, changed by each object.

The index is written first, and remembers the token before: after a crash between the two the store is one
step behind an index that knows it. An index that was restored, or a copy that went on by itself, has neither
token, and nothing that is recorded later gives it the right one.
"""

import asyncio
from dataclasses import dataclass
from secrets import token_hex

from shared.causes import cause_of
from shared.errors import Unavailable
from shared.reasons import why
from storage.index.marks import Marks
from storage.objects.notes import Notes

_NOTE = ".beffroi-generation"
_MARK = "generation"


@dataclass(frozen=True, slots=True)
class Step:
    """One generation. `before` is the token that the one before had."""

    number: int
    token: str
    before: str

    @classmethod
    def parse(cls, text: str) -> "Step | None":
        parts = text.split()
        if len(parts) != 3 or not parts[0].isdecimal():
            return None
        return cls(int(parts[0]), parts[1], parts[2])

    def __str__(self) -> str:
        return f"{self.number} {self.token} {self.before}"


class Generation:
    """The pair of steps. Raises Unavailable where either side does not answer."""

    def __init__(self, marks: Marks, notes: Notes) -> None:
        self._marks = marks
        self._notes = notes
        self._turn = asyncio.Lock()

    async def mismatch(self) -> str | None:
        """Why index and store are not at the same step, in words; None where they are, or have none yet."""
        mine, theirs = await self._both()
        if mine is None and theirs is None:
            return None
        if mine is None:
            return "the index is older than the recordings, or another's"
        if theirs is None:
            return "the object store does not tell its generation"
        if theirs.token in (mine.token, mine.before):
            return None
        age = "older" if mine.number <= theirs.number else "newer"
        return f"the index is {age} than the object store ({mine.number} against {theirs.number})"

    async def begun(self) -> bool:
        """Whether there are steps at all: an installation from before them has none."""
        return await self._both() != (None, None)

    async def advance(self) -> None:
        """An object was stored and its row is there. Where the two do not match they stay as they are."""
        async with self._turn:
            mine, theirs = await self._both()
            if mine is None or theirs is None or theirs.token not in (mine.token, mine.before):
                return
            await self._take(Step(max(mine.number, theirs.number) + 1, token_hex(8), theirs.token))

    async def begin(self) -> None:
        """Whoever calls says that the index knows every object: the two match from here on."""
        async with self._turn:
            mine, theirs = await self._both()
            number = max((step.number for step in (mine, theirs) if step is not None), default=0)
            await self._take(Step(number + 1, token_hex(8), theirs.token if theirs is not None else "-"))

    async def _take(self, step: Step) -> None:
        await self._marks.set(_MARK, str(step))
        try:
            await asyncio.to_thread(self._notes.write, _NOTE, f"{step}\n".encode())
        except OSError as error:
            raise Unavailable(f"the generation of the object store is not kept: {error.strerror}") from error

    async def _both(self) -> tuple[Step | None, Step | None]:
        mine = await self._marks.get(_MARK)
        try:
            theirs = await asyncio.to_thread(self._notes.read, _NOTE)
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error
        return Step.parse(mine or ""), Step.parse((theirs or b"").decode(errors="replace"))
