"""Writes each signed head into a file for a witness: a share of somebody else's, a disk that only grows."""

import asyncio
import os
from pathlib import Path

from control_room.db.engine import Database
from shared.clock import Clock
from shared.errors import BeffroiError
from shared.evidence.journal_head import MOST_BYTES, SignedJournalHead, WitnessedJournal
from shared.log import get_logger

EVERY_S = 5.0
_AT_ONCE = 500
_LOOK_BACK_BYTES = 4 * MOST_BYTES


class WitnessFile:
    """Appends, line by line, what is not in the file yet, and has each on the disk before it goes on.

    What is in the file is never changed. A file that was cut or put back gets what is behind its last line.
    """

    def __init__(self, db: Database, path: Path, clock: Clock) -> None:
        self._db = db
        self._path = path
        self._clock = clock
        self._log = get_logger("control_room.journal")
        self.trouble: str | None = None
        """Why heads do not get into the file, None where they do."""

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await self.round()
            await self._clock.sleep(EVERY_S)

    async def round(self) -> None:
        """Write what is new."""
        try:
            self._tell(await self._round())
        except OSError as error:
            self._tell(f"the file of heads {self._path} cannot be written: {error.strerror}")
        except BeffroiError as error:
            self._tell(error.detail)

    async def _round(self) -> str | None:
        """Why nothing is written, None where it was."""
        last = await asyncio.to_thread(last_head, self._path)
        number = 0 if last is None else last.read().number
        async with self._db.read() as tx:
            heads = await tx.journal_heads.behind(max(0, number - 1), _AT_ONCE)
        if last is not None:
            # One that the journal has thinned out cannot be compared; one behind its end, or another, tells.
            if not heads or (heads[0].head.number == number and heads[0].signed.digest != last.digest):
                return f"head {number} in {self._path} is none of this journal: one of both was put back"
            heads = [head for head in heads if head.head.number > number]
        if heads:
            lines = "".join(head.signed.line() + "\n" for head in heads)
            await asyncio.to_thread(append, self._path, lines.encode())
        return None

    def _tell(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self.trouble:
            self._log.error("journal-heads-not-written", reason=trouble)
        self.trouble = trouble


def last_head(path: Path) -> SignedJournalHead | None:
    """The last head in a file, None where there is no file or nothing in it.

    Raises OSError; BadInput where what is in it is no head.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LOOK_BACK_BYTES))
            return WitnessedJournal.last(file.read())
    except FileNotFoundError:
        return None


def append(path: Path, lines: bytes) -> None:
    """Write lines at the end of a file, on the disk when it returns; a torn line before them is ended first.

    Raises OSError.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (b"\n" if torn else b"") + lines)
        os.fsync(handle)
    finally:
        os.close(handle)
