"""Remembers over restarts what control_room said last: which communes to record, with which keys not.

Unlike what is shown, recording does not end with the silence of control_room: footage not taken can never be
had again, and nobody can take a credential back there while it is away.
"""

import asyncio
from collections.abc import Callable

from shared.errors import BadInput
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.messages.storage import Publishers
from storage.objects.notes import Notes

_NOTE = ".beffroi-publishers"


class KnownPublishers:
    """`heard` gives what the newest lease says, None where none of this run says it."""

    def __init__(self, notes: Notes, heard: Callable[[], Publishers | None]) -> None:
        self._notes = notes
        self._heard = heard
        self._log = get_logger("storage")
        self._written = self._read()

    def records(self, commune: str, key: str) -> bool:
        """Whether a commune's worker with this public key is recorded. Before control_room ever spoke it is
        enough to have the key."""
        heard = self._heard()
        known = self._written if heard is None else heard
        return known is None or known.take(commune, key)

    async def keep(self) -> None:
        """Write down what was heard, where it is news."""
        heard = self._heard()
        if heard is None or heard == self._written:
            return
        try:
            await asyncio.to_thread(self._notes.write, _NOTE, encode(heard))
        except OSError as error:
            # What was heard holds for this run all the same, and the next lease tries again.
            self._log.warning("publishers-not-kept", file=_NOTE, reason=error.strerror or str(error))
            return
        self._written = heard

    def _read(self) -> Publishers | None:
        try:
            said = self._notes.read(_NOTE)
            return None if said is None else decode(Publishers, said)
        except (OSError, BadInput) as error:
            self._log.error("publishers-unreadable", file=_NOTE, reason=type(error).__name__)
            return None
