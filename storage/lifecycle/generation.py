"""Tells how far index and store have come together: both have a number and a token, changed by each object.

The index is written first, and remembers the token before: after a crash between the two the store is one
step behind an index that knows it. An index that was restored, or a copy that went on by itself, has neither
token, and nothing that is recorded later gives it the right one.

Each of several processes has a pair of its own, which it alone changes; all of them must match.
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
_NAMED_NOTES = ".generations"
_MARK = "generation"
_NAMED_MARK = "generation:"


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

    def __init__(self, marks: Marks, notes: Notes, name: str = "") -> None:
        """`name` is that of this process, empty where it is alone."""
        self._marks = marks
        self._notes = notes
        self._name = name
        self._noted: set[str] | None = None
        self._turn = asyncio.Lock()

    async def mismatch(self) -> str | None:
        """Why index and store are not at the same step, in words; None where they are, or have none yet."""
        for name in await self._names():
            found, before = await self._both(name), None
            # Another process takes steps meanwhile; a pair that does not match stays as it is.
            while found != before and self._compared(*found) is not None:
                found, before = await self._both(name), found
            told = self._compared(*found)
            if told is not None:
                return told
        return None

    def _compared(self, mine: Step | None, theirs: Step | None) -> str | None:
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
        return await self._both(self._name) != (None, None)

    async def advance(self) -> None:
        """An object was stored and its row is there. Where the two do not match they stay as they are."""
        async with self._turn:
            mine, theirs = await self._both(self._name)
            if mine is None or theirs is None or theirs.token not in (mine.token, mine.before):
                return
            step = Step(max(mine.number, theirs.number) + 1, token_hex(8), theirs.token)
            await self._take(self._name, step)

    async def begin(self) -> None:
        """Whoever calls says that the index knows every object: the two match from here on."""
        async with self._turn:
            await self._begin(self._name)

    async def begin_all(self) -> None:
        """The same for the pairs of all processes, none of which runs."""
        async with self._turn:
            for name in await self._names():
                await self._begin(name)

    async def _begin(self, name: str) -> None:
        mine, theirs = await self._both(name)
        number = max((step.number for step in (mine, theirs) if step is not None), default=0)
        await self._take(name, Step(number + 1, token_hex(8), theirs.token if theirs is not None else "-"))

    async def _names(self) -> list[str]:
        """The processes that have a pair, this one in any case. Those in the store alone are looked for once:
        a process that begins one later tells the index first."""
        if self._noted is None:
            try:
                notes = await asyncio.to_thread(self._notes.names, _NAMED_NOTES)
            except OSError as error:
                raise _unreadable(error) from error
            self._noted = {name.rpartition("/")[2] for name in notes}
        marks = await self._marks.starting(_NAMED_MARK)
        return sorted({"", self._name, *self._noted, *(mark.removeprefix(_NAMED_MARK) for mark in marks)})

    async def _take(self, name: str, step: Step) -> None:
        await self._marks.set(_mark(name), str(step))
        try:
            await asyncio.to_thread(self._notes.write, _note(name), f"{step}\n".encode())
        except OSError as error:
            raise Unavailable(f"the generation of the object store is not kept: {error.strerror}") from error

    async def _both(self, name: str) -> tuple[Step | None, Step | None]:
        # The store's first: its owner may take the next step between the two, and tells the index first.
        try:
            theirs = await asyncio.to_thread(self._notes.read, _note(name))
        except OSError as error:
            raise _unreadable(error) from error
        mine = await self._marks.get(_mark(name))
        return Step.parse(mine or ""), Step.parse((theirs or b"").decode(errors="replace"))


def _mark(name: str) -> str:
    return _NAMED_MARK + name if name else _MARK


def _note(name: str) -> str:
    return f"{_NAMED_NOTES}/{name}" if name else _NOTE


def _unreadable(error: OSError) -> Unavailable:
    return Unavailable(
        why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
    )
