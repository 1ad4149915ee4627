"""Which communes may be recorded, with which keys not: what control_room said last, over restarts.

Unlike what is shown, recording does not end with the silence of control_room: footage not taken can never be
had again, and nobody can take a credential back there while it is away.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from shared.errors import BadInput
from shared.log import get_logger
from shared.messages.codec import decode, encode
from shared.messages.storage import Publishers
from storage.objects.disk import Disk
from storage.objects.small_file import read_small, write_small

_FILE = ".beffroi-publishers"


class KnownPublishers:
    """`heard` gives what the newest lease says, None where none of this run says it."""

    def __init__(self, folder: Path, disk: Disk, heard: Callable[[], Publishers | None]) -> None:
        self._path = folder / _FILE
        self._disk = disk
        self._heard = heard
        self._log = get_logger("storage")
        self._written = self._read()

    def holds(self, commune: str, key: str) -> bool:
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
        text = encode(heard).decode()
        try:
            await asyncio.to_thread(write_small, self._disk, self._path, text)
        except OSError as error:
            # What was heard holds for this run all the same, and the next lease tries again.
            self._log.warning("publishers-not-kept", file=_FILE, reason=error.strerror or str(error))
            return
        self._written = heard

    def _read(self) -> Publishers | None:
        try:
            text = read_small(self._path)
            return None if text is None else decode(Publishers, text.encode())
        except (OSError, BadInput) as error:
            self._log.error("publishers-unreadable", file=_FILE, reason=type(error).__name__)
            return None
