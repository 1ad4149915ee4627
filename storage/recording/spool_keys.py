"""Which key seals what is written to the spool: the commune's, once it is known to be the right one."""

import asyncio
import json

from shared.clock import Clock
from shared.errors import BeffroiError
from shared.log import get_logger
from storage.objects.notes import Notes
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.envelope import Key
from storage.objects.sealing.growing import Growing
from storage.objects.sealing.scope import scope_of

_NOTE = ".beffroi-spool-keys"
_EVERY_S = 2.0


class SpoolKeys:
    """A disk of keys that is not mounted, or another's, must neither stop recording nor seal with a key that
    nobody has tomorrow: until a commune's key is confirmed its recordings are written in the clear, loudly.

    Confirmed is what the object store has of a commune; it is noted beside the spool, for a start while the
    store is away.
    """

    def __init__(self, keys: DataKeys, notes: Notes) -> None:
        self._keys = keys
        self._notes = notes
        self._confirmed: dict[str, Key] = {}
        self._wanted: dict[str, str | None] = {}
        self._expected = asyncio.Event()
        self._log = get_logger("storage")

    def sealing(self, key: str) -> Growing | None:
        """What seals the file of a segment; None where it is written in the clear. Blocking, disk only."""
        commune = scope_of(key).commune
        by = self._confirmed.get(commune) or self._noted(commune)
        if by is None:
            self._wanted.setdefault(commune, None)
            return None
        self._confirmed[commune] = by
        return Growing(by, key)

    def opening(self, key: str) -> tuple[Key, ...]:
        """The keys that may open the file of a segment. Raises KeyAway. Blocking."""
        return self._keys.communes.all(scope_of(key).commune)

    def folder(self) -> str:
        """Where the keys should be."""
        return str(self._keys.communes.folder)

    def confirm_once(self) -> None:
        """Ask the object store for the keys that are wanted. Blocking."""
        for commune in list(self._wanted):
            noted = self._noted(commune)
            if noted is not None:
                self._confirmed[commune] = noted
                del self._wanted[commune]
                continue
            try:
                self._confirmed[commune] = self._keys.current(commune)
                told = {name: key.id for name, key in self._confirmed.items()}
                self._notes.write(_NOTE, json.dumps(self._told() | told).encode())
            except (OSError, BeffroiError) as error:
                reason = error.detail if isinstance(error, BeffroiError) else error.strerror or str(error)
                if self._wanted[commune] is None:
                    self._log.error("spool-in-the-clear", commune=commune, reason=reason)
                self._wanted[commune] = reason
            else:
                del self._wanted[commune]

    def expect(self, commune: str) -> None:
        """A commune is to be recorded: its key is asked for before its first picture comes. In the loop."""
        if commune not in self._confirmed:
            self._wanted.setdefault(commune, None)
            self._expected.set()

    async def run(self, clock: Clock) -> None:
        """Confirm what is wanted, for ever: at once where it is expected."""
        while True:
            self._expected.clear()
            if self._wanted:
                await asyncio.to_thread(self.confirm_once)
            waits = [asyncio.ensure_future(clock.sleep(_EVERY_S)), asyncio.create_task(self._expected.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()

    def health(self) -> str | None:
        """Whose recordings are in the clear, and why."""
        troubles = [f"{commune}: {reason}" for commune, reason in self._wanted.items() if reason is not None]
        return f"the spool is written in the clear: {'; '.join(troubles)}" if troubles else None

    def _noted(self, commune: str) -> Key | None:
        try:
            told = self._told().get(commune)
            return next((key for key in self._keys.communes.all(commune) if key.id == told), None)
        except OSError:
            # Whoever confirms is told why.
            return None

    def _told(self) -> dict[str, str]:
        try:
            told = json.loads(self._notes.read(_NOTE) or b"{}")
        except ValueError:
            return {}
        return {str(name): str(id) for name, id in told.items()} if isinstance(told, dict) else {}
