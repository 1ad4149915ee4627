"""The data keys, each in its envelope, a note beside the objects."""

import errno
import json
from collections import OrderedDict
from collections.abc import Sequence
from threading import RLock

from storage.objects.marker import require_store
from storage.objects.notes import Notes
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.envelope import BrokenEnvelope, Key, WrongKey, unwrapped, wrapped
from storage.objects.sealing.faults import KeyAway, SealBroken
from storage.objects.sealing.scope import Scope, notes_folder, scope_of_note

_MOST_KNOWN = 10_000
_KNOWN_BY = ".footage-keys"


class DataKeys:
    """Every call blocks, and may raise OSError: KeyAway where a commune's key is not the one it was.

    Which key a commune has is written beside the objects too: a folder of keys that is lost or not mounted is
    not taken for that of a commune's first recording.
    """

    def __init__(self, notes: Notes, communes: CommuneKeys) -> None:
        self._notes = notes
        self.communes = communes
        self._turn = RLock()
        self._known: OrderedDict[Scope, Key] = OrderedDict()

    def for_reading(self, scope: Scope) -> Key | None:
        """The data key of a scope, None where there is none. Raises SealBroken, KeyAway."""
        with self._turn:
            known = self._known.get(scope)
            if known is not None:
                self._known.move_to_end(scope)
                return known
            envelope = self._notes.read(scope.note)
            if envelope is None:
                return None
            return self._know(scope, self._opened(scope, envelope))

    def for_writing(self, scope: Scope) -> Key:
        """The data key of a scope, made at its first use; it survives a power cut. Raises Unavailable too."""
        with self._turn:
            found = self.for_reading(scope)
            if found is not None:
                return found
            # Where no store is, nothing may be written.
            require_store(self._notes)
            # Another process may make it at the same time: the first one is everybody's.
            made = wrapped(Key.made(), self._current(scope.commune), _bound(scope))
            try:
                envelope = self._notes.make(scope.note, made)
            except FileNotFoundError as error:
                raise OSError(errno.EAGAIN, "its data key was destroyed meanwhile") from error
            return self._know(scope, self._opened(scope, envelope))

    def current(self, commune: str) -> Key:
        """The key of a commune that wraps, made at its first use. Raises KeyAway, Unavailable."""
        with self._turn:
            require_store(self._notes)
            return self._current(commune)

    def destroy(self, scope: Scope) -> bytes | None:
        """Destroy a data key: what it sealed can be opened by nobody. Its envelope, None where none was."""
        with self._turn:
            envelope = self._notes.read(scope.note)
            self._known.pop(scope, None)
            self._notes.remove(scope.note)
        return envelope

    def bring_back(self, scope: Scope, envelope: bytes) -> None:
        """Something that it sealed came while a data key was destroyed: keep it, unless there is another."""
        with self._turn:
            self._notes.make(scope.note, envelope)

    def lasts(self, scope: Scope, key: Key) -> bool:
        """Whether the data key of a scope is still that one; where it is not it is forgotten here too."""
        with self._turn:
            envelope = self._notes.read(scope.note)
            if envelope is not None and self._opened(scope, envelope) == key:
                return True
            self._known.pop(scope, None)
            return False

    def read_anew(self, scope: Scope) -> None:
        """Read a data key anew when it is asked for: another process may have made another."""
        with self._turn:
            self._known.pop(scope, None)

    def scopes(self, commune: str = "") -> list[Scope]:
        """Those that have a data key, of one commune or of all, in order."""
        found = (scope_of_note(name) for name in self._notes.names(notes_folder()))
        return [one for one in found if one is not None and commune in ("", one.commune)]

    def envelope(self, scope: Scope) -> bytes:
        """A data key as it is kept. Raises FileNotFoundError."""
        found = self._notes.read(scope.note)
        if found is None:
            raise FileNotFoundError(scope.note)
        return found

    def ids(self, commune: str) -> list[str]:
        """The keys that a commune has or had, as is written beside the objects; the first wraps."""
        told = self._notes.read(f"{_KNOWN_BY}/{commune}")
        try:
            return [] if told is None else [str(one) for one in json.loads(told)]
        except (ValueError, TypeError) as error:
            raise KeyAway(f"what is written of the footage key of commune {commune} is damaged") from error

    def rewrap(self, commune: str) -> int:
        """Give a commune a new key, and every data key of it a new envelope; how many. May be repeated.

        Each step leaves all readable: the old key goes last.
        """
        with self._turn:
            new, old = Key.made(), self.communes.all(commune)
            if not old or not self.ids(commune):
                raise KeyAway(f"commune {commune} has no footage key in {self.communes.folder}")
            self._require_known(commune, old)
            self.communes.set(commune, (new, *old))
            self._tell(commune, [key.id for key in (new, *old)])
            scopes = self.scopes(commune)
            for scope in scopes:
                data_key = unwrapped_of(scope, self.envelope(scope), (new, *old), str(self.communes.folder))
                self._notes.write(scope.note, wrapped(data_key, new, _bound(scope)))
            self.communes.set(commune, (new,))
            self._tell(commune, [new.id])
            return len(scopes)

    def hand_over(self, commune: str, to: "DataKeys") -> None:
        """Give others the key of a commune and every data key of it, as they are here."""
        keys = self.communes.all(commune)
        if self.ids(commune):
            self._require_known(commune, keys)
            to.communes.set(commune, keys)
            to._tell(commune, self.ids(commune))
        for scope in self.scopes(commune):
            to._notes.write(scope.note, self.envelope(scope))

    def forget(self, commune: str) -> None:
        """Destroy the key of a commune and every data key of it."""
        with self._turn:
            self.communes.remove(commune)
            for scope in self.scopes(commune):
                self.destroy(scope)
            self._notes.remove(f"{_KNOWN_BY}/{commune}")

    def _current(self, commune: str) -> Key:
        keys, known = self.communes.all(commune), self.ids(commune)
        if not keys and not known:
            keys = self.communes.first(commune)
        if not keys:
            raise KeyAway(f"the footage key of commune {commune} is not in {self.communes.folder}")
        if not known:
            self._notes.make(f"{_KNOWN_BY}/{commune}", json.dumps([key.id for key in keys]).encode())
            known = self.ids(commune)
        self._require_known(commune, keys)
        if keys[0].id not in known:
            self._tell(commune, [key.id for key in keys])
        return keys[0]

    def _require_known(self, commune: str, keys: Sequence[Key]) -> None:
        # Of a rotation that was cut off the new key may not be written down yet: the old one is.
        if not {key.id for key in keys} & set(self.ids(commune)):
            raise KeyAway(f"the footage key of commune {commune} in {self.communes.folder} is another's")

    def _tell(self, commune: str, ids: list[str]) -> None:
        self._notes.write(f"{_KNOWN_BY}/{commune}", json.dumps(ids).encode())

    def _opened(self, scope: Scope, envelope: bytes) -> Key:
        keys = self.communes.all(scope.commune)
        return unwrapped_of(scope, envelope, keys, str(self.communes.folder))

    def _know(self, scope: Scope, key: Key) -> Key:
        self._known[scope] = key
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return key


def unwrapped_of(scope: Scope, envelope: bytes, keys: tuple[Key, ...], folder: str) -> Key:
    """The data key of a scope by the keys of its commune that `folder` has. Raises SealBroken, KeyAway."""
    try:
        return unwrapped(envelope, keys, _bound(scope))
    except WrongKey as error:
        missing = "not in" if not keys else "another in"
        raise KeyAway(
            f"the footage of {scope} cannot be opened: the key of commune {scope.commune} is {missing} "
            f"{folder} (it has the id {error})"
        ) from error
    except BrokenEnvelope as error:
        raise SealBroken(scope, f"its data key cannot be used, {error}") from error


def _bound(scope: Scope) -> str:
    return f"{scope.commune}/{scope.camera}/{scope.day}"
