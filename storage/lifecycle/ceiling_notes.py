"""Keeps beside the objects which days were lowered: an index that is made again must not raise them."""

import asyncio
from dataclasses import dataclass

from shared.causes import cause_of
from shared.errors import BadInput, Unavailable
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.reasons import why
from storage.index.ceilings import Ceiling, CeilingRows
from storage.objects.notes import Notes

_NOTE = ".beffroi-ceilings"


@dataclass(frozen=True, slots=True)
class _Told:
    ceilings: tuple[Ceiling, ...]


class CeilingNotes:
    """A file tells how many days were authorised at its capture, and nothing of what was lowered since."""

    def __init__(self, rows: CeilingRows, notes: Notes) -> None:
        self._rows = rows
        self._notes = notes
        self._kept: tuple[Ceiling, ...] | None = None
        self._log = get_logger("storage")

    async def keep(self) -> None:
        """Write down what the index has, where that is new. Raises OSError, Unavailable.

        Called by runs of retention that may destroy: the index is the store's own, and no older one.
        """
        if self._kept is None:
            # An index that was restored from before a lowering, and nothing else, looks like the store's own.
            await self.restore()
        now = tuple(await self._rows.all())
        if now != (self._kept or ()):
            await asyncio.to_thread(self._notes.write, _NOTE, encode(_Told(now)))
            self._kept = now

    async def restore(self) -> None:
        """Give the index what it lacks. Raises Unavailable."""
        try:
            told = await asyncio.to_thread(self._notes.read, _NOTE)
        except OSError as error:
            raise Unavailable(
                why("store-unreadable", "the object store cannot be read: {cause}", cause=cause_of(error))
            ) from error
        if told is None:
            return
        try:
            await self._rows.add(decode(_Told, told).ceilings)
        except BadInput as error:
            self._log.error("ceilings-unreadable", file=_NOTE, reason=error.detail)
